// The export group of BGP peers with one export policy: each message is encoded once for all members that are to get it.
//
// Live       the members that know all there is up to a position in the log of a table. What stands behind it is told a slice at a time: routes
//            with one attribute set share messages, withdrawn routes too.
// Cohorts    members that want the whole table walk its log together from the beginning and join the live ones when they reach them.
// Laggards   a member that reads too slowly is taken off the feed. It keeps a position per table and asks for what lies behind it when it can
//            read again. Routes without paths stay while a position is before them; withdrawals that were forgotten before it fell out are in
//            messages it has not read, which it gets first.
// Whom       a message is for a set of slots. Of each route is remembered who was told of it last, and a digest of what: so a change that is
//            none is not told, and a withdrawal goes to those only that know the route. Targets that a peer wants (spec/bgp.md 14) and peers that
//            a reflected route came from are taken out of the set.
// Flow       bytes sent to a shard and not yet acknowledged are limited; what waits stays in the log, where it is state-compressed.
//
// Threads: one partition's. Cost: a changed route costs one decision and one encoding for the whole group; a member costs work only when it
// joins, lags, leaves or changes its targets. Memory: 8 bytes a route of the first group that follows a table (in the route), about 20 of others.
// Source: spec/bgp.md 14, 15; docs/architecture.md, "One route's trip".
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <deque>
#include <memory>
#include <vector>

#include "bgp/export/export_group.hpp"
#include "bgp/export/export_policy.hpp"
#include "bgp/export/slot_sets.hpp"
#include "bgp/wire/update.hpp"

namespace signalbox::bgp {

// Which peers want which targets, as one partition knows it.
class TargetInterests {
 public:
  // True when that was news.
  bool set(const TargetInterest::Change& change);
  // Calls f(target or nothing) for each that the peer wants.
  template <class F>
  void for_each_of(core::PeerId peer, F&& f) const {
    for (const auto& [target, peers] : wanted_) {
      if (std::binary_search(peers.begin(), peers.end(), peer)) f(std::optional(target));
    }
    if (std::binary_search(all_.begin(), all_.end(), peer)) f(std::optional<core::RouteTarget>());
  }
  const boost::unordered_flat_map<core::RouteTarget, std::vector<core::PeerId>, std::hash<core::RouteTarget>>& targets() const {
    return wanted_;
  }

 private:
  boost::unordered_flat_map<core::RouteTarget, std::vector<core::PeerId>, std::hash<core::RouteTarget>> wanted_;  // sorted
  std::vector<core::PeerId> all_;
};

class PeerGroup {
 public:
  static constexpr unsigned kRoutesPerSlice = 256;
  static constexpr std::size_t kChunkBytes = 32u << 10;
  static constexpr core::milliseconds kCoalesce{10};

  PeerGroup(ExportContext& context, core::InstanceId feed, std::shared_ptr<const ExportPolicy> policy);
  ~PeerGroup();
  PeerGroup(const PeerGroup&) = delete;
  PeerGroup& operator=(const PeerGroup&) = delete;

  const ExportPolicy& policy() const { return *policy_; }
  core::InstanceId feed() const { return feed_; }
  bool full() const { return free_slots_.empty() && slots_.size() >= kMostGroupMembers; }
  unsigned members() const { return members_; }
  unsigned laggards() const { return laggards_; }

  void join(MemberId id, const TargetInterests& interests);
  void leave(MemberId id);
  void begin_export(MemberId id, core::Family family);
  void fall_out(MemberId id, std::uint64_t next_chunk);
  void catch_up(MemberId id);
  void acknowledge(const FeedAck& ack);
  // A member wants the target, or all routes, or does not any more.
  void interest_changed(MemberId id, const std::optional<core::RouteTarget>& target, bool wanted);

  // As ExportGroup::run().
  core::TimePoint run(core::TimePoint now, WorkBudget& budget);

  // For the partition: positions it must keep right when it compacts the table's log, up to where routes without paths may go, and a route
  // that is gone.
  void collect_cursors(TableId table, std::vector<UpdateLog::Position*>& cursors);
  UpdateLog::Position told_until(TableId table) const;
  void forget(TableId table, RouteId route);

  bool active = false;

  // For show pages.
  struct Counters {
    std::uint64_t updates = 0;  // messages encoded
    std::uint64_t reach = 0;    // routes in them
    std::uint64_t unreach = 0;
  };
  const Counters& counters(core::Family family) const { return tables_[static_cast<std::size_t>(family)].counters; }
  bool follows(core::Family family) const { return tables_[static_cast<std::size_t>(family)].table != 0; }
  unsigned members_of(core::Family family) const { return static_cast<unsigned>(sets_.count(table(family).exporting)); }
  bool is_told(MemberId id, const Route& route, RouteId route_id, core::Family family);

 private:
  using Position = UpdateLog::Position;

