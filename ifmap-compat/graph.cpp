#include "ifmap-compat/graph.hpp"

#include <algorithm>
#include <cstring>

#include "configdb/row_parser.hpp"
#include "ifmap-compat/graph_index.hpp"

namespace signalbox::ifmap {

using configdb::Object;
using configdb::PropertyKind;
using configdb::Reference;
using configdb::ReferenceKind;
using configdb::Uuid;

Graph::Graph() : index_(std::make_unique<Index>()) {}
Graph::~Graph() = default;

// Looking up.

NodeId Graph::find(NodeType type, std::string_view name) const {
  const VertexId vertex = find_vertex(type, name);
  return vertex.value == 0 ? NodeId{} : object_of(vertex);
}

NodeId Graph::find(const Uuid& uuid) const {
  const auto at = index_->by_uuid.find(uuid);
  return at == index_->by_uuid.end() || !present(at->second) ? NodeId{} : at->second;
}

std::vector<std::string> Graph::names(NodeType type) const {
  std::vector<std::string> all;
  for (const auto& [name, vertex] : index_->names(type)) {
    if (object_of(vertex).value != 0) all.emplace_back(name);
  }
  std::sort(all.begin(), all.end());
  return all;
}

const std::string& Graph::name(NodeId node) const {
  static const std::string kNone;
  const VertexId vertex = nodes_.at(node.value).vertex;
  return vertex.value == 0 ? kNone : vertices_.at(vertex.value).name;
}

// The place byte and value of a property, empty when it is not set.
std::string_view Graph::packed_property(NodeId id, std::size_t place) const {
  const Node& node = nodes_.at(id.value);
  const auto properties = properties_of(node.type);
  const char* at = node.content.get();
  const char* const end = at + node.content_size;
  while (at != end) {
    const auto found = static_cast<unsigned char>(*at);
    PackedReader in({at + 1, static_cast<std::size_t>(end - at - 1)});
    in.skip(properties[found]->value);
    if (found == place) return {at, static_cast<std::size_t>(in.position() - at)};
    at = in.position();
  }
  return {};
}

// The value alone, empty when it is not set.
std::string_view Graph::packed_property(NodeId id, PropertyId property, const Member*& schema) const {
  const auto properties = properties_of(type(id));
  for (std::size_t place = 0; place < properties.size(); ++place) {
    if (properties[place]->id != property) continue;
    const std::string_view packed = packed_property(id, place);
    schema = &properties[place]->value;
    return packed.substr(std::min<std::size_t>(packed.size(), 1));
  }
  return {};
}

Value Graph::property(NodeId node, PropertyId id) const {
  const Member* schema = nullptr;
  const std::string_view packed = packed_property(node, id, schema);
  if (packed.empty()) return {};
  PackedReader in(packed);
  return Value::unpack(*schema, in);
}

std::optional<Uuid> Graph::id_perms_uuid(NodeId node) const {
  const Member* schema = nullptr;
  const std::string_view packed = packed_property(node, PropertyId::kIdPerms, schema);
  if (packed.empty()) return std::nullopt;
  PackedReader in(packed);
  for (const Member& m : schema->complex->members) {
    if (m.name == "uuid") break;
    in.skip(m);
  }
  const std::uint64_t high = in.number();
  return Uuid{high, in.number()};
}

std::string Graph::label(NodeId node) const { return std::string(type_row(type(node)).name) + ":" + name(node); }

// Objects that come, change and go.

void Graph::object_changed(const Object& object) {
  const TypeRow* type = find_type(object.type());
  index_->rejected.erase(object.uuid());
  if (type != nullptr && !fits_parent(type->type, object)) return;
  if (const auto at = index_->by_uuid.find(object.uuid()); at != index_->by_uuid.end()) {
    const NodeId id = at->second;
    if (present(id) && (type == nullptr || this->type(id) != type->type || name(id) != object.name())) object_deleted(object.uuid());
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
  if (properties_changed && !is_new) vertex_event(vertex(id));
  read_links(id, object);
  if (is_new || properties_changed) tell_node(id);
  deliver();
}

// The incumbent passes an object over whose parent is of a type that has no such children, except where the name says that it has no parent.
bool Graph::fits_parent(NodeType type, const Object& object) {
  if (object.name().find(':') == std::string_view::npos) return true;
  for (std::size_t i = 0; i < object.reference_count(); ++i) {
    const Reference reference = object.reference(i);
    if (reference.kind != ReferenceKind::kParent || find_type(reference.type) == nullptr ||
        find_link(type, ReferenceKind::kParent, reference.type) != nullptr) {
      continue;
    }
    Diagnostic& d = index_->rejected[object.uuid()];
    d.severity = Severity::kError;
    d.object = configdb::excerpt(std::string(type_row(type).name) + ":" + std::string(object.name()), 300);
    d.uuid = object.uuid().to_string();
    d.text = "no " + std::string(type_row(type).name) + " can have a parent of type " + std::string(reference.type) + "; " +
             (find(object.uuid()).value == 0 ? "the object is passed over" : "its last good version stays");
    return false;
  }
  return true;
}

void Graph::object_deleted(const Uuid& uuid) {
  index_->rejected.erase(uuid);
  const NodeId id = find(uuid);
  if (id.value == 0) return;
  tell_node(id);
  Node& node = nodes_.at(id.value);
  for (auto& list : node.links) {
    for (std::size_t i = list.size(); i-- > 0;) {
      const LinkId link = list[i];
      if (links_.at(link.value).asserted[side(id, links_.at(link.value).from)]) withdraw(link, id, false);
    }
  }
  unpublish(id);
  forget_placeholder(id);
  deliver();
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

void Graph::publish(NodeId id, NodeType type, const Object& object) {
  Node& node = nodes_.at(id.value);
  edge_events(id);  // under its former name, if it had one
  leave(id);
  node.type = type;
  node.created = object.created();
  node.state = State::kPresent;
  ++present_;
  join(id, make_vertex(type, object.name()));
  edge_events(id);
}

void Graph::unpublish(NodeId id) {
  Node& node = nodes_.at(id.value);
  const VertexId at = node.vertex;
  leave(id);
  node.state = State::kGone;
  node.content.reset();
  node.content_size = 0;
  join(id, at);
  index_->problems.erase(id);
  --present_;
}

bool Graph::read_properties(NodeId id, const Object& object) {
  Node& node = nodes_.at(id.value);
  struct Columns {
    std::uint32_t first = 0, end = 0;
  };
  std::array<Columns, 256> columns;  // by place
  const auto properties = properties_of(node.type);
  for (std::size_t i = 0, next = 0; i < object.property_count(); i = next) {
    const configdb::Property p = object.property(i);
    for (next = i + 1; next < object.property_count() && p.kind != PropertyKind::kPlain; ++next) {
      if (object.property(next).kind != p.kind || object.property(next).name != p.name) break;
    }
    const int place = property_place(node.type, p.name);
    if (place < 0) continue;
    const PropertyKind kind = properties[static_cast<std::size_t>(place)]->kind;
    if (p.kind != PropertyKind::kPlain && kind == PropertyKind::kPlain) continue;
    columns[static_cast<std::size_t>(place)] = {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(next)};
  }
  packed_.clear();
  for (std::size_t place = 0; place < properties.size(); ++place) {
    if (columns[place].end == 0) continue;
    const std::size_t before = packed_.size();
    packed_ += static_cast<char>(place);
    if (pack_property(id, *properties[place], object, columns[place].first, columns[place].end)) continue;
    packed_.resize(before);
    packed_ += packed_property(id, place);
  }
  const std::string_view now = packed_;
  if (now == std::string_view(node.content.get(), node.content_size)) return false;
  node.content.reset(now.empty() ? nullptr : new char[now.size()]);
  if (!now.empty()) std::memcpy(node.content.get(), now.data(), now.size());
  node.content_size = static_cast<std::uint32_t>(now.size());
  return true;
}

// False: it stays as it is; what is packed already is to be dropped.
bool Graph::pack_property(NodeId id, const PropertyRow& row, const Object& object, std::size_t first, std::size_t end) {
  const configdb::Property p = object.property(first);
  core::Status packed;
  if (p.kind == PropertyKind::kPlain) {
    if (p.json == "null") {
      packed_.pop_back();
      return true;
    }
    packed = pack(row.value, p.json, packed_);
  } else {
    elements_.clear();
    for (std::size_t i = first; i < end; ++i) elements_.push_back(object.property(i).json);
    packed = pack_elements(row.value, elements_, packed_);
  }
  if (packed.ok()) return true;
  const auto place = static_cast<std::size_t>(property_place(row.owner, p.name));
  const bool has_last_good = !packed_property(id, place).empty();
  note(id, "property " + std::string(p.name) + ": " + packed.error().text +
               (has_last_good ? "; its last good value stays" : "; it is passed over"));
  return false;
}

void Graph::forget_placeholder(NodeId id) {
  const Node& node = nodes_.at(id.value);
  if (node.state == State::kPresent || !node.links[0].empty() || !node.links[1].empty()) return;
  leave(id);
  if (const auto at = index_->by_uuid.find(node.uuid); at != index_->by_uuid.end() && at->second == id) index_->by_uuid.erase(at);
  nodes_.release(id.value);
}

void Graph::note(NodeId id, std::string text) { index_->problems[id].push_back(std::move(text)); }

}  // namespace signalbox::ifmap
