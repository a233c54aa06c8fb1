// Address families of tables, with their (AFI, SAFI) numbers on the XMPP and BGP wires (spec/xmpp.md 2.4, spec/bgp.md 7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace signalbox::core {

enum class Family : std::uint8_t {
  kInet,         // 1/1    <instance>.inet.0
  kInetLabeled,  // 1/4    inet.3, default instance only
  kInet6,        // 2/1    <instance>.inet6.0
  kInetVpn,      // 1/128  bgp.l3vpn.0
  kInet6Vpn,     // 2/128  bgp.l3vpn-inet6.0
  kRouteTarget,  // 1/132  bgp.rtarget.0
  kEvpn,         // 25/70  bgp.evpn.0
  kErmVpn,       // 1/243  bgp.ermvpn.0
  kInetMvpn,     // 1/5    bgp.mvpn.0
};
inline constexpr unsigned kFamilies = 9;

// Routes whose key is a prefix, or a prefix with its route distinguisher; those of the other families are keyed by bytes of their own.
constexpr bool has_prefix_key(Family family) { return family <= Family::kInet6Vpn; }
constexpr bool is_vpn(Family family) { return family == Family::kInetVpn || family == Family::kInet6Vpn; }
constexpr bool is_v6(Family family) { return family == Family::kInet6 || family == Family::kInet6Vpn; }

struct FamilyInfo {
  std::uint16_t afi;
  std::uint8_t xmpp_safi;         // 0: never sent to agents
  std::string_view name;          // as introspect and configuration say it
  std::string_view table_suffix;  // after "<instance>.", or the whole name for tables of the default instance
};

const FamilyInfo& info(Family family);
// The family that agents name by this pair, if any.
std::optional<Family> family_of_xmpp(unsigned afi, unsigned safi);
// inet -> inet-vpn, inet6 -> inet6-vpn; nothing for families that are not replicated (spec/bgp.md 13).
std::optional<Family> vpn_family_of(Family family);

}  // namespace signalbox::core
