// Graph: vertices, and what agents are to be told of.
#include <algorithm>
#include <tuple>
#include <utility>

#include "core/check.hpp"
#include "ifmap-compat/graph_index.hpp"

namespace signalbox::ifmap {

VertexId Graph::find_vertex(NodeType type, std::string_view name) const {
  const auto& names = index_->names(type);
  const auto at = names.find(name);
  return at == names.end() ? VertexId{} : at->second;
}

std::vector<VertexId> Graph::vertices(NodeType type) const {
  std::vector<VertexId> all;
  for (const auto& [name, vertex] : index_->names(type)) {
    if (visible(vertex)) all.push_back(vertex);
  }
  std::sort(all.begin(), all.end(), [this](VertexId a, VertexId b) { return name(a) < name(b); });
  return all;
}

VertexId Graph::make_vertex(NodeType type, std::string_view name) {
  if (const VertexId there = find_vertex(type, name); there.value != 0) return there;
  const VertexId id{vertices_.make()};
  Vertex& vertex = vertices_.at(id.value);
  vertex.type = type;
  vertex.name = name;
  index_->names(type).emplace(vertex.name, id);
  return id;
}

VertexId Graph::pin(NodeType type, std::string_view name) {
  const VertexId id = make_vertex(type, name);
  pin(id);
  return id;
}

void Graph::unpin(VertexId id) {
  --vertices_.at(id.value).pins;
  release_if_unused(id);
}

void Graph::release_if_unused(VertexId id) {
  const Vertex& vertex = vertices_.at(id.value);
  if (vertex.pins != 0 || vertex.members != 0) return;
  if (delivering_ || !events_.empty()) {
    maybe_unused_.push_back(id);
    return;
  }
  index_->names(vertex.type).erase(vertex.name);
  vertices_.release(id.value);
}

NodeId Graph::object_of(VertexId vertex) const {
  const NodeId first = vertices_.at(vertex.value).first;
  return first.value != 0 && present(first) ? first : NodeId{};
}

bool Graph::visible(VertexId vertex) const {
  if (object_of(vertex).value != 0) return true;
  for (NodeId at = vertices_.at(vertex.value).first; at.value != 0; at = nodes_.at(at.value).next_twin) {
    for (const auto& list : nodes_.at(at.value).links) {
      if (std::any_of(list.begin(), list.end(), [this](LinkId id) { return in_view(links_.at(id.value)); })) return true;
    }
  }
  return false;
}

std::string_view Graph::content(VertexId vertex) const {
  const NodeId object = object_of(vertex);
  if (object.value == 0) return {};
  const Node& node = nodes_.at(object.value);
  return {node.content.get(), node.content_size};
}

std::size_t Graph::edge_bound(VertexId vertex, bool leads_on) const {
  std::size_t n = 0;
  for (NodeId at = vertices_.at(vertex.value).first; at.value != 0; at = nodes_.at(at.value).next_twin) {
    n += nodes_.at(at.value).links[leads_on ? 0 : 1].size();
  }
  return n;
}

bool Graph::speaks_before(const Node& a, const Node& b) const {
  const auto key = [](const Node& n) { return std::tuple(n.state != State::kPresent, -n.created, n.uuid); };
  return key(a) < key(b);
}

// Gives the node its name, and its place in the chain of those that share it.
void Graph::join(NodeId id, VertexId vertex_id) {
  Node& node = nodes_.at(id.value);
  Vertex& vertex = vertices_.at(vertex_id.value);
  node.vertex = vertex_id;
  ++vertex.members;
  NodeId* at = &vertex.first;
  while (at->value != 0 && !speaks_before(node, nodes_.at(at->value))) at = &nodes_.at(at->value).next_twin;
  node.next_twin = *at;
  *at = id;
  vertex_event(vertex_id);
}

void Graph::leave(NodeId id) {
  Node& node = nodes_.at(id.value);
  if (node.vertex.value == 0) return;
  const VertexId vertex_id = std::exchange(node.vertex, VertexId{});
  Vertex& vertex = vertices_.at(vertex_id.value);
  NodeId* at = &vertex.first;
  while (*at != id) at = &nodes_.at(at->value).next_twin;
  *at = std::exchange(node.next_twin, NodeId{});
  --vertex.members;
  vertex_event(vertex_id);
  // Whoever joins it again at once must still find it.
  if (vertex.members == 0 && vertex.pins == 0) maybe_unused_.push_back(vertex_id);
}

NodeId Graph::spokesman(NodeId node) const {
  const VertexId vertex = nodes_.at(node.value).vertex;
  return vertex.value == 0 ? node : vertices_.at(vertex.value).first;
}

// Some node of the vertex, made when there is none.
NodeId Graph::member_of(VertexId vertex_id) {
  if (const NodeId first = vertices_.at(vertex_id.value).first; first.value != 0) return first;
  const NodeId id{nodes_.make()};
  Node& node = nodes_.at(id.value);
  node.type = type(vertex_id);
  node.state = State::kGone;
  join(id, vertex_id);
  return id;
}

LinkId Graph::hold_link(VertexId router, VertexId machine) {
  const LinkRow& row = virtual_router_virtual_machine();
  LinkId id = find_edge(row, router, machine);
  const bool is_new = id.value == 0;
  if (is_new) id = find_or_make_link(row, member_of(router), member_of(machine));
  Link& link = links_.at(id.value);
  CN_ASSERT(link.holds != 0xffff);
  ++link.holds;
  if (is_new) edge_event(link);
  deliver();
  return id;
}

void Graph::release_link(LinkId id) {
  Link& link = links_.at(id.value);
  --link.holds;
  if (link.holds != 0 || link.asserted[0] || link.asserted[1]) return;
  edge_event(link);
  remove_link(id);
  deliver();
}

// Telling.

void Graph::vertex_event(VertexId vertex) {
  if (view_ == nullptr || !reaches_agents(type(vertex))) return;
  if (!events_.empty() && events_.back().row == nullptr && events_.back().from == vertex) return;
  events_.push_back({nullptr, vertex, VertexId{}});
}

void Graph::edge_event(const Link& link) {
  const VertexId from = vertex(link.from), to = vertex(link.to);
  if (view_ == nullptr || from.value == 0 || to.value == 0) return;
  // An end without object lives by its links.
  if (!present(link.from)) vertex_event(from);
  if (!present(link.to)) vertex_event(to);
  if (!walk_rule(link.row).used()) return;
  events_.push_back({&row_of(link), from, to});
}

void Graph::edge_events(NodeId node) {
  if (view_ == nullptr || vertex(node).value == 0) return;
  for (const auto& list : nodes_.at(node.value).links) {
    for (const LinkId id : list) edge_event(links_.at(id.value));
  }
}

// Ends every change: tells what it did, which may bring about more, and lets go of names that are out of use.
void Graph::deliver() {
  if (delivering_) return;
  delivering_ = true;
  while (!events_.empty()) {
    const std::vector<Event> events = std::exchange(events_, {});
    // Edges first: a vertex that went is still known to those who had it while they lose its edges.
    for (const Event& event : events) {
      if (event.row != nullptr) view_->edge_changed(*event.row, event.from, event.to);
    }
    for (const Event& event : events) {
      if (event.row == nullptr) view_->vertex_changed(event.from);
    }
  }
  delivering_ = false;
  std::sort(maybe_unused_.begin(), maybe_unused_.end());
  maybe_unused_.erase(std::unique(maybe_unused_.begin(), maybe_unused_.end()), maybe_unused_.end());
  for (const VertexId vertex : std::exchange(maybe_unused_, {})) release_if_unused(vertex);
}

}  // namespace signalbox::ifmap
