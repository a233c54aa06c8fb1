#include "bgp/wire/address_family.hpp"

#include <array>

namespace signalbox::bgp {
namespace {

struct Row {
  iana::Afi afi;
  iana::Safi safi;
  std::string_view name;
};

constexpr std::array<Row, kAddressFamilies> kRows{{
    {iana::Afi::kIp, iana::Safi::kUnicast, "inet"},
    {iana::Afi::kIp6, iana::Safi::kUnicast, "inet6"},
    {iana::Afi::kIp, iana::Safi::kMplsVpn, "inet-vpn"},
    {iana::Afi::kIp6, iana::Safi::kMplsVpn, "inet6-vpn"},
    {iana::Afi::kIp, iana::Safi::kRouteTarget, "route-target"},
    {iana::Afi::kL2vpn, iana::Safi::kEvpn, "e-vpn"},
    {iana::Afi::kIp, iana::Safi::kErmVpn, "erm-vpn"},
    {iana::Afi::kIp, iana::Safi::kMcastVpn, "inet-mvpn"},
    {iana::Afi::kIp, iana::Safi::kLabeled, "inet-labeled"},
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

std::optional<AddressFamily> parse_address_family(std::string_view name) {
  for (std::size_t i = 0; i < kAddressFamilies; ++i) {
    if (kRows[i].name == name) return static_cast<AddressFamily>(i);
  }
  return std::nullopt;
}

}  // namespace signalbox::bgp
