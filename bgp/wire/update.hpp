// UPDATE: where its three parts are, and End-of-RIB. What the attributes and prefixes mean is not looked at here.
//
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  length of withdrawn routes   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  withdrawn routes (variable) ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  length of path attributes    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  path attributes (variable) ...      each: | flags | type | length (1, or 2 with the extended-length flag) | value |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  reachable routes, to the end ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   (after the message header)
//
// Threads: plain values. Lifetime: a frame views the message's bytes. Source: RFC 4271 section 4.3, RFC 4724 section 2; spec/bgp.md 5, 6.
#pragma once

#include <cstdint>
#include <optional>

#include "bgp/wire/address_family.hpp"
#include "bgp/wire/bytes.hpp"
#include "bgp/wire/notification.hpp"

namespace signalbox::bgp {

struct UpdateFrame {
  ByteView withdrawn;
  ByteView attributes;
  ByteView reachable;
};

// What kinds of routes a message carries, for counters.
struct UpdateContent {
  bool reach = false;  // plain or multiprotocol
  bool unreach = false;
  std::optional<FamilyNumbers> end_of_rib;  // then neither of the above
};

// `body` is what follows the header.
Decoded<UpdateFrame> decode_update_frame(ByteView body);
// Stops at an attribute that reaches beyond the end; what came before it counts. Cost: one step per attribute.
UpdateContent content_of(const UpdateFrame& frame);

// The whole message, header included: MP_UNREACH_NLRI of the family and nothing else, for every family (spec/bgp.md 6).
Bytes encode_end_of_rib(FamilyNumbers family);

}  // namespace signalbox::bgp
