// Path attributes between the wire and attribute sets (core/attributes.hpp), one row each in one table.
//
// What a set has a place for (ORIGIN, MED, LOCAL_PREF, communities of three kinds) goes there; the rest is kept in AttributeView::other() as
//
//   { flags (1) | type (1) | length (2) | value }*      by ascending type, each type once; flags without the extended-length bit
//
// AS_PATH there has four octets a number and is left out when it is empty (as_path.hpp). A row with flags 0 never was on a wire: it carries
// what an NLRI has beside its key (InternalAttribute).
//
// Threads: plain values. Cost: decoding copies each attribute once. Errors: RFC 7606 sorts faults into those that cost the attribute, the
// routes or the session; with `strict` each costs the session, with the NOTIFICATION of spec/bgp.md 5.
// Source: RFC 4271 sections 4.3, 5, 6.3; RFC 7606; RFC 6793; spec/bgp.md 5, 8, 9.4.
#pragma once

#include <cstdint>
#include <optional>

#include "bgp/wire/bytes.hpp"
#include "bgp/wire/iana.hpp"
#include "bgp/wire/notification.hpp"
#include "core/attributes.hpp"
#include "core/net.hpp"

namespace signalbox::bgp {

// Rows of other() that no wire has.
enum class InternalAttribute : std::uint8_t {
  kEthernetSegment = 1,  // ten bytes, EVPN routes of types 1 and 2
  kSecondLabel = 2,      // three bytes as in the NLRI, EVPN type 2
};

struct OtherAttribute {
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  ByteView value;
};

// Reads other() in order.
class OtherReader {
 public:
  explicit OtherReader(ByteView other) : in_(other) {}
  std::optional<OtherAttribute> next();

 private:
  ByteReader in_;
};
// The value of one attribute; nothing if the set has none.
std::optional<ByteView> find_other(ByteView other, iana::AttributeType type);
std::optional<ByteView> find_other(ByteView other, InternalAttribute type);
// `other` with this attribute instead of the one of the type; an empty value of AS_PATH or CLUSTER_LIST, or none at all, takes it away.
Bytes replace_other(ByteView other, std::uint8_t flags, std::uint8_t type, std::optional<ByteView> value);

// What a session has agreed on that the form of attributes depends on.
struct AttributeTerms {
  bool four_octet_as = false;
  bool internal = true;  // iBGP
  bool strict = false;   // every fault ends the session
};

// The attributes of one UPDATE. Views are into the message.
struct UpdateAttributes {
  core::AttributeBuilder set;
  std::optional<core::IpAddress> next_hop;  // of NEXT_HOP
  std::optional<ByteView> mp_reach, mp_unreach;
  bool has_origin = false;
  bool has_as_path = false;
  bool has_local_pref = false;
  std::uint32_t neighbor_as = 0;  // leftmost of the AS path
  bool withdraw = false;          // treat the routes as withdrawn
  unsigned discarded = 0;         // attributes that were left out for a fault
  unsigned count = 0;             // attributes there were

  void clear();
};

// False: the session ends with `answer`. `out` is cleared first; its memory is used again.
bool decode_attributes(ByteView attributes, const AttributeTerms& terms, UpdateAttributes& out, Notification& answer);

// Writes all attributes of the set but NEXT_HOP and those of MP-BGP, in the order of spec/bgp.md 8. LOCAL_PREF goes to iBGP only.
// `next_hop`: NEXT_HOP is written, for inet.
void encode_attributes(Bytes& out, const core::AttributeView& set, const AttributeTerms& terms, const core::IpAddress* next_hop);

// One attribute with its header; the length takes two bytes where it must.
void write_attribute(Bytes& out, std::uint8_t flags, iana::AttributeType type, ByteView value);

}  // namespace signalbox::bgp
