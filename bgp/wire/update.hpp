// UPDATE: its three parts, what it says of routes, and End-of-RIB.
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
//   MP_REACH_NLRI    | AFI (2) | SAFI (1) | length (1) | next hop | 0 (1) | routes ... |
//   MP_UNREACH_NLRI  | AFI (2) | SAFI (1) | routes ... |
//
// Decoding gives fields of routes, not routes: whoever wants them reads them with next_nlri() (nlri.hpp), without a list in between. Encoding
// puts every reachable route into MP_REACH_NLRI and every withdrawn one into MP_UNREACH_NLRI, whatever the family (spec/bgp.md 7).
//
// Threads: plain values. Lifetime: what is decoded views the message's bytes.
// Source: RFC 4271 sections 4.3, 6.3; RFC 4760; RFC 4724 section 2; RFC 7606; RFC 8654; spec/bgp.md 5-8.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bgp/wire/address_family.hpp"
#include "bgp/wire/attributes.hpp"
#include "bgp/wire/bytes.hpp"
#include "bgp/wire/nlri.hpp"
#include "bgp/wire/notification.hpp"

namespace signalbox::bgp {

struct UpdateFrame {
  ByteView withdrawn;
  ByteView attributes;
  ByteView reachable;
};

// `body` is what follows the header.
Decoded<UpdateFrame> decode_update_frame(ByteView body);

// Routes of one family as they stand in a message.
struct RouteField {
  core::Family family = core::Family::kInet;
  ByteView routes;
  core::IpAddress next_hop;  // reachable ones; unspecified: none that can be used
};

// One UPDATE. Reusable: decoding clears it and keeps its memory.
struct Update {
  UpdateAttributes attributes;
  // At most the plain field and the one of MP-BGP each.
  std::optional<RouteField> withdrawn, mp_withdrawn;
  std::optional<RouteField> reachable, mp_reachable;
  std::optional<FamilyNumbers> end_of_rib;  // then there are no fields

  bool reaches() const { return reachable || mp_reachable; }
  bool withdraws() const { return withdrawn || mp_withdrawn; }
};

// Decodes and checks `body`. Routes of unknown families are passed over, those of families that were not negotiated too. With
// `attributes.withdraw` the reachable routes count as withdrawn. False: the session ends with `answer`.
bool decode_update(ByteView body, const AttributeTerms& terms, FamilySet negotiated, Update& out, Notification& answer);

// The next hop field of MP_REACH_NLRI as it is sent and received (spec/bgp.md 7).
void write_next_hop(Bytes& out, core::Family family, const core::IpAddress& next_hop);
// Nothing: the length is wrong for the family.
std::optional<core::IpAddress> read_next_hop(ByteView field, core::Family family);

// Packs routes of one family that share attributes and next hop into as few messages as it takes. begin() once per set, add() per route,
// finish() at the end; whole messages are appended to `out`.
class UpdatePacker {
 public:
  UpdatePacker(Bytes& out, std::size_t max_message) : out_(out), max_message_(max_message) {}

  // `attributes`: encoded, without those of MP-BGP.
  void begin_reach(core::Family family, ByteView attributes, const core::IpAddress& next_hop);
  void begin_unreach(core::Family family);
  void add(const Nlri& nlri);
  // Ends the message under way, if it has routes.
  void finish();
  unsigned messages() const { return messages_; }

 private:
  void open();

  Bytes& out_;
  const std::size_t max_message_;
  core::Family family_ = core::Family::kInet;
  bool withdraw_ = false;
  ByteView attributes_;
  core::IpAddress next_hop_;
  Bytes nlri_;
  bool open_ = false;
  std::size_t message_at_ = 0;
  std::size_t mp_length_at_ = 0;  // of the value of the MP attribute
  unsigned messages_ = 0;
};

// The whole message, header included: MP_UNREACH_NLRI of the family and nothing else, for every family (spec/bgp.md 6).
Bytes encode_end_of_rib(FamilyNumbers family);

}  // namespace signalbox::bgp
