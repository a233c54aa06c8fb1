// Routes and paths of one partition, as compact records by id.
//
// A Route is one key (prefix, with its route distinguisher in VPN tables) in one table; its key bytes stand behind the record. Its paths form
// a list sorted by preference (decide.hpp). A primary path came from a member (an agent's subscription); its copies stand in other tables and
// refer to it. Memory: 32-56 bytes a route, 64 a path.
//
// Threads: one partition's. Lifetime: a route lives while it has paths or its deletion still has to be told (export/update_log.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

#include "core/family.hpp"
#include "core/ids.hpp"
#include "core/net.hpp"
#include "core/slab.hpp"

namespace signalbox::bgp {

using RouteId = std::uint32_t;   // 0 = none
using PathId = std::uint32_t;    // 0 = none
using TableId = std::uint32_t;   // 0 = none
using MemberId = std::uint32_t;  // 0 = none

// The key of a route as bytes that sort as people expect: [route distinguisher] address length. Families without prefixes have keys of their
// own (bgp/wire/nlri.hpp).
struct RouteKey {
  static constexpr std::size_t kMost = 75;

  std::array<std::uint8_t, kMost> bytes{};
  std::uint8_t size = 0;

  static RouteKey of(const core::Prefix& prefix);
  static RouteKey of(const core::RouteDistinguisher& rd, const core::Prefix& prefix);
  static RouteKey of_bytes(std::span<const std::uint8_t> bytes);  // at most kMost
  std::span<const std::uint8_t> view() const { return {bytes.data(), size}; }
};

// The partition that owns the key: the route distinguisher counts as little as with prefixes, and the first one owns all route targets.
unsigned partition_of_key(core::Family family, std::span<const std::uint8_t> key, unsigned partitions);

// Reads back what RouteKey::of wrote. Families with prefixes only.
core::Prefix prefix_of(std::span<const std::uint8_t> key);
core::RouteDistinguisher rd_of(std::span<const std::uint8_t> key);  // zero when the key has none
std::string key_text(std::span<const std::uint8_t> key);            // "rd:prefix" or "prefix"

struct Route {
  std::uint64_t sent = 0;  // digest of what the members of the table's export group were told last; 0 = nothing
  TableId table = 0;
  PathId first_path = 0;
  std::uint32_t log_position = 0;
  std::uint8_t key_size = 0;

  std::span<const std::uint8_t> key() const { return {reinterpret_cast<const std::uint8_t*>(this) + kKeyAt, key_size}; }

  static constexpr std::size_t kKeyAt = 21;  // right behind key_size
};
static_assert(sizeof(Route) == 24 && offsetof(Route, key_size) == 20);

// Where a path came from, in order of preference (spec/bgp.md 11, step 13).
enum class PathSource : std::uint8_t { kBgp = 0, kXmpp = 1, kServiceChain = 2, kStaticRoute = 3, kAggregate = 4, kLocal = 5 };

// Path flags (spec/bgp.md 10.1). Those of kInfeasible keep a path from being used, copied and advertised.
namespace path_flag {
inline constexpr std::uint16_t kAsPathLooped = 1u << 0, kNoNeighborAs = 1u << 1, kStale = 1u << 2, kNoTunnelEncap = 1u << 3,
                               kOriginatorIdLooped = 1u << 4, kResolveNexthop = 1u << 5, kResolvedPath = 1u << 6,
                               kRoutingPolicyReject = 1u << 7, kLlgrStale = 1u << 8, kClusterListLooped = 1u << 9, kAliasedPath = 1u << 10,
                               kCheckGlobalErmVpnRoute = 1u << 11;
inline constexpr std::uint16_t kInfeasible = kAsPathLooped | kNoNeighborAs | kNoTunnelEncap | kOriginatorIdLooped | kResolveNexthop |
                                             kRoutingPolicyReject | kClusterListLooped | kCheckGlobalErmVpnRoute;
}  // namespace path_flag

// What path selection and export want to know of whoever a path came from. Agents and local paths have the default.
struct PeerRank {
  bool bgp = false;
  bool internal = true;
  std::uint16_t port = 0;
  std::uint32_t router_id = 0;
  core::IpAddress address;
};

struct Path {
  PathId next = 0;  // in the route's list
  RouteId route = 0;
  core::AttrId attr;
  std::uint32_t label = 0;
  std::uint32_t next_hop = 0;  // id in RouteStore::next_hops
  MemberId member = 0;         // whose path it is; copies carry that of their primary
  PathId primary = 0;          // copies: the path they repeat
  PathId first_copy = 0;       // primary paths: their copies, by table
  PathId next_copy = 0;        // copies: the next one of the same primary
  PathId member_previous = 0;  // primary paths: the list of the member's paths in this table
  PathId member_next = 0;
  std::uint32_t changed_at = 0;  // seconds since the node's start
  core::RouteDistinguisher source_rd;
  PathSource source = PathSource::kXmpp;
  std::uint16_t flags = 0;

  bool is_copy() const { return primary != 0; }
};
static_assert(sizeof(Path) == 60);

// Owns the routes of all tables of a partition, in size classes of their keys.
class RouteStore {
 public:
  RouteId make(TableId table, std::span<const std::uint8_t> key);
  void release(RouteId id);
  Route& at(RouteId id);
  const Route& at(RouteId id) const { return const_cast<RouteStore*>(this)->at(id); }
  std::size_t size() const { return small_.size() + medium_.size() + large_.size() + huge_.size(); }
  std::size_t bytes() const { return small_.bytes() + medium_.bytes() + large_.bytes() + huge_.bytes(); }

 private:
  template <std::size_t kBytes>
  struct alignas(8) Sized {
    Route route;
    std::byte rest[kBytes - sizeof(Route)];
  };
  static constexpr unsigned kClassShift = 30;

  core::Slab<Sized<32>> small_;   // IPv4
  core::Slab<Sized<40>> medium_;  // IPv6; VPN IPv4
  core::Slab<Sized<48>> large_;   // VPN IPv6
  core::Slab<Sized<96>> huge_;    // the longest of e-vpn and inet-mvpn
};

}  // namespace signalbox::bgp
