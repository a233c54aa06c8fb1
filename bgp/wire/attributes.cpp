#include "bgp/wire/attributes.hpp"

#include <algorithm>
#include <array>
#include <bitset>

#include "bgp/wire/as_path.hpp"

namespace signalbox::bgp {
namespace {

using iana::AttributeType;

constexpr std::uint8_t kWellKnown = iana::kTransitive;
constexpr std::uint8_t kOptionalTransitive = iana::kOptional | iana::kTransitive;

// What a malformed attribute costs (RFC 7606 section 7).
enum class Cost : std::uint8_t { kAttribute, kRoutes, kSession };

constexpr int kAnyLength = -1;

// A set has room for this much; only the longest of extended messages could bring more.
constexpr std::size_t kMostOther = 60000;

struct Decoding {
  const AttributeTerms& terms;
  UpdateAttributes& out;
  Bytes other;  // not sorted yet
  std::optional<Bytes> as_path, as4_path;
  std::optional<Bytes> aggregator, as4_aggregator;
  std::vector<core::ExtCommunity> tags;  // in the form of extended communities

  void keep(std::uint8_t flags, std::uint8_t type, ByteView value) {
    ByteWriter write(other);
    write.u8(flags);
    write.u8(type);
    write.u16(static_cast<unsigned>(value.size()));
    write.bytes(value);
  }
};

struct Encoding {
  const AttributeTerms& terms;
  const core::AttributeView& set;
  const core::IpAddress* next_hop;
  std::vector<core::ExtCommunity> tags;  // that go out as extended communities
  std::size_t large = 0;                 // large communities that do not
  Bytes value;
};

std::uint32_t read32(ByteView v) { return ByteReader(v).u32(); }

// ---- tags (spec/bgp.md 9.4): large communities inside, extended communities on the wire where they fit

constexpr std::uint8_t kTagSubtype = 0x84;
constexpr std::uint8_t kTagMark = 0x01;

bool is_tag(const core::ExtCommunity& c) { return (c.type() == 0x80 || c.type() == 0x82) && c.subtype() == kTagSubtype; }

core::LargeCommunity large_tag(std::uint32_t as, std::uint32_t type_and_value) {
  core::LargeCommunity c;
  for (unsigned i = 0; i < 4; ++i) c.bytes[i] = static_cast<std::uint8_t>(as >> (24 - 8 * i));
  c.bytes[4] = kTagMark;
  c.bytes[6] = static_cast<std::uint8_t>(type_and_value >> 24);
  c.bytes[7] = static_cast<std::uint8_t>(type_and_value >> 16);
  c.bytes[10] = static_cast<std::uint8_t>(type_and_value >> 8);
  c.bytes[11] = static_cast<std::uint8_t>(type_and_value);
  return c;
}

// 16 bits of type and 16 bits of value: the high half of the value's 32 is zero.
bool fits_ext_community(const core::LargeCommunity& c) {
  return c.bytes[4] == kTagMark && c.bytes[5] == 0 && c.bytes[8] == 0 && c.bytes[9] == 0;
}

core::ExtCommunity ext_tag(std::uint8_t type, std::uint32_t first, std::uint32_t second, unsigned first_bytes) {
  core::ExtCommunity c;
  c.bytes[0] = type;
  c.bytes[1] = kTagSubtype;
  for (unsigned i = 0; i < first_bytes; ++i) c.bytes[2 + i] = static_cast<std::uint8_t>(first >> (8 * (first_bytes - 1 - i)));
  for (unsigned i = first_bytes; i < 6; ++i) c.bytes[2 + i] = static_cast<std::uint8_t>(second >> (8 * (5 - i)));
  return c;
}

void tags_to_large(const std::vector<core::ExtCommunity>& tags, core::AttributeBuilder& set) {
  for (const core::ExtCommunity& c : tags) {
    if (c.type() != 0x80) continue;
    std::uint32_t as = c.u16(2);
    // With four octets the number stands in a second community with the same index.
    for (const core::ExtCommunity& wide : tags) {
      if (wide.type() == 0x82 && wide.u16(6) == c.u16(2)) as = wide.u32(2);
    }
    set.add_large_community(large_tag(as, c.u32(4)));
  }
}

void split_tags(Encoding& e) {
  std::uint16_t index = 0;
  for (std::size_t i = 0; i < e.set.large_communities(); ++i) {
    const core::LargeCommunity c = e.set.large_community(i);
    if (!fits_ext_community(c)) {
      ++e.large;
      continue;
    }
    const std::uint32_t as = read32(ByteView(c.bytes).first(4));
    const std::uint32_t tag = static_cast<std::uint32_t>(c.bytes[6]) << 24 | static_cast<std::uint32_t>(c.bytes[7]) << 16 |
                              static_cast<std::uint32_t>(c.bytes[10]) << 8 | c.bytes[11];
    if (as <= 0xffff) {
      e.tags.push_back(ext_tag(0x80, as, tag, 2));
    } else {
      e.tags.push_back(ext_tag(0x82, as, index, 4));
      e.tags.push_back(ext_tag(0x80, index++, tag, 2));
    }
  }
}

// ---- each attribute: decode returns false when the value is malformed, encode when the set has none

bool decode_origin(ByteView v, Decoding& d) {
  if (v[0] > static_cast<std::uint8_t>(core::Origin::kIncomplete)) return false;
  d.out.set.header.origin = static_cast<core::Origin>(v[0]);
  d.out.has_origin = true;
  return true;
}
bool encode_origin(Encoding& e) {
  e.value.push_back(static_cast<std::uint8_t>(e.set.header().origin));
  return true;
}

bool decode_as_path(ByteView v, Decoding& d) {
  d.as_path = parse_as_path(v, d.terms.four_octet_as);
  d.out.has_as_path = d.as_path.has_value();
  return d.out.has_as_path;
}
bool encode_as_path(Encoding& e) {
  const ByteView path = find_other(e.set.other(), AttributeType::kAsPath).value_or(ByteView());
  bool lossy = false;
  e.value = e.terms.four_octet_as ? Bytes(path.begin(), path.end()) : two_octet_path(path, lossy);
  return true;
}
bool decode_as4_path(ByteView v, Decoding& d) {
  if (d.terms.four_octet_as) return true;  // has no meaning there
  d.as4_path = parse_as_path(v, true);
  return d.as4_path.has_value();
}
bool encode_as4_path(Encoding& e) {
  const auto path = find_other(e.set.other(), AttributeType::kAsPath);
  if (!path || e.terms.four_octet_as) return false;
  bool lossy = false;
  two_octet_path(*path, lossy);
  e.value.assign(path->begin(), path->end());
  return lossy;
}

bool decode_next_hop(ByteView v, Decoding& d) {
  const auto address = core::IpAddress::from_v4_bytes(v.data());
  if (address.unspecified()) return false;
  d.out.next_hop = address;
  return true;
}
bool encode_next_hop(Encoding& e) {
  if (!e.next_hop) return false;
  e.value.assign(e.next_hop->bytes.begin(), e.next_hop->bytes.begin() + 4);
  return true;
}

bool decode_med(ByteView v, Decoding& d) {
  d.out.set.header.med = read32(v);
  d.out.set.header.has_med = true;
  return true;
}
bool encode_med(Encoding& e) {
  if (!e.set.header().has_med || e.set.header().med == 0) return false;
  ByteWriter(e.value).u32(e.set.header().med);
  return true;
}

bool decode_local_pref(ByteView v, Decoding& d) {
  if (!d.terms.internal) return true;  // passed over (RFC 7606 section 7.5)
  d.out.set.header.local_pref = read32(v);
  d.out.has_local_pref = true;
  return true;
}
bool encode_local_pref(Encoding& e) {
  if (!e.terms.internal) return false;
  ByteWriter(e.value).u32(e.set.header().local_pref);
  return true;
}

bool decode_aggregator(ByteView v, Decoding& d) {
  if (v.size() != (d.terms.four_octet_as ? 8u : 6u)) return false;
  ByteReader in(v);
  d.aggregator.emplace();
  ByteWriter write(*d.aggregator);
  write.u32(d.terms.four_octet_as ? in.u32() : in.u16());
  write.bytes(in.rest());
  return true;
}
bool encode_aggregator(Encoding& e) {
  const auto a = find_other(e.set.other(), AttributeType::kAggregator);
  if (!a) return false;
  ByteReader in(*a);
  const std::uint32_t as = in.u32();
  ByteWriter write(e.value);
  if (e.terms.four_octet_as) {
    write.u32(as);
  } else {
    write.u16(as > 0xffff ? iana::kAsTrans : as);
  }
  write.bytes(in.rest());
  return true;
}
bool decode_as4_aggregator(ByteView v, Decoding& d) {
  if (!d.terms.four_octet_as) d.as4_aggregator.emplace(v.begin(), v.end());
  return true;
}
bool encode_as4_aggregator(Encoding& e) {
  const auto a = find_other(e.set.other(), AttributeType::kAggregator);
  if (!a || e.terms.four_octet_as || read32(*a) <= 0xffff) return false;
  e.value.assign(a->begin(), a->end());
  return true;
}

bool decode_communities(ByteView v, Decoding& d) {
  if (v.size() % 4 != 0) return false;
  for (ByteReader in(v); !in.empty();) d.out.set.add_community(in.u32());
  return true;
}
bool encode_communities(Encoding& e) {
  for (std::size_t i = 0; i < e.set.communities(); ++i) ByteWriter(e.value).u32(e.set.community(i));
  return !e.value.empty();
}

bool decode_ext_communities(ByteView v, Decoding& d) {
  if (v.size() % 8 != 0) return false;
  for (ByteReader in(v); !in.empty();) {
    core::ExtCommunity c;
    const ByteView bytes = in.take(8);
    std::copy(bytes.begin(), bytes.end(), c.bytes.begin());
    if (is_tag(c)) {
      d.tags.push_back(c);
    } else {
      d.out.set.add_ext_community(c);
    }
  }
  return true;
}
bool encode_ext_communities(Encoding& e) {
  for (std::size_t i = 0; i < e.set.ext_communities(); ++i) ByteWriter(e.value).bytes(e.set.ext_community(i).bytes);
  for (const core::ExtCommunity& c : e.tags) ByteWriter(e.value).bytes(c.bytes);
  return !e.value.empty();
}

// Empty ones come from the incumbent, for a path all of whose tags are extended communities; they go out likewise (spec/bgp.md 9.4).
bool decode_large_communities(ByteView v, Decoding& d) {
  if (v.size() % 12 != 0) return false;
  for (ByteReader in(v); !in.empty();) {
    core::LargeCommunity c;
    const ByteView bytes = in.take(12);
    std::copy(bytes.begin(), bytes.end(), c.bytes.begin());
    d.out.set.add_large_community(c);
  }
  return true;
}
bool encode_large_communities(Encoding& e) {
  for (std::size_t i = 0; e.large > 0 && i < e.set.large_communities(); ++i) {
    const core::LargeCommunity c = e.set.large_community(i);
    if (!fits_ext_community(c)) ByteWriter(e.value).bytes(c.bytes);
  }
  return e.set.large_communities() != 0;
}

template <AttributeType kType>
bool keep_internal(ByteView v, Decoding& d) {
  if (d.terms.internal) d.keep(iana::kOptional, static_cast<std::uint8_t>(kType), v);  // else passed over (RFC 7606 sections 7.9, 7.10)
  return true;
}
bool decode_cluster_list(ByteView v, Decoding& d) {
  if (d.terms.internal && (v.empty() || v.size() % 4 != 0)) return false;
  return keep_internal<AttributeType::kClusterList>(v, d);
}
bool decode_atomic_aggregate(ByteView v, Decoding& d) {
  d.keep(kWellKnown, static_cast<std::uint8_t>(AttributeType::kAtomicAggregate), v);
  return true;
}
template <AttributeType kType>
bool keep_transitive(ByteView v, Decoding& d) {
  d.keep(kOptionalTransitive, static_cast<std::uint8_t>(kType), v);
  return true;
}
bool decode_pmsi(ByteView v, Decoding& d) { return v.size() >= 5 && keep_transitive<AttributeType::kPmsiTunnel>(v, d); }
// { address length = 4 (1) | address (4) | length of labels (1) | pairs of labels (8 each) }*
bool decode_edge_discovery(ByteView v, Decoding& d) {
  ByteReader in(v);
  while (!in.empty()) {
    if (in.u8() != 4) return false;
    in.u32();
    const std::size_t labels = in.u8();
    if (labels % 8 != 0) return false;
    in.take(labels);
  }
  return !in.failed() && keep_transitive<AttributeType::kMcastEdgeDiscovery>(v, d);
}
// { address length = 4 (1) | inbound address, label | outbound address, label }*
bool decode_edge_forwarding(ByteView v, Decoding& d) {
  ByteReader in(v);
  while (!in.empty()) {
    if (in.u8() != 4) return false;
    in.take(16);
  }
  return !in.failed() && keep_transitive<AttributeType::kMcastEdgeForwarding>(v, d);
}
bool decode_origin_vn_path(ByteView v, Decoding& d) { return v.size() % 8 == 0 && keep_transitive<AttributeType::kOriginVnPath>(v, d); }

template <AttributeType kType>
bool encode_other(Encoding& e) {
  const auto value = find_other(e.set.other(), kType);
  if (value) e.value.assign(value->begin(), value->end());
  return value.has_value();
}

bool decode_mp_reach(ByteView v, Decoding& d) {
  d.out.mp_reach = v;
  return true;
}
bool decode_mp_unreach(ByteView v, Decoding& d) {
  d.out.mp_unreach = v;
  return true;
}

struct Row {
  AttributeType type;
  std::uint8_t flags;  // that an attribute of the type has, Partial aside
  int length;          // or kAnyLength
  Cost cost;
  iana::UpdateError error;  // of a malformed value, where every fault ends the session
  bool (*decode)(ByteView, Decoding&);
  bool (*encode)(Encoding&);  // null: written elsewhere
};

using E = iana::UpdateError;

// In the order in which they are sent (spec/bgp.md 8).
constexpr std::array<Row, 20> kRows{{
    {AttributeType::kOrigin, kWellKnown, 1, Cost::kRoutes, E::kInvalidOrigin, decode_origin, encode_origin},
    {AttributeType::kNextHop, kWellKnown, 4, Cost::kRoutes, E::kInvalidNextHop, decode_next_hop, encode_next_hop},
    {AttributeType::kMultiExitDisc, iana::kOptional, 4, Cost::kRoutes, E::kAttributeLength, decode_med, encode_med},
    {AttributeType::kLocalPref, kWellKnown, 4, Cost::kRoutes, E::kAttributeLength, decode_local_pref, encode_local_pref},
    {AttributeType::kAtomicAggregate, kWellKnown, 0, Cost::kAttribute, E::kAttributeLength, decode_atomic_aggregate,
     encode_other<AttributeType::kAtomicAggregate>},
    {AttributeType::kAggregator, kOptionalTransitive, kAnyLength, Cost::kAttribute, E::kAttributeLength, decode_aggregator,
     encode_aggregator},
    {AttributeType::kAs4Aggregator, kOptionalTransitive, 8, Cost::kAttribute, E::kAttributeLength, decode_as4_aggregator,
     encode_as4_aggregator},
    {AttributeType::kOriginatorId, iana::kOptional, 4, Cost::kRoutes, E::kAttributeLength, keep_internal<AttributeType::kOriginatorId>,
     encode_other<AttributeType::kOriginatorId>},
    {AttributeType::kClusterList, iana::kOptional, kAnyLength, Cost::kRoutes, E::kAttributeLength, decode_cluster_list,
     encode_other<AttributeType::kClusterList>},
    {AttributeType::kAsPath, kWellKnown, kAnyLength, Cost::kRoutes, E::kMalformedAsPath, decode_as_path, encode_as_path},
    {AttributeType::kAs4Path, kOptionalTransitive, kAnyLength, Cost::kAttribute, E::kMalformedAsPath, decode_as4_path, encode_as4_path},
    {AttributeType::kMcastEdgeDiscovery, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_edge_discovery,
     encode_other<AttributeType::kMcastEdgeDiscovery>},
    {AttributeType::kMcastEdgeForwarding, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_edge_forwarding,
     encode_other<AttributeType::kMcastEdgeForwarding>},
    {AttributeType::kCommunities, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_communities,
     encode_communities},
    {AttributeType::kLargeCommunities, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_large_communities,
     encode_large_communities},
    {AttributeType::kExtendedCommunities, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_ext_communities,
     encode_ext_communities},
    {AttributeType::kOriginVnPath, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_origin_vn_path,
     encode_other<AttributeType::kOriginVnPath>},
    {AttributeType::kPmsiTunnel, kOptionalTransitive, kAnyLength, Cost::kRoutes, E::kOptionalAttribute, decode_pmsi,
     encode_other<AttributeType::kPmsiTunnel>},
    {AttributeType::kMpReachNlri, iana::kOptional, kAnyLength, Cost::kSession, E::kOptionalAttribute, decode_mp_reach, nullptr},
    {AttributeType::kMpUnreachNlri, iana::kOptional, kAnyLength, Cost::kSession, E::kOptionalAttribute, decode_mp_unreach, nullptr},
}};

constexpr std::uint8_t kNoRow = 0xff;
constexpr std::array<std::uint8_t, 256> row_index() {
  std::array<std::uint8_t, 256> index{};
  for (auto& i : index) i = kNoRow;
  for (std::size_t i = 0; i < kRows.size(); ++i) index[static_cast<std::size_t>(kRows[i].type)] = static_cast<std::uint8_t>(i);
  return index;
}
constexpr std::array<std::uint8_t, 256> kRowOf = row_index();

struct Raw {
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  ByteView value;
  ByteView whole;  // with its header, the data of a NOTIFICATION
};

bool is_multiprotocol(std::uint8_t type) {
  return type == static_cast<std::uint8_t>(AttributeType::kMpReachNlri) || type == static_cast<std::uint8_t>(AttributeType::kMpUnreachNlri);
}

// A fault of one attribute. False: it ends the session.
bool fault(Decoding& d, Cost cost, iana::UpdateError error, ByteView data, Notification& answer) {
  if (d.terms.strict || cost == Cost::kSession) {
    answer = Notification::of(error, Bytes(data.begin(), data.end()));
    return false;
  }
  if (cost == Cost::kRoutes) d.out.withdraw = true;
  ++d.out.discarded;
  return true;
}

bool decode_one(const Raw& raw, Decoding& d, Notification& answer) {
  const std::uint8_t at = kRowOf[raw.type];
  if (at == kNoRow) {
    if ((raw.flags & iana::kOptional) == 0) return fault(d, Cost::kSession, E::kUnrecognizedWellKnown, raw.whole, answer);
    const auto flags = static_cast<std::uint8_t>((raw.flags & kOptionalTransitive) | iana::kPartial);
    if ((raw.flags & iana::kTransitive) != 0) d.keep(flags, raw.type, raw.value);
    return true;
  }
  const Row& row = kRows[at];
  if ((raw.flags & kOptionalTransitive) != row.flags)
    return fault(d, std::max(row.cost, Cost::kRoutes), E::kAttributeFlags, raw.whole, answer);
  if (row.length != kAnyLength && raw.value.size() != static_cast<std::size_t>(row.length))
    return fault(d, row.cost, E::kAttributeLength, raw.whole, answer);
  if (row.decode(raw.value, d)) return true;
  return fault(d, row.cost, row.error, raw.type == static_cast<std::uint8_t>(AttributeType::kAsPath) ? ByteView() : raw.whole, answer);
}

// Sorts by type and hands over to the set.
void finish_other(Decoding& d) {
  std::vector<OtherAttribute> list;
  OtherReader in(d.other);
  while (const auto a = in.next()) list.push_back(*a);
  std::sort(list.begin(), list.end(), [](const OtherAttribute& a, const OtherAttribute& b) { return a.type < b.type; });
  Bytes sorted;
  for (const OtherAttribute& a : list) {
    ByteWriter write(sorted);
    write.u8(a.flags);
    write.u8(a.type);
    write.u16(static_cast<unsigned>(a.value.size()));
    write.bytes(a.value);
  }
  if (sorted.size() > kMostOther) {
    d.out.withdraw = true;
    sorted.clear();
  }
  d.out.set.set_other(sorted);
}

void finish(Decoding& d) {
  // AS4 attributes count only where the two-octet AGGREGATOR says AS_TRANS or there is none (RFC 6793 section 4.2.3).
  const bool as4_counts = !d.aggregator || read32(*d.aggregator) == iana::kAsTrans;
  if (d.as_path && d.as4_path && as4_counts) d.as_path = merge_as4_path(*d.as_path, *d.as4_path);
  if (d.aggregator && d.as4_aggregator && as4_counts) d.aggregator = d.as4_aggregator;
  if (d.as_path) d.out.neighbor_as = leftmost_as(*d.as_path);
  if (d.as_path && !d.as_path->empty()) d.keep(kWellKnown, static_cast<std::uint8_t>(AttributeType::kAsPath), *d.as_path);
  if (d.aggregator) d.keep(kOptionalTransitive, static_cast<std::uint8_t>(AttributeType::kAggregator), *d.aggregator);
  tags_to_large(d.tags, d.out.set);
  finish_other(d);
}

}  // namespace

std::optional<OtherAttribute> OtherReader::next() {
  if (in_.empty()) return std::nullopt;
  OtherAttribute a;
  a.flags = in_.u8();
  a.type = in_.u8();
  a.value = in_.take(in_.u16());
  return a;
}

std::optional<ByteView> find_other(ByteView other, AttributeType type) {
  OtherReader in(other);
  while (const auto a = in.next()) {
    if (a->flags != 0 && a->type == static_cast<std::uint8_t>(type)) return a->value;
  }
  return std::nullopt;
}

std::optional<ByteView> find_other(ByteView other, InternalAttribute type) {
  OtherReader in(other);
  while (const auto a = in.next()) {
    if (a->flags == 0 && a->type == static_cast<std::uint8_t>(type)) return a->value;
  }
  return std::nullopt;
}

Bytes replace_other(ByteView other, std::uint8_t flags, std::uint8_t type, std::optional<ByteView> value) {
  Bytes out;
  ByteWriter write(out);
  const auto put = [&write](const OtherAttribute& a) {
    write.u8(a.flags);
    write.u8(a.type);
    write.u16(static_cast<unsigned>(a.value.size()));
    write.bytes(a.value);
  };
  if (value && value->empty() && type != static_cast<std::uint8_t>(AttributeType::kAtomicAggregate)) value.reset();
  bool placed = !value;
  OtherReader in(other);
  while (const auto a = in.next()) {
    if (!placed && a->type >= type) {
      put({flags, type, *value});
      placed = true;
    }
    if (a->type != type || (a->flags == 0) != (flags == 0)) put(*a);
  }
  if (!placed) put({flags, type, *value});
  return out;
}

void UpdateAttributes::clear() {
  set.clear();
  next_hop.reset();
  mp_reach.reset();
  mp_unreach.reset();
  has_origin = has_as_path = has_local_pref = withdraw = false;
  neighbor_as = discarded = count = 0;
}

bool decode_attributes(ByteView attributes, const AttributeTerms& terms, UpdateAttributes& out, Notification& answer) {
  out.clear();
  Decoding d{terms, out, {}, {}, {}, {}, {}, {}};
  std::bitset<256> seen;
  ByteReader in(attributes);
  while (!in.empty()) {
    const ByteView whole = in.left();
    Raw raw;
    raw.flags = in.u8();
    raw.type = in.u8();
    const std::size_t size = (raw.flags & iana::kExtendedLength) != 0 ? in.u16() : in.u8();
    raw.value = in.take(size);
    if (in.failed()) {
      // It reaches beyond the end: nothing behind it can be found (RFC 7606 section 4).
      if (!fault(d, is_multiprotocol(raw.type) ? Cost::kSession : Cost::kRoutes, E::kMalformedAttributeList, {}, answer)) return false;
      break;
    }
    ++out.count;
    raw.whole = whole.first(whole.size() - in.left().size());
    if (seen[raw.type]) {
      // The first one counts, but for those that carry routes (RFC 7606 section 3 g).
      if (!fault(d, is_multiprotocol(raw.type) ? Cost::kSession : Cost::kAttribute, E::kMalformedAttributeList, {}, answer)) return false;
      continue;
    }
    seen.set(raw.type);
    if (!decode_one(raw, d, answer)) return false;
  }
  finish(d);
  return true;
}

void write_attribute(Bytes& out, std::uint8_t flags, AttributeType type, ByteView value) {
  ByteWriter write(out);
  const bool extended = value.size() > 0xff;
  write.u8(flags | (extended ? iana::kExtendedLength : 0u));
  write.u8(static_cast<unsigned>(type));
  if (extended) {
    write.u16(static_cast<unsigned>(value.size()));
  } else {
    write.u8(static_cast<unsigned>(value.size()));
  }
  write.bytes(value);
}

void encode_attributes(Bytes& out, const core::AttributeView& set, const AttributeTerms& terms, const core::IpAddress* next_hop) {
  Encoding e{terms, set, next_hop, {}, 0, {}};
  split_tags(e);
  for (const Row& row : kRows) {
    if (!row.encode) continue;
    e.value.clear();
    if (row.encode(e)) write_attribute(out, row.flags, row.type, e.value);
  }
  // Those that nobody here knows.
  OtherReader in(set.other());
  while (const auto a = in.next()) {
    if (a->flags != 0 && kRowOf[a->type] == kNoRow) write_attribute(out, a->flags, static_cast<AttributeType>(a->type), a->value);
  }
}

}  // namespace signalbox::bgp
