// NLRI of every family: one route as an UPDATE names it, and the key by which tables know it.
//
// Families with prefixes (inet, inet-labeled, inet6, inet-vpn, inet6-vpn) are decoded to prefix and route distinguisher. The keys of the
// others are bytes: what tells two routes apart, without what only describes one (labels, Ethernet segment, gateway):
//
//   route-target  origin AS (4) | target (8); nothing: the default, all routes
//   e-vpn         type (1) | RD (8) | per type: 1 ESI (10) tag (4) - 2 tag (4) MAC (6) address length (1) address - 3 tag (4) address
//                 length (1) address - 4 ESI (10) address length (1) address - 5 prefix length (1) address (4 or 16) - 6 tag (4) source
//                 length (1) source, group length (1) group, originator length (1) originator
//   erm-vpn       type (1) | RD (8) | router id (4) | source (4) | group (4)
//   inet-mvpn     type (1) | body as on the wire
//
// Threads: plain values. Errors: a route whose own form is wrong is skipped where its length is known; else the rest of the field is lost.
// Source: RFC 4271 section 4.3, RFC 4364, RFC 8277, RFC 4684, RFC 7432, RFC 9136, RFC 9251, RFC 6514; spec/bgp.md 7.
#pragma once

#include <array>
#include <cstdint>

#include "bgp/wire/bytes.hpp"
#include "core/family.hpp"
#include "core/net.hpp"

namespace signalbox::bgp {

struct Nlri {
  static constexpr std::size_t kMostKey = 75;

  core::Prefix prefix;  // families with prefixes
  core::RouteDistinguisher rd;
  std::array<std::uint8_t, kMostKey> key{};  // the others
  std::uint8_t key_size = 0;
  // What is not part of the key.
  std::uint32_t label = 0;                 // the field as it stands in the route, 24 bits; 0 where there is none
  std::uint32_t second_label = 0;          // e-vpn type 2
  std::array<std::uint8_t, 10> segment{};  // e-vpn types 1 and 2

  ByteView key_bytes() const { return {key.data(), key_size}; }
  bool operator==(const Nlri&) const = default;
};

enum class NlriResult : std::uint8_t {
  kRoute,
  kSkipped,  // its form is wrong, what follows can be read
  kBroken,   // nothing that follows can be read
};

// Reads the next route. Precondition: `in` is not empty. `withdraw`: labels mean nothing.
NlriResult next_nlri(ByteReader& in, core::Family family, bool withdraw, Nlri& out);
// Writes what next_nlri() reads. `withdraw`: the label field says so (spec/bgp.md 7.1).
void write_nlri(Bytes& out, core::Family family, const Nlri& nlri, bool withdraw);

// The label field of a route and the number it stands for. `vni`: the path has a VXLAN encapsulation, so the field is the number itself
// (spec/bgp.md 7.1).
inline std::uint32_t label_of_field(std::uint32_t field, bool vni) { return vni ? field : field >> 4; }
inline std::uint32_t label_field(std::uint32_t label, bool vni) { return (vni ? label : label << 4 | 1) & 0xffffff; }

}  // namespace signalbox::bgp
