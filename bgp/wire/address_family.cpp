#include "bgp/wire/address_family.hpp"

#include <array>

namespace signalbox::bgp {
namespace {

struct Row {
  iana::Afi afi;
  iana::Safi safi;
  std::string_view name;
  core::Family table;
};

constexpr std::array<Row, kAddressFamilies> kRows{{
    {iana::Afi::kIp, iana::Safi::kUnicast, "inet", core::Family::kInet},
    {iana::Afi::kIp6, iana::Safi::kUnicast, "inet6", core::Family::kInet6},
    {iana::Afi::kIp, iana::Safi::kMplsVpn, "inet-vpn", core::Family::kInetVpn},
    {iana::Afi::kIp6, iana::Safi::kMplsVpn, "inet6-vpn", core::Family::kInet6Vpn},
    {iana::Afi::kIp, iana::Safi::kRouteTarget, "route-target", core::Family::kRouteTarget},
    {iana::Afi::kL2vpn, iana::Safi::kEvpn, "e-vpn", core::Family::kEvpn},
    {iana::Afi::kIp, iana::Safi::kErmVpn, "erm-vpn", core::Family::kErmVpn},
    {iana::Afi::kIp, iana::Safi::kMcastVpn, "inet-mvpn", core::Family::kInetMvpn},
    {iana::Afi::kIp, iana::Safi::kLabeled, "inet-labeled", core::Family::kInetLabeled},
}};

const Row& row(AddressFamily family) { return kRows[static_cast<std::size_t>(family)]; }

}  // namespace

std::string_view name_of(AddressFamily family) { return row(family).name; }

FamilyNumbers numbers_of(AddressFamily family) {
  return {static_cast<std::uint16_t>(row(family).afi), static_cast<std::uint8_t>(row(family).safi)};
}

std::optional<AddressFamily> family_of(FamilyNumbers numbers) {
  for (std::size_t i = 0; i < kAddressFamilies; ++i) {
    if (numbers_of(static_cast<AddressFamily>(i)) == numbers) return static_cast<AddressFamily>(i);
  }
  return std::nullopt;
}

core::Family table_family(AddressFamily family) { return row(family).table; }

AddressFamily address_family(core::Family family) {
  std::size_t i = 0;
  while (kRows[i].table != family) ++i;
  return static_cast<AddressFamily>(i);
}

std::optional<AddressFamily> parse_address_family(std::string_view name) {
  for (std::size_t i = 0; i < kAddressFamilies; ++i) {
    if (kRows[i].name == name) return static_cast<AddressFamily>(i);
  }
  return std::nullopt;
}

}  // namespace signalbox::bgp
