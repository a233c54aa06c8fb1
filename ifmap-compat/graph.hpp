// Graph: the configuration as nodes and links, made of database objects that come in any order.
//
// A node stands for one object, known by its uuid. A reference to an object that is not there yet makes a placeholder, so that the link takes
// effect the moment the object comes, and loses it when the object goes.
//
// A vertex is what has one (type, name), the only thing agents know of an object. Where several rows claim one, the one made last speaks for
// it, and links to any of them count. A vertex lives on without an object while links lead to it.
//
// Links join nodes; seen from outside they join vertices (an edge). A link with an attribute has a middle node in the eyes of agents, which is
// no node here. A reference between objects of one type stands in both rows and is one link; dropping it from either row ends it until a row
// asserts it anew (spec/config.md 5.1). A link may also be held by agents' subscriptions, and lives while anything asserts or holds it.
//
// A property or attribute that violates its schema is passed over with a problem noted; the last good value stays (spec/config.md 2.9).
// An object whose parent is of a type that cannot have it is passed over as a whole.
//
// Threads: one, the configuration thread. Cost: a change costs the columns of its row and the links of its node.
// Memory: per object about 250 bytes, its name, its packed properties and 60 bytes per link.
// Source: spec/config.md 2.8-2.10, 5.1; spec/agent-config-ifmap-discovery.md 1.7.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/object.hpp"
#include "core/ids.hpp"
#include "core/slab.hpp"
#include "ifmap-compat/diagnostic.hpp"
#include "ifmap-compat/packed.hpp"
#include "ifmap-compat/schema.hpp"
#include "ifmap-compat/value.hpp"
#include "ifmap-compat/walk_table.hpp"

namespace signalbox::ifmap {

using NodeId = core::StrongId<struct NodeTag>;  // 0: none
using LinkId = core::StrongId<struct LinkTag>;
using VertexId = core::StrongId<struct VertexTag>;

// Told of every change of what this node itself uses while it happens, so that what depends on it can be marked; it must not change the graph,
// and reads values later.
class GraphObserver {
 public:
  virtual ~GraphObserver() = default;
  // The node came, got other properties, or is about to go.
  virtual void node_changed(NodeId node) = 0;
  // A link between the nodes came, got another attribute, or is about to go; the ends need not be there.
  virtual void link_changed(LinkKind kind, NodeId from, NodeId to) = 0;
};

// Told of every change of what agents see, when it has happened; it may hold and release links.
class ViewObserver {
 public:
  virtual ~ViewObserver() = default;
  // The vertex came, went, or has other content.
  virtual void vertex_changed(VertexId vertex) = 0;
  // The edge came, went, or has another attribute. `from` and `to` are still there, if only in name.
  virtual void edge_changed(const LinkRow& row, VertexId from, VertexId to) = 0;
};

class Graph : public configdb::ObjectSink {
 public:
  Graph();
  ~Graph() override;

  // Observers must outlive the graph's changes. At most one view observer.
  void add_observer(GraphObserver* observer) { observers_.push_back(observer); }
  void set_view_observer(ViewObserver* observer) { view_ = observer; }

  void object_changed(const configdb::Object& object) override;
  void object_deleted(const configdb::Uuid& uuid) override;

  // ---- objects
  // The object that speaks for (type, name), NodeId{} when there is none.
  NodeId find(NodeType type, std::string_view name) const;
  NodeId find(const configdb::Uuid& uuid) const;
  // All names of a type that have an object, in byte order. Cost: all nodes of the type.
  std::vector<std::string> names(NodeType type) const;

  bool present(NodeId node) const { return nodes_.at(node.value).state == State::kPresent; }
  NodeType type(NodeId node) const { return nodes_.at(node.value).type; }
  const std::string& name(NodeId node) const;
  const configdb::Uuid& uuid(NodeId node) const { return nodes_.at(node.value).uuid; }
  // Not set when the object has no such property. Cost: that of reading it.
  Value property(NodeId node, PropertyId id) const;
  // The uuid that its id-perms say, nothing without id-perms.
  std::optional<configdb::Uuid> id_perms_uuid(NodeId node) const;

  // Calls f(other end, attribute) for each link of `kind` in effect at `node`: both ends are there, of the right types.
  template <class F>
  void for_each_link(NodeId node, LinkKind kind, F f) const {
    for (NodeId at = first_twin(node); at.value != 0; at = nodes_.at(at.value).next_twin) {
      for (const auto& list : nodes_.at(at.value).links) {
        for (const LinkId id : list) {
          const Link& link = links_.at(id.value);
          if (row_of(link).kind == kind && in_effect(link)) f(spokesman(other_end(link, at)), unpack_attribute(link));
        }
      }
    }
  }

