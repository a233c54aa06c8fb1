// The BGP neighbours of a bgp::Config, read from the peerings in the graph by a plain function; BgpSnapshot decides when.
//
// Threads: the configuration thread. Errors: what is wrong is added to `problems`, and a value that holds is used instead.
// Cost: all bgp-routers and their peerings. Source: spec/config.md 6.3; spec/bgp.md 2.
#pragma once

#include <string_view>
#include <vector>

#include "bgp/config.hpp"
#include "ifmap-compat/bgp_values.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

// Sorted by name, each name once.
std::vector<bgp::NeighborConfig> read_neighbors(const Graph& graph, std::string_view hostname, const bgp::SelfConfig& self,
                                                Problems& problems);

}  // namespace signalbox::ifmap
