// The look-ups of a Graph; for its own sources alone.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

struct LinkKey {
  LinkRowId row;
  NodeId from, to;

  bool operator==(const LinkKey&) const = default;
};

struct LinkKeyHash {
  std::size_t operator()(const LinkKey& key) const {
    const std::uint64_t ends = std::uint64_t{key.from.value} << 32 | key.to.value;
    return static_cast<std::size_t>((ends ^ std::uint64_t{key.row} << 24) * 0x9e3779b97f4a7c15ull);
  }
};

class Graph::Index {
 public:
  boost::unordered_flat_map<configdb::Uuid, NodeId, std::hash<configdb::Uuid>> by_uuid;
  // Keys are views of the names in the vertices, which don't move.
  std::array<boost::unordered_flat_map<std::string_view, VertexId>, kNodeTypes> by_name;
  boost::unordered_flat_map<LinkKey, LinkId, LinkKeyHash> links;
  boost::unordered_flat_map<NodeId, std::vector<std::string>, std::hash<NodeId>> problems;
  boost::unordered_flat_map<configdb::Uuid, Diagnostic, std::hash<configdb::Uuid>> rejected;

  auto& names(NodeType type) { return by_name[static_cast<std::size_t>(type)]; }
  const auto& names(NodeType type) const { return by_name[static_cast<std::size_t>(type)]; }
};

// Which row asserts the link: 0 that of `from`, 1 that of `to`.
inline unsigned side(NodeId node, NodeId from) { return node == from ? 0 : 1; }

}  // namespace signalbox::ifmap
