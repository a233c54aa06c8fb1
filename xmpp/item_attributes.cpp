#include "xmpp/item_attributes.hpp"

#include <algorithm>
#include <limits>

#include "xmpp/vocabulary.hpp"

namespace signalbox::xmpp {
namespace {

constexpr std::uint32_t kMostLabel = 0xffffff;
constexpr std::int32_t kAfiInet = 1, kAfiInet6 = 2, kAfiL2Vpn = 25;
constexpr std::int32_t kSafiUnicast = 1, kSafiLabeled = 4;
constexpr std::uint64_t kTagBits = 0x00ff'ffff'ffff'ffff;

bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// MED of a route that brings none: the inverse of its local preference (spec/xmpp.md 5.1). 0 is no MED.
std::uint32_t med_from(std::uint32_t local_preference) {
  switch (local_preference) {
    case 0: return 0;
    case 100: return 200;
    case 200: return 100;
    default: return std::numeric_limits<std::uint32_t>::max() - local_preference;
  }
}

// Type and value of 16 bits each become 16 and 32.
std::uint64_t new_format(std::uint64_t old_tag) { return (old_tag >> 16 & 0xffff) << 32 | (old_tag & 0xffff); }

// AS(4) 01 tag(7), spec/xmpp.md 5.1
core::LargeCommunity tag_community(std::uint32_t as, std::uint64_t tag) {
  core::LargeCommunity c;
  tag = (tag & kTagBits) | std::uint64_t{1} << 56;
  for (unsigned i = 0; i < 4; ++i) c.bytes[i] = static_cast<std::uint8_t>(as >> (24 - 8 * i));
  for (unsigned i = 0; i < 8; ++i) c.bytes[4 + i] = static_cast<std::uint8_t>(tag >> (56 - 8 * i));
  return c;
}

// 82 04 AS(4) index(2), the first half of a security group with a four-octet AS (spec/xmpp.md 5.2)
core::ExtCommunity security_group_as4(std::uint32_t as, std::uint16_t index) {
  core::ExtCommunity c;
  c.bytes[0] = 0x82;
  c.bytes[1] = 0x04;
  for (unsigned i = 0; i < 4; ++i) c.bytes[2 + i] = static_cast<std::uint8_t>(as >> (24 - 8 * i));
  c.bytes[6] = static_cast<std::uint8_t>(index >> 8);
  c.bytes[7] = static_cast<std::uint8_t>(index);
  return c;
}

bool known_next_hop_family(std::int32_t af) { return af == kAfiInet || af == kAfiInet6 || af == kAfiL2Vpn; }

}  // namespace

std::string_view to_string(ItemFault fault) {
  switch (fault) {
    case ItemFault::kNone: return "none";
    case ItemFault::kNotParsed: return "a number is not one";
    case ItemFault::kWrongFamily: return "address family is not that of the node id";
    case ItemFault::kBadPrefix: return "bad prefix";
    case ItemFault::kNoNextHop: return "no next hop";
    case ItemFault::kWrongInstance: return "labeled route outside the default instance";
    case ItemFault::kManyNextHops: return "more than one next hop";
    case ItemFault::kBadNextHop: return "bad next-hop address";
    case ItemFault::kBadMac: return "bad MAC address";
    case ItemFault::kBadLabel: return "bad label";
    case ItemFault::kZeroLabel: return "label is zero";
  }
  return "";
}

ItemFault check_item(const PublishedItem& item, bool withdraw, bool default_instance) {
  using core::Family;
  if (item.key_fault != ItemFault::kNone) return item.key_fault;
  if (!withdraw && item.add_fault == ItemFault::kNoNextHop) return item.add_fault;
  if (item.family == Family::kInetLabeled && !default_instance) return ItemFault::kWrongInstance;
  if (withdraw) return ItemFault::kNone;
  if (item.add_fault != ItemFault::kNone) return item.add_fault;
  if (item.next_hop.v6 && !default_instance) return ItemFault::kBadNextHop;
  const bool wants_label = !default_instance || item.family == Family::kInetLabeled;
  if (wants_label == (item.label != 0)) return ItemFault::kNone;
  return item.family == Family::kInet6 && !default_instance ? ItemFault::kZeroLabel : ItemFault::kBadLabel;
}

std::size_t append_for_default_instance(std::span<const std::uint8_t> attributes, core::AttributeBuilder& scratch,
                                        std::vector<std::uint8_t>& out) {
  scratch.assign(core::AttributeView(attributes));
  scratch.clear_ext_communities();
  scratch.clear_large_communities();
  scratch.header.infeasible_encap = false;
  return scratch.append_to(out);
}

std::optional<std::uint64_t> parse_field_number(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  if (p == end) return 0;
  while (p != end && blank(*p)) ++p;
  const bool negative = p != end && *p == '-';
  if (negative || (p != end && *p == '+')) ++p;
  const char* const digits = p;
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t value = 0;
  bool too_large = false;
  for (; p != end && *p >= '0' && *p <= '9'; ++p) {
    const auto digit = static_cast<std::uint64_t>(*p - '0');
    too_large = too_large || value > kMost / 10 || (value == kMost / 10 && digit > kMost % 10);
    value = value * 10 + digit;
  }
  if (p == digits) return std::nullopt;
  while (p != end && blank(*p)) ++p;
  if (p != end) return std::nullopt;
  if (too_large) return kMost;
  return negative ? 0 - value : value;
}

bool parse_field_int(std::string_view text, std::int32_t& out) {
  const auto value = parse_field_number(text);
  if (!value) return false;
  out = static_cast<std::int32_t>(static_cast<std::uint32_t>(*value));
  return true;
}

void UnicastItem::begin(const DecodeContext& context, bool v6) {
  numbers = Numbers{};
  new_tags = false;
  sticky = false;
  context_ = context;
  builder_.clear();
  builder_.header.sub_protocol = core::SubProtocol::kInterface;
  tags_.clear();
  prefix_.reset();
  next_hop_.reset();
  mac_ = core::MacAddress{};
  next_hops_ = 0;
  security_groups_ = 0;
  load_balance_bits_ = 0;
  v6_ = v6;
  parse_failed_ = false;
  bad_mac_ = false;
  encaps_given_ = false;
  encaps_known_ = false;
  load_balance_given_ = false;
  source_bias_ = false;
}

void UnicastItem::set_prefix(std::string_view text) { prefix_ = core::Prefix::parse(text, v6_); }

void UnicastItem::set_next_hop_address(std::string_view text) { next_hop_ = core::IpAddress::parse(text); }

void UnicastItem::set_mac(std::string_view text) {
  mac_ = core::MacAddress{};
  bad_mac_ = false;
  if (text.empty()) return;
  const auto mac = core::MacAddress::parse(text);
  bad_mac_ = !mac;
  if (mac) mac_ = *mac;
}

void UnicastItem::add_encap(std::string_view name) {
  encaps_given_ = true;
  const auto type = encap_type(name);
  if (!type) return;
  encaps_known_ = true;
  builder_.add_ext_community(core::ext::tunnel_encap(*type));
}

void UnicastItem::add_security_group(std::int32_t id) {
  const auto number = static_cast<std::uint32_t>(id);
  if (context_.global_as <= 0xffff) {
    builder_.add_ext_community(core::ext::security_group(static_cast<std::uint16_t>(context_.global_as), number));
    return;
  }
  builder_.add_ext_community(security_group_as4(context_.global_as, security_groups_));
  builder_.add_ext_community(core::ext::security_group(security_groups_, number));
  ++security_groups_;
}

void UnicastItem::add_community(std::string_view text) {
  if (const auto community = parse_community(text)) builder_.add_community(*community);
}

void UnicastItem::add_load_balance_field(std::string_view name) {
  load_balance_given_ = true;
  load_balance_bits_ |= load_balance_bit(name);
}

void UnicastItem::set_load_balance_decision(std::string_view name) { source_bias_ = name == kSourceBias; }

void UnicastItem::set_sub_protocol(std::string_view name) { builder_.header.sub_protocol = sub_protocol(name); }

ItemFault UnicastItem::key_fault() const {
  if (parse_failed_) return ItemFault::kNotParsed;
  const bool family =
      numbers.nlri_af == (v6_ ? kAfiInet6 : kAfiInet) && (numbers.nlri_safi == kSafiUnicast || (numbers.nlri_safi == kSafiLabeled && !v6_));
  if (!family) return ItemFault::kWrongFamily;
  return prefix_ ? ItemFault::kNone : ItemFault::kBadPrefix;
}

ItemFault UnicastItem::add_fault() const {
  if (next_hops_ == 0) return ItemFault::kNoNextHop;
  if (next_hops_ > 1) return ItemFault::kManyNextHops;
  if (!known_next_hop_family(numbers.next_hop_af) || !next_hop_ || next_hop_->unspecified()) return ItemFault::kBadNextHop;
  if (bad_mac_) return ItemFault::kBadMac;
  if (static_cast<std::uint32_t>(numbers.label) > kMostLabel) return ItemFault::kBadLabel;
  return ItemFault::kNone;
}

void UnicastItem::build_header() {
  core::AttributeHeader& header = builder_.header;
  const auto local_preference = static_cast<std::uint32_t>(numbers.local_preference);
  if (local_preference != 0) header.local_pref = local_preference;
  header.med = numbers.med != 0 ? static_cast<std::uint32_t>(numbers.med) : med_from(local_preference);
  header.has_med = header.med != 0;
  header.origin = core::Origin::kIncomplete;
  header.infeasible_encap = encaps_given_ && !encaps_known_;
}

void UnicastItem::build_communities() {
  if (!mac_.zero()) builder_.add_ext_community(core::ext::router_mac(mac_));
  if (numbers.mobility_sequence != 0) {
    builder_.add_ext_community(core::ext::mac_mobility(static_cast<std::uint32_t>(numbers.mobility_sequence), sticky));
  } else if (numbers.sequence != 0) {
    builder_.add_ext_community(core::ext::mac_mobility(static_cast<std::uint32_t>(numbers.sequence), false));
  }
  const std::uint8_t bits = load_balance_given_ ? load_balance_bits_ : kAllLoadBalanceFields;
  if (bits != kAllLoadBalanceFields || source_bias_) builder_.add_ext_community(core::ext::load_balance(bits, source_bias_));
  if (numbers.local_sequence != 0)
    builder_.add_ext_community(core::ext::local_sequence(static_cast<std::uint32_t>(numbers.local_sequence)));
  for (const std::uint64_t tag : tags_) builder_.add_large_community(tag_community(context_.global_as, new_tags ? tag : new_format(tag)));
}

bool UnicastItem::finish_key(PublishedItem& out) const {
  out = PublishedItem{};
  out.family = v6_ ? core::Family::kInet6 : numbers.nlri_safi == kSafiLabeled ? core::Family::kInetLabeled : core::Family::kInet;
  out.key_fault = key_fault();
  if (out.key_fault != ItemFault::kNone) return false;
  out.prefix = *prefix_;
  out.add_fault = add_fault();
  if (out.add_fault != ItemFault::kNone) return false;
  out.next_hop = *next_hop_;
  out.label = static_cast<std::uint32_t>(numbers.label);
  return true;
}

void UnicastItem::finish(PublishedItem& out, std::vector<std::uint8_t>& attribute_bytes) {
  if (!finish_key(out)) return;
  build_header();
  build_communities();
  out.attributes_at = static_cast<std::uint32_t>(attribute_bytes.size());
  out.attributes_size = static_cast<std::uint32_t>(builder_.append_to(attribute_bytes));
  out.attributes_hash = core::hash_bytes(std::span(attribute_bytes).subspan(out.attributes_at, out.attributes_size));
}

void UnicastItem::finish(PublishedItem& out, std::vector<std::uint8_t>& attribute_bytes, std::span<const std::uint8_t> known,
                         std::uint64_t known_hash) const {
  if (!finish_key(out)) return;
  out.attributes_at = static_cast<std::uint32_t>(attribute_bytes.size());
  out.attributes_size = static_cast<std::uint32_t>(known.size());
  out.attributes_hash = known_hash;
  attribute_bytes.insert(attribute_bytes.end(), known.begin(), known.end());
}

}  // namespace signalbox::xmpp
