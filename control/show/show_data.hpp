// What the node shows of itself, as plain values: routes, tables, instances, sessions, process state, counters.
//
// A ShowSource fills these from its shards, the pages of control/http turn them into introspect XML, JSON and metrics. Values stay raw (prefixes,
// attribute bytes, numbers); whoever writes a page makes the text. Times are microseconds since the epoch (UTC), 0 = never.
// Threads: plain values, moved from the thread that fills them to the one that writes the page. Source: spec/introspect.md 2.5, 5.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "control/show/route_filter.hpp"
#include "control/show/text_pattern.hpp"
#include "core/attributes.hpp"
#include "core/family.hpp"
#include "core/net.hpp"

namespace signalbox::control {

using Microseconds = std::int64_t;  // since the epoch, UTC

// ---- Lists that are shown page by page

// Asks for the objects whose name matches, in order of their names, from `start` on.
struct ListQuery {
  std::shared_ptr<const TextPattern> search;  // null: all
  std::string start;                          // first name to look at (inclusive); empty: from the beginning
  unsigned limit = 64;                        // 0: no limit
};

template <class T>
struct ListPage {
  std::vector<T> items;
  std::string next;  // `start` of the page after this one; empty when nothing that matches is left
};

// ---- Routes

// Path flags; the bits are spec/bgp.md 10.1's.
namespace path_flag {
inline constexpr std::uint32_t kAsPathLooped = 1u << 0, kNoNeighborAs = 1u << 1, kStale = 1u << 2, kNoTunnelEncap = 1u << 3,
                               kOriginatorIdLooped = 1u << 4, kResolveNexthop = 1u << 5, kResolvedPath = 1u << 6,
                               kRoutingPolicyReject = 1u << 7, kLlgrStale = 1u << 8, kClusterListLooped = 1u << 9, kAliasedPath = 1u << 10,
                               kCheckGlobalErmVpnRoute = 1u << 11;
}  // namespace path_flag

struct AsSegment {
  bool set = false;  // AS_SET, else AS_SEQUENCE
  std::vector<std::uint32_t> numbers;
};

struct RoutePath {
  PathSource source = PathSource::kXmpp;
  std::string peer;  // agent's host name, BGP peer's address (":port" when it is not 179); empty for local paths
  Microseconds modified = 0;
  // Canonical bytes of core::AttributeBuilder: local preference, MED as shown, origin, sub-protocol, all communities (export targets included
  // on copies). Empty means a default set.
  std::vector<std::uint8_t> attributes;
  core::IpAddress next_hop;
  std::uint32_t label = 0;
  std::uint32_t flags = 0;  // path_flag
  bool replicated = false;
  std::string primary_table;                  // replicated paths
  std::vector<std::string> secondary_tables;  // primary paths, in order
  std::string origin_vn;                      // full name, empty if none
  std::vector<std::string> origin_vn_path;    // full names
  // BGP peers' paths only; all zero or empty otherwise.
  std::uint32_t local_as = 0;
  std::uint32_t peer_as = 0;
  std::uint32_t peer_router_id = 0;  // host order, 0 = none
  std::vector<AsSegment> as_path;
  std::vector<AsSegment> as4_path;
  std::vector<std::uint32_t> cluster_list;  // host order
  std::uint32_t originator_id = 0;          // host order, 0 = none
};

struct Route {
  RouteKey key;
  Microseconds modified = 0;
  std::vector<RoutePath> paths;  // best first; only those that the filter wants
};

// One table's routes in key order.
struct RoutesQuery {
  std::string table;
  RouteStart start;
  unsigned limit = 1000;                      // routes to return at most
  unsigned examine = 1024;                    // routes to look at in each partition before giving up for this turn
  std::shared_ptr<const RouteFilter> filter;  // null: all
};

// What one partition found: routes in key order. Merged by merge_slices() (control/show/route_merge.hpp). A partition that stops because it
// has the wanted number of routes is not complete either: it has looked at everything up to its last one.
struct RouteSlice {
  std::vector<Route> routes;
  bool complete = true;  // looked at everything from the start on
  RouteKey examined_to;  // if not: all keys up to and with this one have been looked at
};

struct RoutesPage {
  bool exists = true;  // the table
  core::Family family = core::Family::kInet;
  std::vector<Route> routes;
  bool more = false;  // not at the table's end: go on at `next`
  RouteStart next;
};

// ---- Why a route is as it is

// The step of path selection that decided (spec/bgp.md 11), in its order.
enum class DecisionStep : std::uint8_t {
  kNone,  // nothing to compare: the best path itself
  kFeasible,
  kLocalPreference,
  kEtreeRoot,
  kSticky,
  kMobilitySequence,
  kLlgrStale,
  kAsPathLength,
  kOrigin,
  kMed,
  kAliased,
  kAsPathLengthOriginVn,
  kLocallyMade,
  kSource,
  kXmppOverBgp,
  kEbgpOverIbgp,
  kPathId,
  kOriginatorId,
  kClusterListLength,
  kPeerKey,
};

enum class PathVerdict : std::uint8_t {
  kBest,
  kEqual,  // differs from the best only in tie-breakers: agents get it as a further next hop
  kWorse,
  kInfeasible,  // kept, never used or advertised; the path's flags say why
};

struct ExplainedPath {
  RoutePath path;
  PathVerdict verdict = PathVerdict::kBest;
  DecisionStep decided_by = DecisionStep::kNone;  // against the best path
};

struct ExportPeer {
  std::string name;
  bool pending = false;  // the latest state is not yet handed to its session
};

// One export group (spec/bgp.md 15.1) that the best path goes to, or is kept from.
struct RouteExport {
  std::string group;              // "XMPP", "IBGP", "EBGP" ..., with whatever tells groups of one kind apart
  std::vector<ExportPeer> peers;  // at most ExplainQuery::peers
  std::uint64_t peer_count = 0;
  std::string withheld;  // empty: exported; else why not
};

struct RouteCopy {
  std::string table;
  std::vector<core::RouteTarget> targets;  // the import targets of that table's instance that the route carries; empty: always copied there
};

struct ExplainQuery {
  std::string table;
  RouteKey key;
  unsigned peers = 100;
};

struct Explanation {
  bool table_exists = false;
  bool route_exists = false;
  core::Family family = core::Family::kInet;
  RouteKey key;
  Microseconds modified = 0;
  std::vector<ExplainedPath> paths;  // best first
  std::vector<RouteExport> exports;
  std::vector<RouteCopy> copies;  // of the primary paths, into other tables
};

// ---- Tables

struct TableCounts {
  std::uint64_t prefixes = 0;
  std::uint64_t primary_paths = 0;
  std::uint64_t secondary_paths = 0;
  std::uint64_t infeasible_paths = 0;
  std::uint64_t stale_paths = 0;
  std::uint64_t llgr_stale_paths = 0;
};

struct WalkCounts {
  std::uint64_t requests = 0;
  std::uint64_t again_requests = 0;
  std::uint64_t actual = 0;
  std::uint64_t completes = 0;
  std::uint64_t cancels = 0;
  std::uint64_t walkers = 0;
};

// Whoever follows a table's changes: replication, export groups.
struct TableListener {
  std::uint32_t id = 0;
  std::string name;
  std::uint64_t state_count = 0;  // routes it keeps state for
};

struct TableMember {
  std::string peer;
  bool ribout_registered = true;  // gets the table's routes
  bool ribin_registered = true;   // may publish into it
  std::uint32_t instance_id = 0;  // as the agent gave it at subscription; 0xffffffff for BGP peers
  std::uint64_t generation = 0;   // serial number of the subscription
};

struct TableInfo {
  std::string instance;
  std::string name;
  core::Family family = core::Family::kInet;
  bool deleted = false;
  Microseconds deleted_at = 0;
  TableCounts counts;
  WalkCounts walks;
  std::uint64_t pending_updates = 0;  // routes in update logs that some export group has not yet encoded
  std::uint64_t markers = 0;
  std::vector<TableListener> listeners;
  // Only when asked for:
  std::uint32_t membership_requests = 0;
  std::uint32_t membership_walks = 0;
  std::vector<TableMember> members;
};

// Tables ordered by instance name, then table name. Whole instances: a page ends with the instance that reaches the limit (spec/introspect.md 2.5).
struct TablesQuery {
  std::string table;                          // exactly this one; empty: any
  std::string instance;                       // exactly this one; empty: any
  std::shared_ptr<const TextPattern> search;  // on the table's name; null: all
  std::string start_instance;                 // first instance to look at (inclusive)
  unsigned limit = 64;                        // 0: no limit
};

struct TablesPage {
  std::vector<TableInfo> tables;
  std::string next_instance;  // start_instance of the page after this one; empty when nothing that matches is left
};

// ---- Routing instances

struct InstanceInfo {
  std::string name;
  std::string virtual_network;
  std::uint32_t vn_index = 0;
  std::uint32_t vxlan_id = 0;
  std::vector<core::RouteTarget> imports;  // automatic ones included
  std::vector<core::RouteTarget> exports;
  bool always_subscribe = false;
  bool allow_transit = false;
  bool pbb_evpn_enable = false;
  bool deleted = false;
  Microseconds deleted_at = 0;
  std::vector<TableInfo> tables;                                        // with their members; only when asked for
  std::vector<std::pair<std::string, std::uint32_t>> routing_policies;  // name, generation
  std::vector<std::string> neighbors;
};

struct InstancesQuery {
  ListQuery list;  // search and order on the instance's name
  bool with_tables = false;
};

// ---- XMPP

struct SocketStats {
  std::uint64_t bytes = 0;
  std::uint64_t calls = 0;
  std::uint64_t blocked_microseconds = 0;
  std::uint64_t blocked_count = 0;
  std::uint64_t errors = 0;
};

struct XmppServerInfo {
  std::uint32_t current_connections = 0;
  std::uint32_t max_connections = 0;  // the most there have been at once
  SocketStats rx;
  SocketStats tx;
};

struct SocketEndpoint {
  core::IpAddress address;
  std::uint16_t port = 0;
};

struct XmppSessionInfo {
  std::string name;  // the agent's JID
  bool deleted = false;
  SocketEndpoint remote;
  SocketEndpoint local;
  std::string state;  // "Established"
  std::string last_state;
  std::string last_event;  // "xmsm::EvXmppKeepalive"
  Microseconds last_state_at = 0;
  std::vector<std::string> receivers;  // "IFMap", "BGP"
  bool tls = false;
  std::uint16_t dscp = 0;
  // Ours, for the JSON API.
  unsigned shard = 0;
  std::uint32_t instances = 0;       // subscribed to
  std::uint64_t paths = 0;           // its routes in our tables
  std::uint64_t items_received = 0;  // published and withdrawn
  std::uint64_t items_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_behind = 0;  // encoded and not yet taken by its socket
  std::uint64_t resyncs = 0;       // fell off a feed and was brought up from current state
  std::uint64_t flaps = 0;
};

struct NeighborCounts {
  std::uint32_t bgp_up = 0;
  std::uint32_t bgp_down = 0;
  std::uint32_t xmpp_up = 0;
  std::uint32_t xmpp_down = 0;
};

// ---- Process state (spec/introspect.md 5)

struct ConnectionInfo {
  std::string type;                  // "Database"
  std::string name;                  // "Cassandra"
  std::vector<std::string> servers;  // "address:port"
  std::string status;                // "Initializing", "Down", "Up"
  std::string description;
};

struct NodeStatus {
  bool present = true;  // something has been reported since the start
  std::string host;
  bool functional = false;
  std::string description;  // empty when functional
  std::vector<ConnectionInfo> connections;
};

struct ConfigProblem {
  std::string type;  // "routing-instance"
  std::string name;  // full name, or the UUID when there is none
  std::string uuid;
  std::string reason;
  Microseconds since = 0;
};

// Something without which agents are not served.
struct MissingItem {
  std::string what;    // a short word to match on: "config", "self", "admin-down" ...
  std::string detail;  // for people
  Microseconds since = 0;
  std::optional<std::uint64_t> attempts;  // for what is tried again and again: how often without success
};

struct ReadyReport {
  std::vector<MissingItem> missing;   // empty: ready
  std::vector<MissingItem> impaired;  // what is missing as well, but keeps no agent from being served
  ListPage<ConfigProblem> problems;   // the first of them
  std::uint64_t problem_count = 0;    // all of them
};

struct ShardTurn {
  unsigned shard = 0;
  Microseconds last_turn = 0;  // when its loop last came round
};

// ---- Counters

enum class MetricType : std::uint8_t { kCounter, kGauge, kHistogram };

struct MetricSample {
  std::string suffix;  // "", or "_bucket", "_sum", "_count" of a histogram
  std::vector<std::pair<std::string, std::string>> labels;
  double value = 0;
};

struct MetricFamily {
  std::string name;  // "signalbox_routes_received_total": [a-zA-Z_:][a-zA-Z0-9_:]*
  std::string help;
  MetricType type = MetricType::kCounter;
  std::vector<MetricSample> samples;
};

using Counters = std::vector<MetricFamily>;

}  // namespace signalbox::control
