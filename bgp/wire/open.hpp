// OPEN with its capabilities.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |    version    |         autonomous system     |  hold time ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   ... in seconds  |        BGP identifier ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//                   | params length | any number of parameters ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   (after the message header)
//
//   parameter   | type = 2 | length | any number of capabilities |
//   capability  | code     | length | value                      |
//     1  multiprotocol         | AFI (2) | 0 (1) | SAFI (1) |
//     64 graceful restart      | R N 0 0, time (12 bits) | { AFI (2) | SAFI (1) | flags (1) }* |
//     65 four-octet AS         | AS (4) |
//     71 long-lived restart    | { AFI (2) | SAFI (1) | flags (1) | time (3) }* |
//
// Encoding puts all capabilities into one parameter, in the order multiprotocol, 65, 64, 71. Decoding takes any arrangement, passes over
// unknown capabilities and keeps the last of those that may stand once only.
// Threads: plain values. Source: RFC 4271 section 4.2, RFC 5492, RFC 4760, RFC 4724, RFC 8538, RFC 6793, RFC 9494; spec/bgp.md 4, 16.1.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bgp/wire/address_family.hpp"
#include "bgp/wire/bytes.hpp"
#include "bgp/wire/notification.hpp"

namespace signalbox::bgp {

struct GracefulRestart {
  struct Family {
    FamilyNumbers family;
    std::uint8_t flags = 0;  // iana::kForwardingState
    bool operator==(const Family&) const = default;
  };
  bool restarting = false;    // R
  bool notification = false;  // N
  std::uint16_t time = 0;     // seconds, 12 bits
  std::vector<Family> families;
  bool operator==(const GracefulRestart&) const = default;
};

struct LongLivedRestart {
  struct Family {
    FamilyNumbers family;
    std::uint8_t flags = 0;
    std::uint32_t time = 0;  // seconds, 24 bits
    bool operator==(const Family&) const = default;
  };
  std::vector<Family> families;
  bool operator==(const LongLivedRestart&) const = default;
};

struct Open {
  std::uint8_t version = iana::kVersion;
  std::uint16_t autonomous_system = 0;  // iana::kAsTrans for one of four octets
  std::uint16_t hold_time = 0;          // seconds
  std::uint32_t identifier = 0;         // IPv4, host order
  std::vector<FamilyNumbers> multiprotocol;
  std::optional<std::uint32_t> four_octet_as;
  std::optional<GracefulRestart> graceful_restart;
  std::optional<LongLivedRestart> long_lived_restart;

  bool operator==(const Open&) const = default;
};

// The whole message, header included. Precondition: the capabilities fit 253 bytes; all families of AddressFamily do.
Bytes encode(const Open& open);
// `body` is what follows the header. An OPEN of another version fails without a look at the rest.
Decoded<Open> decode_open(ByteView body);

}  // namespace signalbox::bgp
