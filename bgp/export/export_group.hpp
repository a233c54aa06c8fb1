// The export group of one routing instance towards agents: its members all get byte-identical bodies, encoded once.
//
// Live changes  drain() takes what stands in the tables' logs behind `drained`, at most 32 items or 256 retracts a body, and sends each body
//               to every shard that has members.
// Joins         a joining member needs the whole table once. All that join while a table is being walked share the walk: it is circular, a
//               member is done when it comes round to where the member began. Its bodies carry the range of tickets they are for.
// Laggards      a member that reads too slowly is taken off the feed; it keeps one log position per table and asks for what lies behind it
//               when it can read again. Deleted routes stay in the log (tombstones) while a laggard's position is before them; those that
//               were forgotten before it fell out are in bodies it has not read, whose retracts it gets first.
// Flow control  bytes sent to a shard and not yet acknowledged are limited; what waits stays in the log, where it is state-compressed.
//
// Threads: one partition's. Cost: encoding is per changed route, not per member; a member costs work only when it joins, lags or leaves.
// Source: spec/xmpp.md 4.1-4.3; docs/architecture.md, "One route's trip".
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "bgp/export/encoder.hpp"
#include "bgp/messages.hpp"
#include "bgp/rib/instances.hpp"
#include "bgp/rib/rib.hpp"
#include "bgp/work_budget.hpp"
#include "core/clock.hpp"

namespace signalbox::bgp {

// The families agents subscribe to with an instance, in the order in which their tables are walked.
inline constexpr std::array kAgentFamilies{core::Family::kInet, core::Family::kInetLabeled, core::Family::kInet6};

// An agent's subscription to an instance, as the partition keeps it.
struct Member {
  PeerInfoPtr peer;
  core::ShardId shard;
  core::InstanceId instance;
  std::uint32_t join = 0;
  bool wants_routes = true;
  bool lagging = false;
  bool lost = false;  // a laggard that cannot be brought up to date any more; its session ends
  std::uint64_t ticket = 0;
  // Laggards: all before it is known to them, but for these bodies.
  std::array<UpdateLog::Position, kAgentFamilies.size()> positions{};
  std::vector<core::ChunkPtr> missed_retracts;
  std::uint32_t agent_instance_id = 0;
  core::InstanceId peer_feed;  // BGP peers: the feed of their group, in which `ticket` is their slot
  bool is_bgp() const { return is_peer_feed(peer_feed) || peer->router_id != 0; }
};

// How far an export group goes before it holds back or gives up.
struct ExportLimits {
  std::size_t window = 1u << 20;            // unacknowledged bytes a shard may have of one instance
  std::size_t all_windows = 4u << 20;       // and of all instances together; an instance that has none may always send some
  std::size_t catch_up_bytes = 256u << 10;  // that one question of a laggard is answered with
  std::size_t tombstones = 100000;          // beyond both this and the live routes laggards are told to start anew
};

// What an export group uses of its partition.
struct ExportContext {
  Rib& rib;
  Instances& instances;
  Encoder& encoder;
  PartitionOutput& output;
  core::Slab<Member>& members;
  unsigned partition;
  unsigned shards;
  ExportLimits limits;
  std::vector<std::size_t> under_way = std::vector<std::size_t>(shards);  // unacknowledged bytes of all instances, by shard
};

class ExportGroup {
 public:
  static constexpr unsigned kItemsPerBody = 32;
  static constexpr unsigned kRetractsPerBody = 256;
  static constexpr core::milliseconds kCoalesce{10};

  ExportGroup(ExportContext& context, core::InstanceId instance);
  ~ExportGroup();
  ExportGroup(const ExportGroup&) = delete;
  ExportGroup& operator=(const ExportGroup&) = delete;

  void join(MemberId id);
  void leave(MemberId id);
  void fall_out(MemberId id, std::uint64_t next_chunk);
  void catch_up(MemberId id);
  void acknowledge(const FeedAck& ack);
  void readvertise();

