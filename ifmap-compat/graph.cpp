#include "ifmap-compat/graph.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <tuple>

#include "configdb/row_parser.hpp"

namespace signalbox::ifmap {

using configdb::Object;
using configdb::Reference;
using configdb::ReferenceKind;
using configdb::Uuid;

namespace {

struct LinkKey {
  LinkKind kind;
  NodeId from, to;

  bool operator==(const LinkKey&) const = default;
};

struct LinkKeyHash {
  std::size_t operator()(const LinkKey& key) const {
    const std::uint64_t ends = std::uint64_t{key.from.value} << 32 | key.to.value;
    return static_cast<std::size_t>((ends ^ std::uint64_t{static_cast<std::uint8_t>(key.kind)} << 24) * 0x9e3779b97f4a7c15ull);
  }
};

// Which row asserts the link: 0 that of `from`, 1 that of `to`.
std::size_t side(NodeId node, NodeId from) { return node == from ? 0 : 1; }

}  // namespace

class Graph::Index {
 public:
  boost::unordered_flat_map<Uuid, NodeId, std::hash<Uuid>> by_uuid;
  // Keys are views of the names in the nodes, which don't move.
  std::array<boost::unordered_flat_map<std::string_view, NodeId>, kNodeTypes> by_name;
  boost::unordered_flat_map<LinkKey, LinkId, LinkKeyHash> links;
  boost::unordered_flat_map<NodeId, std::vector<std::string>, std::hash<NodeId>> problems;

