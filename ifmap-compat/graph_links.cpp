// Graph: links.
#include <algorithm>

#include "ifmap-compat/graph_index.hpp"

namespace signalbox::ifmap {

using configdb::Object;
using configdb::Reference;
using configdb::ReferenceKind;

bool Graph::types_match(const Link& link) const {
  return nodes_.at(link.from.value).type == row_of(link).from && nodes_.at(link.to.value).type == row_of(link).to;
}

bool Graph::in_effect(const Link& link) const { return !link.dropped && present(link.from) && present(link.to) && types_match(link); }

bool Graph::in_view(const Link& link) const {
  const auto named = [this](NodeId node) { return nodes_.at(node.value).state != State::kUnseen; };
  if (link.dropped && link.holds == 0) return false;
  // Of two rows that both say it, deleting one ends it as well.
  if (row_of(link).symmetric()) return in_effect(link);
  return named(link.from) && named(link.to) && types_match(link) && (link.asserted[0] || link.asserted[1] || link.holds != 0);
}

std::string_view Graph::attribute_of(const Link& link) const {
  if (link.attributes == nullptr) return {};
  return (*link.attributes)[link.asserted[0] ? 0 : 1];
}

Value Graph::unpack_attribute(const Link& link) const {
  const LinkRow& row = row_of(link);
  if (row.attribute == nullptr) return {};
  PackedReader in(attribute_of(link));
  return Value::unpack(*row.attribute, in);
}

LinkId Graph::find_edge(const LinkRow& row, VertexId from, VertexId to) const {
  const auto between = [&](NodeId a, NodeId b) {
    const auto at = index_->links.find(LinkKey{id_of(row), a, b});
    return at != index_->links.end() && in_view(links_.at(at->second.value)) ? at->second : LinkId{};
  };
  for (NodeId a = vertices_.at(from.value).first; a.value != 0; a = nodes_.at(a.value).next_twin) {
    for (NodeId b = vertices_.at(to.value).first; b.value != 0; b = nodes_.at(b.value).next_twin) {
      if (const LinkId link = between(a, b); link.value != 0) return link;
      if (!row.symmetric()) continue;
      if (const LinkId link = between(b, a); link.value != 0) return link;
    }
  }
  return {};
}

void Graph::read_links(NodeId id, const Object& object) {
  ++change_;
  Node& node = nodes_.at(id.value);
  for (std::size_t i = 0; i < object.reference_count(); ++i) {
    const Reference reference = object.reference(i);
    if (const LinkRow* row = find_link(node.type, reference.kind, reference.type)) read_link(id, *row, reference);
  }
  for (auto& list : node.links) {
    for (std::size_t i = list.size(); i-- > 0;) {
      const Link& link = links_.at(list[i].value);
      if (link.asserted[side(id, link.from)] && link.seen != change_) withdraw(list[i], id, true);
    }
  }
}

void Graph::read_link(NodeId id, const LinkRow& row, const Reference& reference) {
  if (reference.uuid == uuid(id)) return note(id, "refers to itself (" + std::string(row.metadata) + "); the reference is passed over");
  const bool is_parent = row.relation == ReferenceKind::kParent;
  const NodeId other = node_of(reference.uuid, is_parent ? row.from : row.to);
  NodeId from = is_parent ? other : id, to = is_parent ? id : other;
  if (row.symmetric() && reference.uuid < uuid(id)) std::swap(from, to);

  const LinkId link_id = find_or_make_link(row, from, to);
  Link& link = links_.at(link_id.value);
  const unsigned own = side(id, from);
  bool changed = !link.asserted[own];
  if (row.attribute != nullptr && !read_attribute(id, link_id, reference, changed)) return;
  const bool was_there = link.asserted[0] || link.asserted[1];
  link.asserted[own] = true;
  link.seen = change_;
  if (!changed) return;
  const bool revived = std::exchange(link.dropped, false);
  tell_link(link);
  if (!was_there || revived || row.attribute != nullptr) edge_event(link);
}

// False: it violates its schema. A reference that was there stays as it was, a new one is passed over.
bool Graph::read_attribute(NodeId id, LinkId link_id, const Reference& reference, bool& changed) {
  Link& link = links_.at(link_id.value);
  const unsigned own = side(id, link.from);
  packed_.clear();
  const core::Status packed = pack_attribute(*row_of(link).attribute, reference.attribute, packed_);
  if (packed.ok()) {
    changed |= (*link.attributes)[own] != packed_;
    (*link.attributes)[own].assign(packed_);
    return true;
  }
  note(id, "attribute of the reference to " + std::string(reference.type) + " " + reference.uuid.to_string() + ": " + packed.error().text +
               (link.asserted[own] ? "; its last good value stays" : "; the reference is passed over"));
  link.seen = change_;
  if (!link.asserted[0] && !link.asserted[1] && link.holds == 0) remove_link(link_id);
  return false;
}

LinkId Graph::find_or_make_link(const LinkRow& row, NodeId from, NodeId to) {
  const auto [at, is_new] = index_->links.try_emplace(LinkKey{id_of(row), from, to});
  if (!is_new) return at->second;
  const LinkId id{links_.make()};
  at->second = id;
  Link& link = links_.at(id.value);
  link.row = id_of(row);
  link.from = from;
  link.to = to;
  if (row.attribute != nullptr) link.attributes = std::make_unique<Attributes>();
  const auto attach = [&](unsigned end, NodeId node) {
    auto& list = nodes_.at(node.value).links[list_of(link, end)];
    list.push_back(id);
    link.position[end] = static_cast<std::uint32_t>(list.size() - 1);
  };
  attach(0, from);
  attach(1, to);
  return id;
}

// The row of `node` no longer asserts the link, because it dropped it (`node_stays`) or went. Dropping it ends the link for both rows.
void Graph::withdraw(LinkId id, NodeId node, bool node_stays) {
  Link& link = links_.at(id.value);
  const unsigned own = side(node, link.from);
  tell_link(link);
  link.asserted[own] = false;
  const bool other_asserts = link.asserted[1 - own];
  if (other_asserts && node_stays) link.dropped = true;
  edge_event(link);
  if (!other_asserts && link.holds == 0) remove_link(id);
}

void Graph::remove_link(LinkId id) {
  const Link& link = links_.at(id.value);
  const NodeId from = link.from, to = link.to;
  index_->links.erase(LinkKey{link.row, from, to});
  detach(from, list_of(link, 0), link.position[0]);
  detach(to, list_of(link, 1), link.position[1]);
  links_.release(id.value);
  forget_placeholder(from);
  forget_placeholder(to);
}

// Takes the link at `position` out of the node's list; the last one takes its place.
void Graph::detach(NodeId id, unsigned list_number, std::uint32_t position) {
  auto& list = nodes_.at(id.value).links[list_number];
  list[position] = list.back();
  list.pop_back();
  if (position == list.size()) return;
  Link& moved = links_.at(list[position].value);
  moved.position[side(id, moved.from)] = position;
}

}  // namespace signalbox::ifmap