  // Encodes what is due; stops when the budget is spent or the window is full. Returns when it wants to be called again: now (more to do), a
  // later time (changes are being gathered), or never (TimePoint::max(); an acknowledgement or a change will come).
  core::TimePoint run(core::TimePoint now, WorkBudget& budget);

  // For the partition, before it compacts the log of `table`.
  void collect_cursors(TableId table, std::vector<UpdateLog::Position*>& cursors);
  // All before it in the table's log is told to all members. The log's end when there are none.
  UpdateLog::Position told_until(TableId table) const;

  bool active = false;  // in the partition's list of groups that may have something to tell

  bool has_members() const { return members_ != 0; }
  unsigned members() const { return members_; }
  unsigned laggards() const { return static_cast<unsigned>(laggards_.size()); }
  std::size_t unacknowledged() const;
  std::size_t tombstones() const { return tombstones_; }

 private:
  struct Joiner {
    std::uint64_t ticket;
    UpdateLog::Position start;
    bool wrapped;
  };
  // One table's state of telling.
  struct TableExport {
    TableId table = 0;
    UpdateLog::Position doubted_until = 0;  // what waits before it counts as told something unknown
    UpdateLog::Position scan_at = 0;
    UpdateLog::Position lap_end = 0;
    std::deque<Joiner> joiners;
  };
  // The tickets a body is for.
  struct Audience {
    std::uint64_t first = 0;
    std::uint64_t last = ~0ull;
    bool includes(std::uint64_t ticket) const { return first <= ticket && ticket <= last; }
  };
  // A body on its way, to know what a laggard has missed.
  struct Outstanding {
    std::uint64_t number;
    unsigned family;  // index into kAgentFamilies
    UpdateLog::Position start;
    bool dump;
    Audience audience;
    std::uint32_t bytes;
    std::uint64_t waiting_shards;  // bit per shard
    core::ChunkPtr retracts;       // the body, if it is one of retracts
  };

  TableExport* export_of(TableId table);
  void start_scan(TableExport& te, std::uint64_t ticket);
  bool drop_joiner(TableExport& te, std::uint64_t ticket);
  bool window_open() const;
  bool drain(unsigned family, WorkBudget& budget);
  void drain_slice(unsigned family);
  void settle(Table& table, RouteId id, bool forced);
  void doubt_pending(TableExport& te);
  bool scan(unsigned family, WorkBudget& budget);
  void scan_slice(unsigned family);
  void finish_joiners(TableExport& te);
  bool catch_up_table(Member& member, unsigned family, std::size_t& bytes, std::vector<core::ChunkPtr>& bodies);
  void to_live(MemberId id, CatchUpChunk& answer);

  std::uint64_t digest(const Route& route);
  void collect(const Route& route);
  core::ChunkPtr encode_items(const Table& table, const std::vector<RouteId>& ids);
  core::ChunkPtr encode_retracts(const Table& table, const std::vector<core::Prefix>& prefixes);
  std::string_view network_of(const Path& path, const Attr& attr) const;
  enum class Content : std::uint8_t { kItems, kRetracts, kDump };
  void send(core::ChunkPtr body, unsigned family, UpdateLog::Position start, Content content, Audience audience);
  template <class F>
  void for_each_tombstone(F&& f);
  void forget_tombstones();
  void enforce_tombstone_limit();
  void watch_tables();

  ExportContext& context_;
  const core::InstanceId instance_;
  unsigned members_ = 0;
  std::vector<std::uint32_t> members_on_;    // per shard
  std::vector<std::size_t> unacknowledged_;  // bytes per shard
  std::array<TableExport, kAgentFamilies.size()> tables_;
  std::deque<Outstanding> outstanding_;
  std::vector<MemberId> laggards_;
  std::uint64_t next_number_ = 1;
  std::uint64_t next_ticket_ = 1;
  std::size_t tombstones_ = 0;
  core::TimePoint last_sent_{};
  // Scratch, kept for its memory.
  std::vector<ExportedPath> exported_;
  std::vector<RouteId> items_;
  std::vector<core::Prefix> retracts_;
};

}  // namespace signalbox::bgp
