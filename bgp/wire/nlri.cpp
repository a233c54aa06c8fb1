#include "bgp/wire/nlri.hpp"

#include <algorithm>
#include <cstring>

#include "bgp/wire/iana.hpp"

namespace signalbox::bgp {
namespace {

constexpr unsigned kLabelBits = 24, kRdBits = 64;
constexpr std::uint32_t kWithdrawnLabel = 1;  // 00 00 01
constexpr unsigned kTargetBits = 96;

unsigned bytes_of(unsigned bits) { return (bits + 7) / 8; }

bool has_label(core::Family family) { return family == core::Family::kInetLabeled || core::is_vpn(family); }

void take_rd(ByteReader& in, core::RouteDistinguisher& rd) {
  const ByteView v = in.take(rd.bytes.size());
  std::copy(v.begin(), v.end(), rd.bytes.begin());
}

core::Prefix make_prefix(ByteView address, unsigned length, bool v6) {
  std::array<std::uint8_t, 16> bytes{};
  std::copy(address.begin(), address.end(), bytes.begin());
  return core::Prefix::make(v6 ? core::IpAddress::from_v6_bytes(bytes.data()) : core::IpAddress::from_v4_bytes(bytes.data()), length);
}

// ---- prefixes: length in bits (1) | [label (3)] | [RD (8)] | as many bytes of the address as needed

NlriResult read_prefix(ByteReader& in, core::Family family, Nlri& out) {
  unsigned bits = in.u8();
  const unsigned fixed = (has_label(family) ? kLabelBits : 0) + (core::is_vpn(family) ? kRdBits : 0);
  const unsigned most = core::is_v6(family) ? 128 : 32;
  ByteReader body(in.take(bytes_of(bits)));
  if (in.failed() || bits < fixed || bits - fixed > most) return NlriResult::kBroken;
  bits -= fixed;
  if (has_label(family)) out.label = body.u24();
  if (core::is_vpn(family)) take_rd(body, out.rd);
  out.prefix = make_prefix(body.rest(), bits, core::is_v6(family));
  return NlriResult::kRoute;
}

void write_prefix(Bytes& out, core::Family family, const Nlri& nlri, bool withdraw) {
  ByteWriter write(out);
  const unsigned fixed = (has_label(family) ? kLabelBits : 0) + (core::is_vpn(family) ? kRdBits : 0);
  write.u8(fixed + nlri.prefix.length);
  if (has_label(family)) write.u24(withdraw ? kWithdrawnLabel : nlri.label);
  if (core::is_vpn(family)) write.bytes(nlri.rd.bytes);
  write.bytes(ByteView(nlri.prefix.address.bytes).first(bytes_of(nlri.prefix.length)));
}

// ---- keys of bytes

class KeyWriter {
 public:
  explicit KeyWriter(Nlri& nlri) : nlri_(nlri) { nlri_.key_size = 0; }
  void u8(std::uint8_t n) { bytes(ByteView(&n, 1)); }
  void bytes(ByteView v) {
    if (nlri_.key_size + v.size() > nlri_.key.size()) {
      failed_ = true;
      return;
    }
    std::copy(v.begin(), v.end(), nlri_.key.begin() + nlri_.key_size);
    nlri_.key_size = static_cast<std::uint8_t>(nlri_.key_size + v.size());
  }
  // A length in bits and an address of that length: 32 or 128, and 0 where allowed.
  bool address(ByteReader& in, bool may_be_empty) {
    const std::uint8_t bits = in.u8();
    if (bits != 32 && bits != 128 && !(bits == 0 && may_be_empty)) return false;
    u8(bits);
    bytes(in.take(bits / 8));
    return true;
  }
  bool failed() const { return failed_; }

