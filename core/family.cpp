#include "core/family.hpp"

#include <array>

namespace signalbox::core {
namespace {
constexpr std::array<FamilyInfo, kFamilies> kInfo{{
    {1, 1, "inet", "inet.0"},
    {1, 4, "inet-labeled", "inet.3"},
    {2, 1, "inet6", "inet6.0"},
    {1, 0, "inet-vpn", "bgp.l3vpn.0"},
    {2, 0, "inet6-vpn", "bgp.l3vpn-inet6.0"},
    {1, 0, "route-target", "bgp.rtarget.0"},
    {25, 0, "e-vpn", "bgp.evpn.0"},
    {1, 0, "erm-vpn", "bgp.ermvpn.0"},
    {1, 0, "inet-mvpn", "bgp.mvpn.0"},
}};
}  // namespace

const FamilyInfo& info(Family family) { return kInfo[static_cast<unsigned>(family)]; }

std::optional<Family> family_of_xmpp(unsigned afi, unsigned safi) {
  for (unsigned i = 0; i < kFamilies; ++i) {
    if (kInfo[i].afi == afi && kInfo[i].xmpp_safi == safi && safi != 0) return static_cast<Family>(i);
  }
  return std::nullopt;
}

std::optional<Family> vpn_family_of(Family family) {
  if (family == Family::kInet) return Family::kInetVpn;
  if (family == Family::kInet6) return Family::kInet6Vpn;
  return std::nullopt;
}

}  // namespace signalbox::core