  auto& names(NodeType type) { return by_name[static_cast<std::size_t>(type)]; }
};

Graph::Graph() : index_(std::make_unique<Index>()) {}
Graph::~Graph() = default;

const Value& Graph::Link::attribute() const {
  static const Value kNone;
  return attributes.empty() ? kNone : attributes[asserted[0] ? 0 : 1];
}

// Looking up.

NodeId Graph::find(NodeType type, std::string_view name) const {
  const auto& names = index_->names(type);
  const auto at = names.find(name);
  return at == names.end() ? NodeId{} : at->second;
}

std::vector<std::string> Graph::names(NodeType type) const {
  std::vector<std::string> all;
  for (const auto& [name, node] : index_->names(type)) all.emplace_back(name);
  std::sort(all.begin(), all.end());
  return all;
}

const Value& Graph::property(NodeId node, PropertyId id) const {
  static const Value kNotSet;
  for (const auto& [property, value] : nodes_.at(node.value).properties) {
    if (property == id) return value;
  }
  return kNotSet;
}

NodeId Graph::spokesman(NodeId node) const {
  const Node& n = nodes_.at(node.value);
  return n.has_twins ? find(n.type, n.name) : node;
}

NodeId Graph::first_twin(NodeId node) const { return spokesman(node); }

NodeId Graph::other_end(const Link& link, NodeId node) const { return link.from == node ? link.to : link.from; }

bool Graph::types_match(const Link& link) const {
  return nodes_.at(link.from.value).type == link.row->from && nodes_.at(link.to.value).type == link.row->to;
}

bool Graph::in_effect(const Link& link) const {
  return !link.dropped && nodes_.at(link.from.value).present && nodes_.at(link.to.value).present && types_match(link);
}

std::string Graph::label(NodeId node) const {
  const Node& n = nodes_.at(node.value);
  return std::string(type_row(n.type).name) + ":" + n.name;
}

// Objects that come, change and go.

void Graph::object_changed(const Object& object) {
  const TypeRow* type = find_type(object.type());
  if (const auto at = index_->by_uuid.find(object.uuid()); at != index_->by_uuid.end()) {
    const Node& node = nodes_.at(at->second.value);
    if (node.present && (type == nullptr || node.type != type->type || node.name != object.name())) object_deleted(object.uuid());
  }
  if (type == nullptr) {
    ++passed_over_;
    return;
  }
  const NodeId id = node_of(object.uuid(), type->type);
  index_->problems.erase(id);
  const bool is_new = !present(id);
  if (is_new) publish(id, type->type, object);
  const bool properties_changed = read_properties(id, object);
  read_links(id, object);
  if (is_new || properties_changed) tell_node(id);
}

void Graph::object_deleted(const Uuid& uuid) {
  const auto at = index_->by_uuid.find(uuid);
  if (at == index_->by_uuid.end() || !present(at->second)) return;
  const NodeId id = at->second;
  tell_node(id);
  Node& node = nodes_.at(id.value);
  for (std::size_t i = node.links.size(); i-- > 0;) {
    const LinkId link = node.links[i];
    if (links_.at(link.value).asserted[side(id, links_.at(link.value).from)]) withdraw(link, id, false);
  }
  unpublish(id);
  forget_placeholder(id);
}

NodeId Graph::node_of(const Uuid& uuid, NodeType type) {
  const auto [at, is_new] = index_->by_uuid.try_emplace(uuid);
  if (is_new) {
    at->second = NodeId{nodes_.make()};
    Node& node = nodes_.at(at->second.value);
    node.uuid = uuid;
    node.type = type;
  }
  return at->second;
}

// Gives the node its name, and its place in the chain of those that share it: made last first, then by uuid.
void Graph::publish(NodeId id, NodeType type, const Object& object) {
  Node& node = nodes_.at(id.value);
  node.type = type;
  node.name = object.name();
  node.created = object.created();
  node.present = true;
  ++present_;
  const auto before = [](const Node& a, const Node& b) { return std::tuple(-a.created, a.uuid) < std::tuple(-b.created, b.uuid); };
  auto& names = index_->names(type);
  const auto at = names.find(node.name);
  if (at == names.end()) {
    names.emplace(node.name, id);
    return;
  }
  node.has_twins = true;
  const NodeId first = at->second;
  if (before(node, nodes_.at(first.value))) {
    node.next_twin = first;
    nodes_.at(first.value).has_twins = true;
    names.erase(at);
    names.emplace(node.name, id);
    return;
  }
  Node* previous = &nodes_.at(first.value);
  previous->has_twins = true;
  while (previous->next_twin.value != 0 && !before(node, nodes_.at(previous->next_twin.value)))
    previous = &nodes_.at(previous->next_twin.value);
  node.next_twin = std::exchange(previous->next_twin, id);
}

void Graph::unpublish(NodeId id) {
  Node& node = nodes_.at(id.value);
  auto& names = index_->names(node.type);
  const auto at = names.find(node.name);
  if (at->second == id) {
    names.erase(at);
    if (node.next_twin.value != 0) names.emplace(nodes_.at(node.next_twin.value).name, node.next_twin);
  } else {
    Node* previous = &nodes_.at(at->second.value);
    while (previous->next_twin != id) previous = &nodes_.at(previous->next_twin.value);
    previous->next_twin = node.next_twin;
  }
  if (const NodeId first = find(node.type, node.name); first.value != 0) {
    nodes_.at(first.value).has_twins = nodes_.at(first.value).next_twin.value != 0;
  }
  index_->problems.erase(id);
  node.present = node.has_twins = false;
  node.next_twin = NodeId{};
  node.name.clear();
  node.properties.clear();
  --present_;
}

bool Graph::read_properties(NodeId id, const Object& object) {
  Node& node = nodes_.at(id.value);
  std::vector<std::pair<PropertyId, Value>> properties;
  for (std::size_t i = 0; i < object.property_count(); ++i) {
    const configdb::Property p = object.property(i);
    if (p.kind != configdb::PropertyKind::kPlain) continue;
    const PropertyRow* row = find_property(node.type, p.name);
    if (row == nullptr) continue;
    core::Result<Value> value = Value::parse(row->value, p.json);
    if (!value.ok()) {
      const Value& last_good = property(id, row->id);
      note(id, "property " + std::string(p.name) + ": " + value.error().text +
                   (last_good.is_set() ? "; its last good value stays" : "; it is passed over"));
      value = last_good;
    }
    if (value->is_set()) properties.emplace_back(row->id, std::move(*value));
  }
  if (properties == node.properties) return false;
  node.properties = std::move(properties);
  return true;
}

// Links.

void Graph::read_links(NodeId id, const Object& object) {
  ++change_;
  Node& node = nodes_.at(id.value);
  for (std::size_t i = 0; i < object.reference_count(); ++i) {
    const Reference reference = object.reference(i);
    if (const LinkRow* row = find_link(node.type, reference.kind, reference.type)) read_link(id, *row, reference);
  }
  for (std::size_t i = node.links.size(); i-- > 0;) {
    const Link& link = links_.at(node.links[i].value);
    if (link.asserted[side(id, link.from)] && link.seen != change_) withdraw(node.links[i], id, true);
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
  const std::size_t own = side(id, from);
  bool changed = !link.asserted[own];
  if (row.attribute != nullptr) {
    core::Result<Value> attribute = Value::parse_attribute(*row.attribute, reference.attribute);
    if (!attribute.ok()) {
      note(id, "attribute of the reference to " + std::string(reference.type) + " " + reference.uuid.to_string() + ": " +
                   attribute.error().text + (changed ? "; the reference is passed over" : "; its last good value stays"));
      link.seen = change_;
      if (changed && !link.asserted[1 - own]) remove_link(link_id);
      return;
    }
    changed |= link.attributes[own] != *attribute;
    link.attributes[own] = std::move(*attribute);
  }
  link.asserted[own] = true;
  link.seen = change_;
  if (!changed) return;
  link.dropped = false;
  tell_link(link);
}

LinkId Graph::find_or_make_link(const LinkRow& row, NodeId from, NodeId to) {
  const auto [at, is_new] = index_->links.try_emplace(LinkKey{row.kind, from, to});
  if (!is_new) return at->second;
  const LinkId id{links_.make()};
  at->second = id;
  Link& link = links_.at(id.value);
  link.row = &row;
  link.from = from;
  link.to = to;
  if (row.attribute != nullptr) link.attributes.resize(2);
  const auto attach = [&](NodeId node) {
    auto& links = nodes_.at(node.value).links;
    links.push_back(id);
    return static_cast<std::uint32_t>(links.size() - 1);
  };
  link.position_from = attach(from);
  link.position_to = attach(to);
  return id;
}

// The row of `node` no longer asserts the link, because it dropped it (`node_stays`) or went. Dropping it ends the link for both rows.
void Graph::withdraw(LinkId id, NodeId node, bool node_stays) {
  Link& link = links_.at(id.value);
  const std::size_t own = side(node, link.from);
  tell_link(link);
  link.asserted[own] = false;
  if (!link.asserted[1 - own]) return remove_link(id);
  link.dropped |= node_stays;
}

void Graph::remove_link(LinkId id) {
  const Link& link = links_.at(id.value);
  const NodeId from = link.from, to = link.to;
  index_->links.erase(LinkKey{link.row->kind, from, to});
  detach(from, link.position_from);
  detach(to, link.position_to);
  links_.release(id.value);
  forget_placeholder(from);
  forget_placeholder(to);
}

// Takes the link at `position` out of the node's list; the last one takes its place.
void Graph::detach(NodeId id, std::uint32_t position) {
  auto& list = nodes_.at(id.value).links;
  list[position] = list.back();
  list.pop_back();
  if (position == list.size()) return;
  Link& moved = links_.at(list[position].value);
  (moved.from == id ? moved.position_from : moved.position_to) = position;
}

void Graph::forget_placeholder(NodeId id) {
  const Node& node = nodes_.at(id.value);
  if (node.present || !node.links.empty()) return;
  index_->by_uuid.erase(node.uuid);
  nodes_.release(id.value);
}

// What is wrong.

void Graph::note(NodeId id, std::string text) { index_->problems[id].push_back(std::move(text)); }

Diagnostic Graph::diagnostic(NodeId id, Severity severity, std::string text) const {
  return {severity, configdb::excerpt(label(id), 300), uuid(id).to_string(), {}, std::move(text)};
}

void Graph::diagnose(std::vector<Diagnostic>& out) const {
  for (const auto& [id, texts] : index_->problems) {
    for (const std::string& text : texts) out.push_back(diagnostic(id, Severity::kError, text));
  }
  for (const auto& [id, node] : index_->by_uuid) {
    if (!present(node)) continue;
    if (const NodeId first = spokesman(node); first != node) {
      out.push_back(diagnostic(node, Severity::kWarning,
                               "object " + uuid(first).to_string() + " has the same name and was made later; its properties count"));
    }
    diagnose_links(node, out);
  }
}

void Graph::diagnose_links(NodeId id, std::vector<Diagnostic>& out) const {
  for (const LinkId link_id : nodes_.at(id.value).links) {
    const Link& link = links_.at(link_id.value);
    const std::size_t own = side(id, link.from);
    if (!link.asserted[own]) continue;
    const NodeId other = other_end(link, id);
    const std::string_view expected = type_row(own == 0 ? link.row->to : link.row->from).name;
    const std::string target = std::string(expected) + " " + uuid(other).to_string() + " (" + std::string(link.row->metadata) + ")";
    if (!present(other)) {
      out.push_back(diagnostic(id, Severity::kWarning, "refers to " + target + ", which is not there; without effect until it is"));
    } else if (!types_match(link)) {
      out.push_back(diagnostic(id, Severity::kError,
                               "refers to " + target + ", which is a " + std::string(type_row(type(other)).name) + "; without effect"));
    }
  }
}

}  // namespace signalbox::ifmap
