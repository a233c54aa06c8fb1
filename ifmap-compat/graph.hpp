// Graph: the configuration as nodes and links, made of database objects that come in any order.
//
// A node stands for one object; it is known by its uuid, and by (type, name) once its row was seen. A reference to an object that is not
// there yet makes a placeholder, so that the link takes effect the moment the object comes, and loses it when the object goes. Where several
// rows claim one (type, name), the one made last speaks for the node, and links to any of them count.
//
// A reference between objects of one type stands in both rows and is one link; dropping it from either row ends it until a row asserts it
// anew (spec/config.md 5.1).
//
// A property or attribute that violates its schema is passed over with a problem noted; the last good value stays (spec/config.md 2.9).
// Threads: one, the configuration thread. Cost: a change costs the columns of its row and the links of its node.
// Source: spec/config.md 2.8-2.10, 5.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "configdb/object.hpp"
#include "core/ids.hpp"
#include "core/slab.hpp"
#include "ifmap-compat/diagnostic.hpp"
#include "ifmap-compat/schema.hpp"
#include "ifmap-compat/value.hpp"

namespace signalbox::ifmap {

using NodeId = core::StrongId<struct NodeTag>;  // 0: none
using LinkId = core::StrongId<struct LinkTag>;

// Told of every change while it happens, so that what depends on it can be marked; it must not change the graph, and reads values later.
class GraphObserver {
 public:
  virtual ~GraphObserver() = default;
  // The node came, got other properties, or is about to go.
  virtual void node_changed(NodeId node) = 0;
  // A link between the nodes came, got another attribute, or is about to go; the ends need not be there.
  virtual void link_changed(LinkKind kind, NodeId from, NodeId to) = 0;
};

class Graph : public configdb::ObjectSink {
 public:
  Graph();
  ~Graph() override;

  // `observer` must outlive the graph's changes.
  void add_observer(GraphObserver* observer) { observers_.push_back(observer); }

  void object_changed(const configdb::Object& object) override;
  void object_deleted(const configdb::Uuid& uuid) override;

  // The node that stands for (type, name), NodeId{} when there is none.
  NodeId find(NodeType type, std::string_view name) const;
  // All names of a type, in byte order. Cost: all nodes of the type.
  std::vector<std::string> names(NodeType type) const;

  bool present(NodeId node) const { return nodes_.at(node.value).present; }
  NodeType type(NodeId node) const { return nodes_.at(node.value).type; }
  const std::string& name(NodeId node) const { return nodes_.at(node.value).name; }
  const configdb::Uuid& uuid(NodeId node) const { return nodes_.at(node.value).uuid; }
  // Not set when the object has no such property.
  const Value& property(NodeId node, PropertyId id) const;

  // Calls f(other end, attribute) for each link of `kind` in effect at `node`: both ends are there, of the right types.
  template <class F>
  void for_each_link(NodeId node, LinkKind kind, F f) const {
    for (NodeId at = first_twin(node); at.value != 0; at = nodes_.at(at.value).next_twin) {
      for (const LinkId id : nodes_.at(at.value).links) {
        const Link& link = links_.at(id.value);
        if (link.row->kind == kind && in_effect(link)) f(spokesman(other_end(link, at)), link.attribute());
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

 private:
  struct Node {
    NodeType type = NodeType::kBgpRouter;  // of a placeholder: what the first reference calls it
    bool present = false;
    bool has_twins = false;  // in a chain of several
    configdb::Uuid uuid;
    std::int64_t created = 0;
    std::string name;
    std::vector<std::pair<PropertyId, Value>> properties;
    std::vector<LinkId> links;
    NodeId next_twin;  // further rows of the same (type, name); the first of the chain is the one in the index
  };

  struct Link {
    const LinkRow* row = nullptr;
    NodeId from, to;
    std::uint32_t position_from = 0, position_to = 0;  // in the links of either end
    std::array<bool, 2> asserted{};                    // by the row of `from`, of `to`
    bool dropped = false;                              // by one of two rows that asserted it
    std::uint32_t seen = 0;                            // number of the change that found it in a row last
    std::vector<Value> attributes;                     // as the row of `from`, of `to` says; empty where the link has none

    // Where two rows say different things, that of the lower uuid counts.
    const Value& attribute() const;
  };

  class Index;

  NodeId node_of(const configdb::Uuid& uuid, NodeType type);
  void publish(NodeId id, NodeType type, const configdb::Object& object);
  void unpublish(NodeId id);
  bool read_properties(NodeId id, const configdb::Object& object);
  void read_links(NodeId id, const configdb::Object& object);
  void read_link(NodeId id, const LinkRow& row, const configdb::Reference& reference);
  LinkId find_or_make_link(const LinkRow& row, NodeId from, NodeId to);
  void withdraw(LinkId id, NodeId node, bool node_stays);
  void remove_link(LinkId id);
  void detach(NodeId id, std::uint32_t position);
  void forget_placeholder(NodeId id);
  void note(NodeId id, std::string text);

  NodeId first_twin(NodeId node) const;
  NodeId spokesman(NodeId node) const;
  NodeId other_end(const Link& link, NodeId node) const;
  bool in_effect(const Link& link) const;
  bool types_match(const Link& link) const;
  void diagnose_links(NodeId id, std::vector<Diagnostic>& out) const;
  Diagnostic diagnostic(NodeId id, Severity severity, std::string text) const;

  void tell_node(NodeId id) {
    for (GraphObserver* o : observers_) o->node_changed(id);
  }
  void tell_link(const Link& link) {
    for (GraphObserver* o : observers_) o->link_changed(link.row->kind, link.from, link.to);
  }

  core::Slab<Node> nodes_;
  core::Slab<Link> links_;
  std::unique_ptr<Index> index_;
  std::vector<GraphObserver*> observers_;
  std::size_t present_ = 0;
  std::uint64_t passed_over_ = 0;
  std::uint32_t change_ = 0;  // number of the change in work
};

}  // namespace signalbox::ifmap
