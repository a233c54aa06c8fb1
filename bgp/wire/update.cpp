#include "bgp/wire/update.hpp"

#include <algorithm>
#include <array>

#include "bgp/wire/header.hpp"

namespace signalbox::bgp {
namespace {

using E = iana::UpdateError;

constexpr std::size_t kFamilySize = 3;  // AFI and SAFI
constexpr std::size_t kRdSize = 8;

constexpr std::array<std::uint8_t, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const core::IpAddress& a) { return a.v6 && std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), a.bytes.begin()); }

core::IpAddress unmapped(const core::IpAddress& a) { return is_mapped(a) ? core::IpAddress::from_v4_bytes(a.bytes.data() + 12) : a; }

bool link_local(const core::IpAddress& a) { return a.v6 && a.bytes[0] == 0xfe && (a.bytes[1] & 0xc0) == 0x80; }

FamilyNumbers take_family(ByteReader& in) {
  FamilyNumbers family;
  family.afi = in.u16();
  family.safi = in.u8();
  return family;
}

// False: the session ends.
bool decode_mp_reach(ByteView value, bool strict, FamilySet negotiated, Update& out, Notification& answer) {
  ByteReader in(value);
  const auto family = family_of(take_family(in));
  const ByteView next_hop = in.take(in.u8());
  in.u8();
  answer = Notification::of(E::kOptionalAttribute);
  if (in.failed()) return false;
  if (!family) return !strict;
  const auto address = read_next_hop(next_hop, table_family(*family));
  if (!address) return false;
  if (negotiated.has(*family)) out.mp_reachable = RouteField{table_family(*family), in.rest(), *address};
  return true;
}

bool decode_mp_unreach(ByteView value, FamilySet negotiated, Update& out, Notification& answer) {
  ByteReader in(value);
  const FamilyNumbers numbers = take_family(in);
  answer = Notification::of(E::kOptionalAttribute);
  if (in.failed()) return false;
  const bool alone = out.attributes.count == 1 && !out.reachable && !out.withdrawn;
  if (in.empty() && alone) {
    out.end_of_rib = numbers;
    return true;
  }
  const auto family = family_of(numbers);
  if (family && negotiated.has(*family) && !in.empty()) out.mp_withdrawn = RouteField{table_family(*family), in.rest(), {}};
  return true;
}

// What routes cannot be without (RFC 4271 section 6.3). False: the session ends.
bool check_mandatory(const AttributeTerms& terms, Update& out, Notification& answer) {
  if (!out.reaches()) return true;
  UpdateAttributes& a = out.attributes;
  std::optional<iana::AttributeType> missing;
  if (!a.has_origin) missing = iana::AttributeType::kOrigin;
  if (!a.has_as_path) missing = iana::AttributeType::kAsPath;
  if (out.reachable && !a.next_hop) missing = iana::AttributeType::kNextHop;
  if (terms.internal && !a.has_local_pref) missing = iana::AttributeType::kLocalPref;
  const bool no_neighbor = !terms.internal && a.has_as_path && a.neighbor_as == 0;
  if (!missing && !no_neighbor) return true;
  if (!terms.strict) {
    a.withdraw = true;
    return true;
  }
  answer = missing ? Notification::of(E::kMissingWellKnown, {static_cast<std::uint8_t>(*missing)}) : Notification::of(E::kMalformedAsPath);
  return false;
}

}  // namespace

Decoded<UpdateFrame> decode_update_frame(ByteView body) {
  ByteReader in(body);
  UpdateFrame frame;
  frame.withdrawn = in.take(in.u16());
  frame.attributes = in.take(in.u16());
  frame.reachable = in.rest();
  if (in.failed()) return Notification::of(E::kMalformedAttributeList);
  return frame;
}

bool decode_update(ByteView body, const AttributeTerms& terms, FamilySet negotiated, Update& out, Notification& answer) {
  out.withdrawn.reset();
  out.mp_withdrawn.reset();
  out.reachable.reset();
  out.mp_reachable.reset();
  out.end_of_rib.reset();
  const auto frame = decode_update_frame(body);
  if (!frame) {
    answer = frame.error();
    return false;
  }
  if (!decode_attributes(frame->attributes, terms, out.attributes, answer)) return false;
  if (!frame->withdrawn.empty()) out.withdrawn = RouteField{core::Family::kInet, frame->withdrawn, {}};
  if (!frame->reachable.empty())
    out.reachable = RouteField{core::Family::kInet, frame->reachable, out.attributes.next_hop.value_or(core::IpAddress{})};
  UpdateAttributes& a = out.attributes;
  if (a.mp_unreach && !decode_mp_unreach(*a.mp_unreach, negotiated, out, answer)) return false;
  if (a.mp_reach && !decode_mp_reach(*a.mp_reach, terms.strict, negotiated, out, answer)) return false;
  if (a.count == 0 && !out.reachable && !out.withdrawn) out.end_of_rib = numbers_of(AddressFamily::kInet);
  return check_mandatory(terms, out, answer);
}

