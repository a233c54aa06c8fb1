// The routing information base of one partition: tables, routes and paths, kept sorted by preference.
//
// Everything that changes a path goes through here, so that lists, counters and the update logs of tables always agree. What a change means
// for other tables (replication) and for members (export) is decided above: replicate.hpp, export/export_group.hpp.
//
// Threads: one partition's. Cost: a change of a path costs its route's path list (a handful) and one log entry.
#pragma once

#include <memory>
#include <vector>

#include "bgp/rib/attr.hpp"
#include "bgp/rib/decide.hpp"
#include "bgp/rib/route.hpp"
#include "bgp/rib/table.hpp"
#include "core/intern.hpp"

namespace signalbox::bgp {

// What a path is to become. The references to attribute set and next hop go over to the path, or are released where nothing changes.
struct PathValue {
  core::AttrId attr;
  std::uint32_t next_hop = 0;  // id in Rib::next_hops
  std::uint32_t label = 0;
  core::RouteDistinguisher source_rd;
  PathSource source = PathSource::kXmpp;
  std::uint16_t flags = 0;
};

class Rib {
 public:
  AttrTable attrs;
  RouteStore routes;
  core::Slab<Path> paths;
  core::Intern<core::IpAddress> next_hops;
  DecisionRules rules;
  // The rules have changed and not all routes are sorted by them yet: changed() sorts the route as a whole, because the walk that does so does
  // not meet routes that move in the log.
  bool resorting = false;
  std::uint32_t now_seconds = 0;  // since the node's start; set by the partition each turn

  TableId make_table(core::InstanceId instance, core::Family family);
  void drop_table(TableId id);  // precondition: empty
  Table& table(TableId id) { return *tables_[id]; }
  const Table& table(TableId id) const { return *tables_[id]; }
  Table& table_of(const Route& route) { return *tables_[route.table]; }

  // The member's own (primary) path of the route, 0 if none.
  PathId primary_of(const Route& route, MemberId member) const;
  bool has_primary(const Route& route) const;

  enum class Put { kSame, kChanged, kNew };
  // Adds the member's primary path or changes it; `path` is set to it. Call changed() afterwards unless kSame.
  Put put_primary(RouteId route, MemberId member, const PathValue& value, PathId& path);
  // Adds a copy of `primary` to `route`; the caller links it into the primary's list.
  PathId add_copy(RouteId route, PathId primary, const PathValue& value);
  Put change(PathId path, const PathValue& value);
  void remove(PathId path);

  // The route's paths or their order changed: notes it in the table's log. Comes before replication, which relies on the order. May delete
  // the route if nobody has to be told.
  void changed(RouteId route);
  // All paths that share the load with the best one come first; true while `path` is one of them. The best one must be feasible.
  bool is_ecmp_of(const Path& best, const Path& path) const;
  bool exportable(const Route& route) const { return route.first_path && is_usable(paths.at(route.first_path)); }
  bool is_usable(const Path& path) const { return is_feasible(path, attrs.at(path.attr)); }
  Decision compare_paths(PathId a, PathId b) const;
  // Sorts the route's paths anew: the rules changed.
  void resort(Route& route);

  // Of BGP peers; set while the member has paths.
  void set_rank(MemberId member, const PeerRank& rank);
  const PeerRank& rank_of(MemberId member) const { return member < ranks_.size() ? ranks_[member] : kNoRank; }

  // Heads of the members' lists of paths.
  PathId& member_head(MemberId member, TableId table);
  void forget_member_head(MemberId member, TableId table);

  // Watched tables with changes to tell.
  std::vector<TableId>& dirty_tables() { return dirty_; }
  // Tables whose logs have more holes than entries.
  std::vector<TableId>& sparse_tables() { return sparse_; }
  std::size_t tables() const { return live_tables_; }
  std::size_t bytes() const;

 private:
  Candidate candidate(const Path& path) const;
  void insert_sorted(Route& route, PathId id);
  void unlink(Route& route, PathId id);
  void unlink_from_member(PathId id);
  void count(const Path& path, Table& table, int by) const;

  std::vector<std::unique_ptr<Table>> tables_ = make_first();
  std::vector<TableId> free_tables_;
  std::size_t live_tables_ = 0;
  boost::unordered_flat_map<std::uint64_t, PathId> member_heads_;
  std::vector<TableId> dirty_;
  std::vector<TableId> sparse_;
  static const PeerRank kNoRank;
  std::vector<PeerRank> ranks_;  // by member

  static std::vector<std::unique_ptr<Table>> make_first() {
    std::vector<std::unique_ptr<Table>> v;
    v.emplace_back();  // id 0 = none
    return v;
  }
};

}  // namespace signalbox::bgp
