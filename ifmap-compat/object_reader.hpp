// ObjectReader: the properties of one object, and a place to note what is wrong with them.
//
// Threads: the configuration thread. Lifetime: graph and problems outlive it.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "configdb/row_parser.hpp"
#include "ifmap-compat/bgp_values.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

class ObjectReader {
 public:
  ObjectReader(const Graph& graph, NodeId node, Problems& problems) : graph_(graph), node_(node), problems_(problems) {}

  Value property(PropertyId id) const { return graph_.property(node_, id); }

  void problem(Severity severity, std::string text) {
    problems_.push_back({severity, configdb::excerpt(graph_.label(node_), 300), graph_.uuid(node_).to_string(), {}, std::move(text)});
  }

  // A number of at most `max`; a larger one is cut down to it.
  std::uint32_t at_most(std::uint32_t max, const Value& value, std::string_view name) {
    if (value.number() <= max) return value.number();
    problem(Severity::kError,
            std::string(name) + " " + std::to_string(value.number()) + " is above its limit; " + std::to_string(max) + " is used");
    return max;
  }

 private:
  const Graph& graph_;
  NodeId node_;
  Problems& problems_;
};

}  // namespace signalbox::ifmap