 private:
  Nlri& nlri_;
  bool failed_ = false;
};

NlriResult read_target(ByteReader& in, Nlri& out) {
  const unsigned bits = in.u8();
  ByteReader body(in.take(bytes_of(bits)));
  if (in.failed()) return NlriResult::kBroken;
  if (bits != 0 && bits != kTargetBits) return NlriResult::kSkipped;
  KeyWriter(out).bytes(body.rest());
  return NlriResult::kRoute;
}

bool all_zero(ByteView v) {
  return std::all_of(v.begin(), v.end(), [](std::uint8_t b) { return b == 0; });
}

void take_segment(ByteReader& in, Nlri& out) {
  const ByteView v = in.take(out.segment.size());
  std::copy(v.begin(), v.end(), out.segment.begin());
}

bool read_mac_ip(ByteReader& in, KeyWriter& key, Nlri& out) {
  take_segment(in, out);
  key.bytes(in.take(4));  // tag
  if (in.u8() != 48) return false;
  key.bytes(in.take(6));
  if (!key.address(in, true)) return false;
  out.label = in.u24();
  if (in.left().size() >= 3) out.second_label = in.u24();
  return true;
}

// Tag, segment and gateway have no meaning here; routes with the latter two are passed over. A withdraw may come without label.
bool read_ip_prefix(ByteReader& in, KeyWriter& key, bool withdraw, Nlri& out) {
  const std::size_t size = in.left().size();
  const std::size_t address = size == 26 || (withdraw && size == 23) ? 4 : size == 50 || (withdraw && size == 47) ? 16 : 0;
  if (address == 0) return false;
  const bool no_segment = all_zero(in.take(10));
  in.take(4);
  const std::uint8_t length = in.u8();
  if (length > 8 * address) return false;
  key.u8(length);
  const core::Prefix prefix = make_prefix(in.take(address), length, address == 16);
  key.bytes(ByteView(prefix.address.bytes).first(address));
  const bool no_gateway = all_zero(in.take(address));
  if (!in.empty()) out.label = in.u24();
  return no_segment && no_gateway;
}

bool read_evpn_body(std::uint8_t type, ByteReader& in, KeyWriter& key, bool withdraw, Nlri& out) {
  switch (static_cast<iana::EvpnRoute>(type)) {
    case iana::EvpnRoute::kAutoDiscovery:
      take_segment(in, out);
      key.bytes(out.segment);
      key.bytes(in.take(4));
      out.label = in.u24();
      return true;
    case iana::EvpnRoute::kMacIp: return read_mac_ip(in, key, out);
    case iana::EvpnRoute::kInclusiveMulticast: key.bytes(in.take(4)); return key.address(in, false);
    case iana::EvpnRoute::kEthernetSegment: key.bytes(in.take(10)); return key.address(in, false);
    case iana::EvpnRoute::kIpPrefix: return read_ip_prefix(in, key, withdraw, out);
    case iana::EvpnRoute::kSelectiveMulticast:
      key.bytes(in.take(4));
      if (!key.address(in, true) || !key.address(in, true) || !key.address(in, false)) return false;
      in.rest();  // flags
      return true;
  }
  return false;
}

NlriResult read_evpn(ByteReader& in, bool withdraw, Nlri& out) {
  const std::uint8_t type = in.u8();
  ByteReader body(in.take(in.u8()));
  if (in.failed()) return NlriResult::kBroken;
  KeyWriter key(out);
  key.u8(type);
  key.bytes(body.take(8));
  const bool good = read_evpn_body(type, body, key, withdraw, out);
  return good && !body.failed() && body.empty() && !key.failed() ? NlriResult::kRoute : NlriResult::kSkipped;
}

void write_evpn_body(ByteWriter& write, std::uint8_t type, ByteReader key, const Nlri& nlri, bool withdraw) {
  const std::uint32_t label = withdraw ? kWithdrawnLabel : nlri.label;
  write.bytes(key.take(8));
  switch (static_cast<iana::EvpnRoute>(type)) {
    case iana::EvpnRoute::kAutoDiscovery: write.bytes(key.rest()); return write.u24(label);
    case iana::EvpnRoute::kMacIp:
      write.bytes(nlri.segment);
      write.bytes(key.take(4));
      write.u8(48);
      write.bytes(key.rest());
      write.u24(label);
      if (nlri.second_label != 0 && !withdraw) write.u24(nlri.second_label);
      return;
    case iana::EvpnRoute::kIpPrefix: {
      const std::uint8_t length = key.u8();
      const ByteView address = key.rest();
      write.bytes(std::array<std::uint8_t, 14>{});
      write.u8(length);
      write.bytes(address);
      write.bytes(ByteView(std::array<std::uint8_t, 16>{}).first(address.size()));
      return write.u24(label);
    }
    case iana::EvpnRoute::kSelectiveMulticast: write.bytes(key.rest()); return write.u8(2);  // IGMPv2
    default: return write.bytes(key.rest());
  }
}

void write_evpn(Bytes& out, const Nlri& nlri, bool withdraw) {
  ByteWriter write(out);
  ByteReader key(nlri.key_bytes());
  const std::uint8_t type = key.u8();
  write.u8(type);
  const std::size_t length = write.reserve_u8();
  write_evpn_body(write, type, key, nlri, withdraw);
  write.fill_u8(length);
}

// type (1) | length = 22 (1) | RD (8) | router id (4) | 32 (1) | source (4) | 32 (1) | group (4)
NlriResult read_erm_vpn(ByteReader& in, Nlri& out) {
  const std::uint8_t type = in.u8();
  ByteReader body(in.take(in.u8()));
  if (in.failed()) return NlriResult::kBroken;
  if ((type != 1 && type != 2) || body.left().size() != 22) return NlriResult::kSkipped;
  KeyWriter key(out);
  key.u8(type);
  key.bytes(body.take(12));
  if (body.u8() != 32) return NlriResult::kSkipped;
  key.bytes(body.take(4));
  if (body.u8() != 32) return NlriResult::kSkipped;
  key.bytes(body.take(4));
  return NlriResult::kRoute;
}

void write_erm_vpn(Bytes& out, const Nlri& nlri) {
  ByteWriter write(out);
  ByteReader key(nlri.key_bytes());
  write.u8(key.u8());
  write.u8(22);
  write.bytes(key.take(12));
  write.u8(32);
  write.bytes(key.take(4));
  write.u8(32);
  write.bytes(key.rest());
}

// Groups and sources of a multicast route: lengths of 32 bits where type and body want one.
bool good_mvpn_body(std::uint8_t type, ByteView body) {
  switch (type) {
    case 1:
    case 2: return body.size() == 12;
    case 3: return body.size() == 22 && body[8] == 32 && body[13] == 32;
    case 4:
      return body.size() >= 6 && (body[0] == 2 || body[0] == 3) && body.size() == 2u + body[1] + 4u &&
             good_mvpn_body(body[0], body.subspan(2, body[1]));
    case 5: return body.size() == 18 && body[8] == 32 && body[13] == 32;
    case 6:
    case 7: return body.size() == 22 && body[12] == 32 && body[17] == 32;
    default: return false;
  }
}

NlriResult read_mvpn(ByteReader& in, Nlri& out) {
  const std::uint8_t type = in.u8();
  const ByteView body = in.take(in.u8());
  if (in.failed()) return NlriResult::kBroken;
  if (!good_mvpn_body(type, body)) return NlriResult::kSkipped;
  KeyWriter key(out);
  key.u8(type);
  key.bytes(body);
  return NlriResult::kRoute;
}

void write_mvpn(Bytes& out, const Nlri& nlri) {
  ByteWriter write(out);
  write.u8(nlri.key[0]);
  write.u8(nlri.key_size - 1u);
  write.bytes(nlri.key_bytes().subspan(1));
}

}  // namespace

NlriResult next_nlri(ByteReader& in, core::Family family, bool withdraw, Nlri& out) {
  out = Nlri{};
  switch (family) {
    case core::Family::kRouteTarget: return read_target(in, out);
    case core::Family::kEvpn: return read_evpn(in, withdraw, out);
    case core::Family::kErmVpn: return read_erm_vpn(in, out);
    case core::Family::kInetMvpn: return read_mvpn(in, out);
    default: return read_prefix(in, family, out);
  }
}

void write_nlri(Bytes& out, core::Family family, const Nlri& nlri, bool withdraw) {
  switch (family) {
    case core::Family::kRouteTarget: ByteWriter(out).u8(8u * nlri.key_size); return ByteWriter(out).bytes(nlri.key_bytes());
    case core::Family::kEvpn: return write_evpn(out, nlri, withdraw);
    case core::Family::kErmVpn: return write_erm_vpn(out, nlri);
    case core::Family::kInetMvpn: return write_mvpn(out, nlri);
    default: return write_prefix(out, family, nlri, withdraw);
  }
}

}  // namespace signalbox::bgp
