// The address families that sessions may carry, with their names in configuration and numbers on the wire, and sets of them.
//
// The same families as core::Family, in another order: this one is that of OPEN.
// Threads: plain values. Source: spec/bgp.md 4, 7; spec/config.md 5.7.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bgp/wire/iana.hpp"
#include "core/family.hpp"

namespace signalbox::bgp {

// In the order in which OPEN announces them (spec/bgp.md 4).
enum class AddressFamily : std::uint8_t { kInet, kInet6, kInetVpn, kInet6Vpn, kRouteTarget, kEvpn, kErmVpn, kInetMvpn, kInetLabeled };
inline constexpr std::size_t kAddressFamilies = 9;

// AFI and SAFI as they came or go; the pair need not be one of the families above.
struct FamilyNumbers {
  std::uint16_t afi = 0;
  std::uint8_t safi = 0;
  auto operator<=>(const FamilyNumbers&) const = default;
};

// "inet-vpn", as configuration and introspect say it.
std::string_view name_of(AddressFamily family);
FamilyNumbers numbers_of(AddressFamily family);
std::optional<AddressFamily> family_of(FamilyNumbers numbers);
std::optional<AddressFamily> parse_address_family(std::string_view name);

core::Family table_family(AddressFamily family);
AddressFamily address_family(core::Family family);

class FamilySet {
 public:
  FamilySet() = default;

  void add(AddressFamily family) { bits_ |= bit(family); }
  void remove(AddressFamily family) { bits_ &= static_cast<std::uint16_t>(~bit(family)); }
  bool has(AddressFamily family) const { return (bits_ & bit(family)) != 0; }
  bool empty() const { return bits_ == 0; }
  // Calls f(family) in the order of the enumeration.
  template <class F>
  void for_each(F f) const {
    for (std::size_t i = 0; i < kAddressFamilies; ++i) {
      if (has(static_cast<AddressFamily>(i))) f(static_cast<AddressFamily>(i));
    }
  }
  friend FamilySet operator&(FamilySet a, FamilySet b) {
    a.bits_ &= b.bits_;
    return a;
  }
  bool operator==(const FamilySet&) const = default;

 private:
  static std::uint16_t bit(AddressFamily family) { return static_cast<std::uint16_t>(1u << static_cast<unsigned>(family)); }
  std::uint16_t bits_ = 0;
};

}  // namespace signalbox::bgp