void write_next_hop(Bytes& out, core::Family family, const core::IpAddress& next_hop) {
  ByteWriter write(out);
  if (core::is_vpn(family)) write.bytes(std::array<std::uint8_t, kRdSize>{});
  if (next_hop.v6) return write.bytes(next_hop.bytes);
  if (core::is_v6(family)) write.bytes(kMappedPrefix);
  write.bytes(ByteView(next_hop.bytes).first(4));
}

std::optional<core::IpAddress> read_next_hop(ByteView field, core::Family family) {
  ByteReader in(field);
  switch (family) {
    case core::Family::kInetVpn:
      if (field.size() != 12) return std::nullopt;
      in.take(kRdSize);
      return core::IpAddress::from_v4_bytes(in.rest().data());
    case core::Family::kInet6Vpn: {
      if (field.size() != 24 && field.size() != 48) return std::nullopt;
      in.take(kRdSize);
      return unmapped(core::IpAddress::from_v6_bytes(in.take(16).data()));
    }
    case core::Family::kInet6: {
      if (field.size() != 16 && field.size() != 32) return std::nullopt;
      const auto first = core::IpAddress::from_v6_bytes(in.take(16).data());
      if (!link_local(first) || in.empty()) return unmapped(first);
      return unmapped(core::IpAddress::from_v6_bytes(in.take(16).data()));
    }
    default:
      if (field.size() != 4) return std::nullopt;
      return core::IpAddress::from_v4_bytes(field.data());
  }
}

// ---- packing

void UpdatePacker::begin_reach(core::Family family, ByteView attributes, const core::IpAddress& next_hop) {
  finish();
  family_ = family;
  withdraw_ = false;
  attributes_ = attributes;
  next_hop_ = next_hop;
}

void UpdatePacker::begin_unreach(core::Family family) {
  finish();
  family_ = family;
  withdraw_ = true;
  attributes_ = {};
}

// Header, no withdrawn routes, attributes, and the MP attribute up to where its routes begin. Lengths are set by finish().
void UpdatePacker::open() {
  open_ = true;
  message_at_ = out_.size();
  begin_message(out_, iana::MessageType::kUpdate);
  ByteWriter write(out_);
  write.u16(0);
  write.u16(0);
  write.bytes(attributes_);
  write.u8(iana::kOptional | iana::kExtendedLength);
  write.u8(static_cast<unsigned>(withdraw_ ? iana::AttributeType::kMpUnreachNlri : iana::AttributeType::kMpReachNlri));
  write.u16(0);
  mp_length_at_ = out_.size();
  const FamilyNumbers numbers = numbers_of(address_family(family_));
  write.u16(numbers.afi);
  write.u8(numbers.safi);
  if (withdraw_) return;
  const std::size_t length = write.reserve_u8();
  write_next_hop(out_, family_, next_hop_);
  write.fill_u8(length);
  write.u8(0);
}

void UpdatePacker::add(const Nlri& nlri) {
  nlri_.clear();
  write_nlri(nlri_, family_, nlri, withdraw_);
  if (open_ && out_.size() - message_at_ + nlri_.size() > max_message_) finish();
  if (!open_) {
    open();
    if (out_.size() - message_at_ + nlri_.size() > max_message_) {
      // Attributes too long for one route beside them: it cannot be told to this peer.
      out_.resize(message_at_);
      open_ = false;
      return;
    }
  }
  ByteWriter(out_).bytes(nlri_);
}

void UpdatePacker::finish() {
  if (!open_) return;
  open_ = false;
  ++messages_;
  const auto set = [this](std::size_t at, std::size_t n) {
    out_[at] = static_cast<std::uint8_t>(n >> 8);
    out_[at + 1] = static_cast<std::uint8_t>(n);
  };
  set(mp_length_at_ - 2, out_.size() - mp_length_at_);
  const std::size_t attributes_at = message_at_ + iana::kHeaderSize + 4;
  set(attributes_at - 2, out_.size() - attributes_at);
  finish_message(out_, message_at_);
}

Bytes encode_end_of_rib(FamilyNumbers family) {
  Bytes out;
  begin_message(out, iana::MessageType::kUpdate);
  ByteWriter write(out);
  write.u16(0);
  write.u16(4 + kFamilySize);
  write.u8(iana::kOptional | iana::kExtendedLength);
  write.u8(static_cast<unsigned>(iana::AttributeType::kMpUnreachNlri));
  write.u16(kFamilySize);
  write.u16(family.afi);
  write.u8(family.safi);
  finish_message(out);
  return out;
}

}  // namespace signalbox::bgp
