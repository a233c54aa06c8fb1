// BgpSnapshot: turns the configuration graph into bgp::Config snapshots: this router, its neighbours, the global settings and the routing
// instances.
//
// Watches the graph, marks what a change may touch (spec/config.md 6.6), and recomputes only that when a snapshot is asked for. Snapshots
// share the instances and neighbours that did not change. Instances keep id and index as long as they exist; an index is given to new
// instances in the order of their names, so the order in which objects of one load arrive does not matter.
// Threads: the configuration thread; a snapshot may go anywhere. Cost: a change costs the instances it touches, and one copy of the
// snapshot's maps. A change of a router or a peering costs all neighbours. A change of this router's identifier or AS number recomputes
// all instances: their automatic targets change.
// Source: spec/config.md 5.6, 6.2-6.6; spec/services.md 1; spec/bgp.md 12.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bgp/config.hpp"
#include "ifmap-compat/diagnostic.hpp"
#include "ifmap-compat/graph.hpp"

namespace signalbox::ifmap {

class BgpSnapshot : public GraphObserver {
 public:
  // `graph` must outlive this; its observer list keeps this, so neither may move. `hostname` selects the bgp-router object that is this
  // node ([DEFAULT] hostname).
  BgpSnapshot(Graph& graph, std::string hostname);

  // The snapshot of the graph as it is now: the same object as before when nothing in it changed.
  std::shared_ptr<const bgp::Config> update();

  // Appends what is wrong with the values that snapshots are made of, as of the last update(). `where` is left to the caller.
  void diagnose(std::vector<Diagnostic>& out) const;

  void node_changed(NodeId node) override;
  void link_changed(LinkKind kind, NodeId from, NodeId to) override;

 private:
  struct Instance {
    std::shared_ptr<const bgp::InstanceConfig> config;
    std::vector<Diagnostic> problems;
  };

  void mark_instance(NodeId instance);
  void mark_instance_and_peers(NodeId instance);
  bool is_self(NodeId router) const;

  bool update_self();
  bool update_global();
  bool update_neighbors();
  bool update_instances();
  bool update_instance(const std::string& name);
  bool remove_instance(const std::string& name);
  std::uint32_t allocate_index();
  void publish();

  Graph& graph_;
  const std::string hostname_;
  const std::string self_name_;
  bool self_dirty_ = true;
  bool global_dirty_ = true;
  bool neighbors_dirty_ = true;
  bool all_instances_dirty_ = false;
  bool global_was_seen_ = false;  // a global-system-config was there: its schema defaults hold from then on
  std::set<std::string> dirty_instances_;

  bgp::SelfConfig self_;
  bgp::GlobalConfig global_;
  std::vector<std::shared_ptr<const bgp::NeighborConfig>> neighbors_;  // sorted by name
  std::map<std::string, Instance, std::less<>> instances_;
  std::set<std::uint32_t> free_indexes_;
  std::uint32_t next_index_ = 1;
  std::uint32_t next_id_ = 1;
  std::vector<Diagnostic> self_problems_;
  std::vector<Diagnostic> global_problems_;
  std::vector<Diagnostic> neighbor_problems_;
  std::shared_ptr<const bgp::Config> current_;
};

}  // namespace signalbox::ifmap