  struct Slot {
    MemberId member = 0;
    bool lagging = false;
    std::array<Position, core::kFamilies> positions{};  // laggards: what they still have to be told of tables they follow
    std::vector<core::ChunkPtr> missed;
  };
  struct Cohort {
    SlotSetId members = kNobody;
    Position at = 0;
    std::uint64_t interest_version = 0;
  };
  struct TableExport {
    TableId table = 0;              // 0: nobody follows it yet
    SlotSetId exporting = kNobody;  // all members that do, laggards too
    SlotSetId live = kNobody;
    Position at = 0;  // the live ones know all before it
    std::vector<Cohort> cohorts;
    // Looking again at who wants what is told already.
    Position rescan_at = 0, rescan_until = 0;
    bool rescan_wanted = false;
    bool in_route = false;  // the state below is in Route::sent
    boost::unordered_flat_map<RouteId, std::uint64_t> sent;
    Counters counters;
  };
  // Who knows a route and, in the high half, a digest of what they know of it. 0: no digest.
  struct Sent {
    std::uint32_t told;
    std::uint32_t digest;
  };
  struct Item {
    SlotSetId to;
    core::AttrId attr;
    std::uint32_t next_hop;
    MemberId source;  // where it makes a difference
    std::uint16_t flags;
    RouteId route;
  };
  struct Outstanding {
    std::uint64_t number;
    core::Family family;
    Position start;
    SlotSetId to;
    std::uint32_t bytes;
    std::uint64_t waiting_shards;
    core::ChunkPtr withdrawals;  // the body, if there are some in it
  };
  enum class Mode : std::uint8_t {
    kLive,       // tell differences
    kJoining,    // tell all that there is
    kCatchingUp  // tell all that there is, and withdraw the rest
  };

  TableExport& table(core::Family family) { return tables_[static_cast<std::size_t>(family)]; }
  const TableExport& table(core::Family family) const { return tables_[static_cast<std::size_t>(family)]; }
  Slot& slot_of(MemberId id) { return slots_[context_.members.at(id).ticket]; }
  void follow(TableExport& te, core::Family family);
  void unfollow(TableExport& te);
  Sent sent(const TableExport& te, RouteId id, const Route& route) const;
  void set_sent(TableExport& te, RouteId id, Route& route, Sent value);
  void doubt_pending(TableExport& te);
  void membership_changed();

  SlotSetId interested(const Attr& attr);
  SlotSetId wanted_by(core::Family family, const Route& route);
  std::uint32_t digest(const Path& path) const;
  void settle(core::Family family, RouteId id, SlotSetId members, Mode mode);
  // Settles the entries from `at` on, not beyond `end`, and encodes what is to be told. Without an answer it goes to the feed.
  void slice(core::Family family, Position& at, Position end, SlotSetId members, Mode mode, CatchUpChunk* answer);
  void encode(core::Family family, Position start, CatchUpChunk* answer);
  void pack_items(core::Family family, UpdatePacker& packer, std::size_t first, std::size_t last);
  Nlri nlri_of(core::Family family, const Route& route, bool withdraw) const;
  void flush(core::Family family, Position start, SlotSetId to, bool withdrawals, CatchUpChunk* answer);
  void send(core::Family family, Position start, SlotSetId to, bool withdrawals);
  std::uint64_t shards_of(SlotSetId set);

  bool run_table(core::Family family, WorkBudget& budget);
  bool run_cohorts(core::Family family, WorkBudget& budget);
  void merge(core::Family family, const Cohort& cohort);
  bool window_open() const;
  void to_live(Slot& slot, std::uint32_t number, CatchUpChunk& answer);

  ExportContext& context_;
  const core::InstanceId feed_;
  const std::shared_ptr<const ExportPolicy> policy_;
  SlotSets sets_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  unsigned members_ = 0;
  unsigned laggards_ = 0;
  std::array<TableExport, core::kFamilies> tables_;
  std::vector<std::size_t> unacknowledged_;  // bytes per shard
  std::deque<Outstanding> outstanding_;
  std::uint64_t next_number_ = 1;
  core::TimePoint last_sent_{};

  // Targets: who wants which, who wants all, and what that comes to for an attribute set (by Attr::serial).
  boost::unordered_flat_map<core::RouteTarget, SlotSetId, std::hash<core::RouteTarget>> wanted_;
  SlotSetId want_all_ = kNobody;
  boost::unordered_flat_map<std::uint64_t, SlotSetId> interest_memory_;
  std::uint64_t interest_version_ = 1;
  boost::unordered_flat_map<SlotSetId, std::uint64_t> shard_memory_;

  // Scratch, kept for its memory.
  std::vector<Item> items_;
  std::vector<Item> withdrawals_;
  core::AttributeBuilder builder_;
  Bytes attributes_;
  Bytes buffer_;
};

}  // namespace signalbox::bgp