  std::size_t node_count() const { return present_; }
  std::size_t link_count() const { return links_.size(); }
  // Versions of objects that came and were of types without a row in the schema.
  std::uint64_t passed_over() const { return passed_over_; }

  // Appends what is wrong with objects and links. `where` is left to the caller. Cost: all links.
  void diagnose(std::vector<Diagnostic>& out) const;
  // "virtual-network:default-domain:demo:blue"
  std::string label(NodeId node) const;

  // ---- what agents see
  // The vertex of that name, made when there is none; it stays at least until unpinned as often as pinned.
  VertexId pin(NodeType type, std::string_view name);
  void pin(VertexId vertex) { ++vertices_.at(vertex.value).pins; }
  void unpin(VertexId vertex);
  // VertexId{} when there is none.
  VertexId find_vertex(NodeType type, std::string_view name) const;
  VertexId vertex(NodeId node) const { return nodes_.at(node.value).vertex; }

  // Whether it has an object or links; one that has not is only a name.
  bool visible(VertexId vertex) const;
  NodeType type(VertexId vertex) const { return vertices_.at(vertex.value).type; }
  const std::string& name(VertexId vertex) const { return vertices_.at(vertex.value).name; }
  // The object that speaks for it, NodeId{} when it has none.
  NodeId object_of(VertexId vertex) const;
  // Its properties: each a byte, the place in properties_of(), and the packed value. Empty without object. Valid until it changes.
  std::string_view content(VertexId vertex) const;

  // Calls f(row, LinkId, whether the vertex is the link's `to` end, other vertex) for each edge; one edge may be met twice when a name has
  // several objects. `leads_on`: only those that may lead an agent on from here, or only the others (WalkRule).
  template <class F>
  void for_each_edge(VertexId vertex, bool leads_on, F f) const {
    for (NodeId at = vertices_.at(vertex.value).first; at.value != 0; at = nodes_.at(at.value).next_twin) {
      for (const LinkId id : nodes_.at(at.value).links[leads_on ? 0 : 1]) {
        const Link& link = links_.at(id.value);
        if (in_view(link)) f(row_of(link), id, link.to == at, this->vertex(other_end(link, at)));
      }
    }
  }
  // How many links for_each_edge() would look at.
  std::size_t edge_bound(VertexId vertex, bool leads_on) const;
  // The link that makes this edge, LinkId{} when there is no such edge. Of a symmetric row the order of ends does not matter.
  LinkId find_edge(const LinkRow& row, VertexId from, VertexId to) const;
  // The packed attribute.
  std::string_view attribute(LinkId link) const { return attribute_of(links_.at(link.value)); }

  // Holds the link between a virtual-router and a virtual-machine on behalf of an agent. `router` need not be visible and becomes so;
  // `machine` must be. The link stays at least until released as often.
  LinkId hold_link(VertexId router, VertexId machine);
  void release_link(LinkId link);
  bool held(LinkId link) const { return links_.at(link.value).holds != 0; }
  bool asserted(LinkId link) const { return links_.at(link.value).asserted[0] || links_.at(link.value).asserted[1]; }

  // All vertices of a type, by name in byte order. Cost: all of the type.
  std::vector<VertexId> vertices(NodeType type) const;

 private:
  enum class State : std::uint8_t {
    kUnseen,   // only referred to
    kPresent,  // its row is there
    kGone,     // its row was there, or it never had one and is known by name
  };

  struct Vertex {
    NodeType type{};
    std::uint32_t pins = 0;
    std::uint32_t members = 0;  // length of the chain
    NodeId first;               // present ones first: made last first, then by uuid
    std::string name;
  };

  struct Node {
    NodeType type{};  // of a placeholder: what the first reference calls it
    State state = State::kUnseen;
    VertexId vertex;  // none while unseen
    NodeId next_twin;
    configdb::Uuid uuid;
    std::int64_t created = 0;
    std::unique_ptr<char[]> content;
    std::uint32_t content_size = 0;
    // The links that may lead an agent on from here, and all others: a network is full of interfaces that it does not lead to.
    std::array<std::vector<LinkId>, 2> links;
  };

