// A partition: the owner of a share of all prefixes, in every table.
//
// It takes messages (bgp/messages.hpp) and works in turns: applies changes, keeps copies in step, tells export groups' members, and does long
// jobs (the routes of a member that left, walks after a configuration change) a slice at a time. It knows no sockets, no clock and no
// threads: time is handed in, messages out go to a PartitionOutput. So the same code runs on shards and in seeded simulations.
//
// Threads: one shard's. Errors: none from outside get here; messages about members that are gone are ignored.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "bgp/export/encoder.hpp"
#include "bgp/export/export_group.hpp"
#include "bgp/export/peer_group.hpp"
#include "bgp/messages.hpp"
#include "bgp/rib/instances.hpp"
#include "bgp/rib/local_targets.hpp"
#include "bgp/rib/replicate.hpp"
#include "bgp/rib/rib.hpp"
#include "bgp/rib/target_watch.hpp"
#include "bgp/work_budget.hpp"
#include "core/clock.hpp"

namespace signalbox::bgp {

struct PartitionCounters {
  std::uint64_t adds = 0;
  std::uint64_t withdraws = 0;
  std::uint64_t unchanged = 0;  // adds that changed nothing
  std::uint64_t ignored = 0;    // of members that are gone
};

class Partition {
 public:
  // `index` of how many partitions there are; the encoder and the output must outlive it.
  Partition(unsigned index, unsigned shards, Encoder& encoder, PartitionOutput& output, const ExportLimits& limits = {});

  void handle(ToPartition message);

  // Does what is due, until the budget is spent. Returns when it wants the next turn: now, later, or never.
  core::TimePoint run(core::TimePoint now, WorkBudget& budget);
  core::TimePoint run(core::TimePoint now, core::TimePoint deadline) {
    TimeBudget budget(deadline);
    return run(now, budget);
  }

  // For show pages and tests; on the partition's thread.
  Rib& rib() { return rib_; }
  Instances& instances() { return instances_; }
  const Member& member(MemberId id) const { return members_.at(id); }
  template <class F>
  void for_each_member(F&& f) const {
    for (const auto& [key, id] : member_index_) f(id, members_.at(id));
  }
  const ExportGroup* group(core::InstanceId instance) const;
  const std::vector<std::unique_ptr<PeerGroup>>& peer_groups() const { return peer_groups_; }
  const TargetInterests& interests() const { return interests_; }
  const PartitionCounters& counters() const { return counters_; }
  unsigned index() const { return context_.partition; }
  bool idle() const { return walks_.empty() && leaving_.empty(); }
  std::size_t bytes() const { return rib_.bytes() + members_.bytes(); }

 private:
  // A walk over all routes of a table, in the order of its log; what changes meanwhile is in step by its change.
  struct Walk {
    enum class What { kReplicate, kSort } what;
    TableId table;
    UpdateLog::Position at;
    UpdateLog::Position until;
  };
  // What is left to delete of a member that left.
  struct Leaving {
    MemberId member;
    std::vector<TableId> tables;
  };

  void on(core::RouteBatch batch);
  void on(JoinInstance join);
  void on(LeaveInstance leave);
  void on(FeedAck ack);
  void on(FallOut fall_out);
  void on(CatchUp catch_up);
  void on(ConfigPtr config);
  void on(ShowTask task);
  void on(JoinPeer join);
  void on(BeginExport begin);
  void on(LeavePeer leave);
  void on(TargetInterest interest);

  void apply(const core::RouteBatch& batch, const core::RouteChange& change);
  void add(MemberId member, TableId table, const core::RouteBatch& batch, const core::RouteChange& change);
  void withdraw(MemberId member, TableId table, const core::RouteBatch& batch, const core::RouteChange& change);
  void withdraw_path(PathId path);
  RouteKey key_of(const core::RouteBatch& batch, const core::RouteChange& change) const;
  void target_changed(const RouteKey& key, TableId table);

  MemberId find_member(core::PeerId peer, core::InstanceId instance);
  MemberId add_member(PeerInfoPtr peer, core::ShardId shard, core::InstanceId instance, std::uint32_t join);
  void begin_leaving(MemberId id);
  ExportGroup* find_group(core::InstanceId instance);
  PeerGroup* peer_group(core::InstanceId feed);
  PeerGroup& peer_group(const std::shared_ptr<const ExportPolicy>& policy);
  void tell_interests();
  core::TimePoint run_peer_groups(core::TimePoint now, WorkBudget& budget);
  void sweep();
  void activate(core::InstanceId instance);
  void start_walks(const std::vector<core::InstanceId>& instances, Walk::What what);
  bool run_walks(WorkBudget& budget);
  void walk_route(const Walk& walk, RouteId route);
  bool run_leaving(WorkBudget& budget);
  void finish_leaving(MemberId member);
  void readvertise(core::InstanceId instance);
  void drop_deleted();
  void gather_dirty();
  core::TimePoint run_groups(core::TimePoint now, WorkBudget& budget);
  void compact_logs();

  Rib rib_;
  Instances instances_;
  Replicator replicator_;
  core::Slab<Member> members_;
  ExportContext context_;
  std::unordered_map<core::InstanceId, std::unique_ptr<ExportGroup>> groups_;
  boost::unordered_flat_map<std::uint64_t, MemberId> member_index_;  // (peer, instance) -> member
  std::uint64_t last_key_ = 0;                                       // the last look-up in it: bursts come from one member
  MemberId last_member_ = 0;
  std::deque<Walk> walks_;
  std::deque<Leaving> leaving_;
  std::vector<core::InstanceId> deleted_;  // gone from the configuration, but not from here yet
  std::vector<core::InstanceId> active_;   // groups that may have something to do
  std::size_t next_active_ = 0;            // where to go on, so that a busy group does not starve the others
  std::vector<std::unique_ptr<PeerGroup>> peer_groups_;
  std::size_t next_peer_group_ = 0;
  std::uint32_t next_peer_feed_ = kFirstPeerFeed;
  TargetInterests interests_;
  // The first partition only, which owns the route-target table.
  std::optional<LocalTargets> local_targets_;
  std::optional<TargetWatch> target_watch_;
  core::TimePoint started_{};
  PartitionCounters counters_;
};

}  // namespace signalbox::bgp
