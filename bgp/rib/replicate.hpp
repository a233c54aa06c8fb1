// Replication: the copies of a route's paths in the VPN table and in the instances that import its targets (spec/bgp.md 13).
//
// sync() brings the copies of one route in line with its paths: those that share the load with the best one are copied to every destination,
// the others to none. A VRF route goes to the VPN table and to instances that import what its own exports; a route of the VPN table, which came
// from a BGP peer, to instances that import one of its targets. Copies never replicate further. All destinations of a prefix are in the same partition, because
// partitions are chosen without the route distinguisher.
//
// Which paths are copied depends on the best path, and that may itself be a copy: where copies come or go, the routes there that have primary
// paths are brought in line too, until nothing changes. That ends, because copies of the best paths settle first and for good.
//
// Threads: one partition's. Cost: per path a merge of two sorted lists (copies there are, copies there should be).
#pragma once

#include <vector>

#include "bgp/rib/instances.hpp"
#include "bgp/rib/rib.hpp"

namespace signalbox::bgp {

class Replicator {
 public:
  Replicator(Rib& rib, Instances& instances) : rib_(rib), instances_(instances) {}

  // The route's primary paths changed, or where its instance leaks to did.
  void sync(RouteId route);
  // Before a primary path goes; sync() or sync_touched() must follow when it is gone.
  void remove_copies(PathId primary);
  // Brings the routes in line whose copies have changed.
  void sync_touched();

 private:
  void sync_one(RouteId route);
  void copy_changed(RouteId route);
  void sync_vpn_path(core::Family family, const core::Prefix& prefix, PathId primary);
  void remove_rest(PathId* link);
  void sync_path(InstanceState& from, core::Family family, const core::Prefix& prefix, PathId primary);
  void remove_copy(PathId copy);
  // The attribute set's reference is the caller's, the next hop's is the primary path's.
  PathValue copy_value(const InstanceState& from, const Path& primary);
  RouteKey key_in(const InstanceState& from, const Path& primary, const core::Prefix& prefix, bool vpn) const;
  // A copy is about to take over a reference to each.
  void add_references(const PathValue& value);
  void place(TableId table, const RouteKey& key, const PathValue& value, PathId primary, PathId*& link);

  Rib& rib_;
  Instances& instances_;
  std::vector<RouteId> touched_;  // have primary paths, so they stay while they wait here
};

}  // namespace signalbox::bgp