  using Attributes = std::array<std::string, 2>;  // as the row of `from`, of `to` says

  struct Link {
    LinkRowId row = 0;
    bool asserted[2]{};           // by the row of `from`, of `to`
    bool dropped = false;         // by one of two rows that asserted it
    std::uint16_t holds = 0;      // by agents
    std::uint32_t position[2]{};  // in the list of either end
    std::uint32_t seen = 0;       // number of the change that found it in a row last
    NodeId from, to;
    std::unique_ptr<Attributes> attributes;  // null where the link has none
  };

  struct Event {
    const LinkRow* row;  // nullptr: of vertex `from`
    VertexId from, to;
  };

  class Index;

  static const LinkRow& row_of(const Link& link) { return link_rows()[link.row]; }

  // ---- objects (graph.cpp)
  NodeId node_of(const configdb::Uuid& uuid, NodeType type);
  bool fits_parent(NodeType type, const configdb::Object& object);
  void publish(NodeId id, NodeType type, const configdb::Object& object);
  void unpublish(NodeId id);
  bool read_properties(NodeId id, const configdb::Object& object);
  bool pack_property(NodeId id, const PropertyRow& row, const configdb::Object& object, std::size_t first, std::size_t end);
  std::string_view packed_property(NodeId id, std::size_t place) const;
  std::string_view packed_property(NodeId id, PropertyId property, const Member*& schema) const;
  void forget_placeholder(NodeId id);
  void note(NodeId id, std::string text);

  // ---- names (graph_view.cpp)
  VertexId make_vertex(NodeType type, std::string_view name);
  void join(NodeId node, VertexId vertex);
  void leave(NodeId node);
  bool speaks_before(const Node& a, const Node& b) const;
  void release_if_unused(VertexId vertex);
  NodeId member_of(VertexId vertex);
  void vertex_event(VertexId vertex);
  void edge_event(const Link& link);
  void edge_events(NodeId node);
  void deliver();

  // ---- links (graph_links.cpp)
  void read_links(NodeId id, const configdb::Object& object);
  void read_link(NodeId id, const LinkRow& row, const configdb::Reference& reference);
  bool read_attribute(NodeId id, LinkId link, const configdb::Reference& reference, bool& changed);
  LinkId find_or_make_link(const LinkRow& row, NodeId from, NodeId to);
  void withdraw(LinkId id, NodeId node, bool node_stays);
  void remove_link(LinkId id);
  void detach(NodeId id, unsigned list, std::uint32_t position);

  NodeId first_twin(NodeId node) const { return spokesman(node); }
  NodeId spokesman(NodeId node) const;
  static NodeId other_end(const Link& link, NodeId node) { return link.from == node ? link.to : link.from; }
  bool in_effect(const Link& link) const;
  bool in_view(const Link& link) const;
  bool types_match(const Link& link) const;
  std::string_view attribute_of(const Link& link) const;
  Value unpack_attribute(const Link& link) const;
  // In which of the lists of its end (0 `from`, 1 `to`) a link stands.
  static unsigned list_of(const Link& link, unsigned end) { return walk_rule(link.row).leads_on(end) ? 0 : 1; }

  // ---- what is wrong (graph_diagnose.cpp)
  void diagnose_links(NodeId id, std::vector<Diagnostic>& out) const;
  void diagnose_link(NodeId id, const Link& link, std::vector<Diagnostic>& out) const;
  Diagnostic diagnostic(NodeId id, Severity severity, std::string text) const;

  void tell_node(NodeId id) {
    for (GraphObserver* o : observers_) o->node_changed(id);
  }
  void tell_link(const Link& link) {
    if (row_of(link).kind == LinkKind::kRelayed) return;
    for (GraphObserver* o : observers_) o->link_changed(row_of(link).kind, link.from, link.to);
  }

  core::Slab<Node> nodes_;
  core::Slab<Vertex> vertices_;
  core::Slab<Link> links_;
  std::unique_ptr<Index> index_;
  std::vector<GraphObserver*> observers_;
  ViewObserver* view_ = nullptr;
  std::vector<Event> events_;
  bool delivering_ = false;
  std::vector<VertexId> maybe_unused_;
  std::string packed_;                      // scratch
  std::vector<std::string_view> elements_;  // scratch
  std::size_t present_ = 0;
  std::uint64_t passed_over_ = 0;
  std::uint32_t change_ = 0;  // number of the change in work
};

}  // namespace signalbox::ifmap
