// The values of a bgp::Config, each read from the graph by a plain function; BgpSnapshot decides when.
//
// Threads: the configuration thread. Errors: what is wrong is added to `problems`, and a value that holds is used instead.
// Source: spec/config.md 5.6, 6.2, 6.4, 6.5; spec/services.md 1.
#pragma once

#include <string>
#include <vector>

#include "bgp/config.hpp"
#include "ifmap-compat/diagnostic.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

using Problems = std::vector<Diagnostic>;

// This router, from the bgp-router object called `name`. `last` is kept where a text is no address.
bgp::SelfConfig read_self(const Graph& graph, const std::string& name, const bgp::SelfConfig& last, Problems& problems);

// The global settings. `ever_seen`: a global-system-config was there before, so the schema's defaults hold even without one.
bgp::GlobalConfig read_global(const Graph& graph, bool& ever_seen, Problems& problems);

// The instance that stands at `node` (NodeId{}: the default instance without an object of its own). `identity` has id, index and name; the
// rest is filled in.
bgp::InstanceConfig read_instance(const Graph& graph, NodeId node, const bgp::SelfConfig& self, bgp::InstanceConfig identity,
                                  Problems& problems);

// Objects whose values say nothing that can be used, whatever refers to them: route-targets with names that are none.
void diagnose_objects(const Graph& graph, Problems& problems);

}  // namespace signalbox::ifmap
