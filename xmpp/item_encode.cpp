#include "xmpp/item_encode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "xmpp/escape.hpp"
#include "xmpp/vocabulary.hpp"

namespace signalbox::xmpp {
namespace {

constexpr std::uint64_t kFirstGlobalTag = 8000000;
constexpr std::uint32_t kFirstLocalSecurityGroup = 8000000;
constexpr std::size_t kMostCachedSet = 4096;  // bytes of attributes; longer sets are rare and not worth the memory
constexpr std::size_t kMostPrefixText = 49, kMostNumberText = 20;

constexpr std::string_view kNextHopStart = "<next-hop><af>", kNextHopMiddle = "</address><mac></mac><label>";
constexpr std::string_view kNoEncaps = "<tunnel-encapsulation-list />";
constexpr std::string_view kVirtualNetworkStart = "<virtual-network>", kVirtualNetworkEnd = "</virtual-network>";
// More than the fixed text of an item, or of a next hop, and the numbers and addresses in it.
constexpr std::size_t kMostItemText = 512, kMostNextHopText = 256;

template <std::size_t N>
char* put(char* out, const char (&literal)[N]) {
  std::memcpy(out, literal, N - 1);
  return out + N - 1;
}

char* put(char* out, std::string_view text) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

// The scalars of items are 32-bit and signed, whatever they stand for (spec/xmpp.md 3.0). Writes at most 11 characters.
char* put_signed(char* out, std::uint32_t value) { return std::to_chars(out, out + 11, static_cast<std::int32_t>(value)).ptr; }

void append_signed(std::string& to, std::uint32_t value) {
  char text[kMostNumberText];
  to.append(text, put_signed(text, value));
}

void append_number(std::string& to, std::uint64_t value) {
  char text[kMostNumberText];
  to.append(text, core::print_number(text, value));
}

void append_element(std::string& to, std::string_view name, std::string_view text) {
  to += '<';
  to += name;
  to += '>';
  to += text;
  to += "</";
  to += name;
  to += '>';
}

// Opens a list at its first member; close_list() writes an empty one if there was none.
void open_list(std::string& to, std::string_view name, bool& opened) {
  if (opened) return;
  opened = true;
  to += '<';
  to += name;
  to += '>';
}

void close_list(std::string& to, std::string_view name, bool opened) {
  to += opened ? "</" : "<";
  to += name;
  to += opened ? ">" : " />";
}

std::uint32_t as_of(const core::LargeCommunity& c) {
  return static_cast<std::uint32_t>(c.bytes[0]) << 24 | static_cast<std::uint32_t>(c.bytes[1]) << 16 |
         static_cast<std::uint32_t>(c.bytes[2]) << 8 | c.bytes[3];
}

// The 56 bits behind the type byte.
std::uint64_t tag_of(const core::LargeCommunity& c) {
  std::uint64_t tag = 0;
  for (std::size_t i = 5; i < 12; ++i) tag = tag << 8 | c.bytes[i];
  return tag;
}

bool is_tag(const core::LargeCommunity& c) { return c.bytes[4] == 0x01; }

void sort_unique(std::vector<std::uint64_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

void append_communities(std::string& to, const core::AttributeView& attributes) {
  bool opened = false;
  for (std::size_t i = 0; i < attributes.communities(); ++i) {
    char text[32];
    char* const end = print_community(text, attributes.community(i));
    open_list(to, "community-tag-list", opened);
    append_element(to, "community-tag", {text, static_cast<std::size_t>(end - text)});
  }
  close_list(to, "community-tag-list", opened);
}

struct LoadBalance {
  std::uint8_t bits = kAllLoadBalanceFields;
  bool source_bias = false;
};

// What of the extended communities is said once per item.
struct ItemCommunities {
  LoadBalance load_balance;
  std::uint32_t sequence = 0;
  bool sticky = false;
};

ItemCommunities item_communities(const core::AttributeView& attributes) {
  ItemCommunities found;
  bool mobility = false;
  for (std::size_t i = 0; i < attributes.ext_communities(); ++i) {
    const core::ExtCommunity c = attributes.ext_community(i);
    if (core::ext::is_load_balance(c)) {
      found.load_balance = {static_cast<std::uint8_t>(c.bytes[2] & kAllLoadBalanceFields), (c.bytes[4] & 0x80) != 0};
    } else if (core::ext::is_mac_mobility(c) && !mobility) {
      mobility = true;
      found.sequence = c.u32(4);
      found.sticky = (c.bytes[2] & 1) != 0;
    }
  }
  return found;
}

void append_load_balance(std::string& to, const LoadBalance& load_balance) {
  const bool is_default = load_balance.bits == kAllLoadBalanceFields && !load_balance.source_bias;
  bool opened = false;
  to += "<load-balance>";
  for (const std::string_view field : kLoadBalanceFields) {
    if (is_default || (load_balance.bits & load_balance_bit(field)) == 0) continue;
    open_list(to, "load-balance-fields", opened);
    append_element(to, "load-balance-field-list", field);
  }
  close_list(to, "load-balance-fields", opened);
  append_element(to, "load-balance-decision", load_balance.source_bias ? kSourceBias : kFieldHash);
  to += "</load-balance>";
}

}  // namespace

std::string first_line(std::string_view agent_name) {
  std::string line = "\n<message from=\"network-control@contrailsystems.com\" to=\"";
  append_escaped(line, agent_name);
  line += "/bgp-peer\">";
  return line;
}

std::string_view end_of_rib_body() {
  return "\n\t<event xmlns=\"http://jabber.org/protocol/pubsub\">\n<items node=\"0/0/EndOfRib\"></items>\n\t</event>\n</message>\n";
}

void open_items(TextBuffer& out, core::Family family, std::string_view instance_name) {
  const core::FamilyInfo& about = core::info(family);
  char* at = out.room(128 + kMostEscaped * instance_name.size());
  at = put(at, "<event xmlns=\"http://jabber.org/protocol/pubsub\"><items node=\"");
  at = core::print_number(at, about.afi);
  *at++ = '/';
  at = core::print_number(at, about.xmpp_safi);
  *at++ = '/';
  at = write_escaped(at, instance_name);
  out.written(put(at, "\">"));
}

void add_retract(TextBuffer& out, const core::Prefix& prefix) {
  char* at = out.room(32 + kMostPrefixText);
  at = prefix.print(put(at, "<retract id=\""));
  out.written(put(at, "\" />"));
}

void close_items(TextBuffer& out) { out.append("</items></event></message>\n"); }

void ItemEncoder::set_context(const EncodeContext& context) {
  if (context == context_) return;
  context_ = context;
  slots_.clear();
  cached_bytes_ = 0;
}

bool ItemEncoder::add_item(TextBuffer& out, const ItemView& item) {
  if (item.next_hops.empty()) return false;
  const core::FamilyInfo& about = core::info(item.family);
  char prefix[kMostPrefixText];
  const std::string_view prefix_text(prefix, static_cast<std::size_t>(item.prefix.print(prefix) - prefix));

  char* at = out.room(kMostItemText);
  at = put(put(at, "<item id=\""), prefix_text);
  at = put(at, "\"><entry><nlri><af>");
  at = core::print_number(at, about.afi);
  at = put(at, "</af><safi>");
  at = core::print_number(at, about.xmpp_safi);
  at = put(put(at, "</safi><address>"), prefix_text);
  out.written(put(at, "</address></nlri><next-hops>"));

  const Encoded* attributes = nullptr;
  for (const NextHopView& next_hop : item.next_hops) {
    attributes = &encoded(next_hop);
    const std::string_view encaps = next_hop.label != 0 ? attributes->encaps() : kNoEncaps;
    const std::string_view tail = attributes->next_hop_tail();
    at = out.room(kMostNextHopText + encaps.size() + tail.size() + kMostEscaped * next_hop.virtual_network.size());
    at = put(at, kNextHopStart);
    *at++ = next_hop.address.v6 ? '2' : '1';
    at = next_hop.address.print(put(at, "</af><address>"));
    at = put_signed(put(at, kNextHopMiddle), next_hop.label);
    at = put(put(at, "</label><vni>0</vni>"), encaps);
    at = write_escaped(put(at, kVirtualNetworkStart), next_hop.virtual_network);
    out.written(put(put(at, kVirtualNetworkEnd), tail));
  }

  const NextHopView& best = item.next_hops.front();
  if (item.next_hops.size() > 1) attributes = &encoded(best);
  const std::string_view tail = attributes->entry_tail();
  at = out.room(kMostItemText + tail.size() + kMostEscaped * best.virtual_network.size());
  at = put(put(at, "</next-hops><version>1</version>"), kVirtualNetworkStart);
  at = put(write_escaped(at, best.virtual_network), kVirtualNetworkEnd);
  out.written(put(at, tail));
  return true;
}

const ItemEncoder::Encoded& ItemEncoder::encoded(const NextHopView& next_hop) {
  const std::uint64_t key = next_hop.attributes_key;
  if (key == 0 || next_hop.attributes.size() > kMostCachedSet) {
    encode(uncached_, core::AttributeView(next_hop.attributes));
    return uncached_;
  }
  if (slots_.empty() || cached_bytes_ > kMostCachedBytes) {
    slots_.clear();
    slots_.resize(kSlots);
    cached_bytes_ = 0;
  }
  // Fibonacci hashing: keys are often consecutive, or multiples of something.
  Encoded& slot = slots_[key * 0x9e3779b97f4a7c15u >> 52];
  static_assert(kSlots == std::size_t{1} << 12);
  if (slot.key == key) return slot;
  const std::size_t before = slot.text.capacity();
  encode(slot, core::AttributeView(next_hop.attributes));
  slot.key = key;
  cached_bytes_ += slot.text.capacity() - before;
  return slot;
}

void ItemEncoder::encode(Encoded& to, const core::AttributeView& attributes) {
  to.text.clear();
  encode_encaps(to.text, attributes);
  to.encaps_size = static_cast<std::uint32_t>(to.text.size());
  encode_tags(to.text, attributes);
  to.text += "<is-new-tags-list>true</is-new-tags-list><local-sequence-number>0</local-sequence-number></next-hop>";
  to.next_hop_size = static_cast<std::uint32_t>(to.text.size()) - to.encaps_size;
  encode_entry_tail(to.text, attributes);
}

void ItemEncoder::encode_encaps(std::string& to, const core::AttributeView& attributes) {
  unsigned known = 0;
  for (std::size_t i = 0; i < attributes.ext_communities(); ++i) {
    const core::ExtCommunity c = attributes.ext_community(i);
    if (!core::ext::is_tunnel_encap(c)) continue;
    if (const auto index = encap_name_index(c.u16(6))) known |= 1u << *index;
  }
  if (known == 0) known = 1;  // gre
  to += "<tunnel-encapsulation-list>";
  for (unsigned i = 0; i < kEncapNames.size(); ++i) {
    if ((known & 1u << i) != 0) append_element(to, "tunnel-encapsulation", kEncapNames[i]);
  }
  to += "</tunnel-encapsulation-list>";
}

void ItemEncoder::encode_tags(std::string& to, const core::AttributeView& attributes) {
  numbers_.clear();
  for (std::size_t i = 0; i < attributes.large_communities(); ++i) {
    const core::LargeCommunity c = attributes.large_community(i);
    if (!is_tag(c)) continue;
    const std::uint64_t tag = tag_of(c);
    if (context_.all_tags_are_global || as_of(c) == context_.global_as || tag >= kFirstGlobalTag) numbers_.push_back(tag);
  }
  sort_unique(numbers_);
  bool opened = false;
  for (const std::uint64_t tag : numbers_) {
    open_list(to, "tag-list", opened);
    to += "<tag>";
    append_number(to, tag);
    to += "</tag>";
  }
  close_list(to, "tag-list", opened);
}

void ItemEncoder::encode_security_groups(std::string& to, const core::AttributeView& attributes) {
  const bool as4 = context_.global_as > 0xffff;
  bool foreign = false;
  numbers_.clear();
  for (std::size_t i = 0; i < attributes.ext_communities(); ++i) {
    const core::ExtCommunity c = attributes.ext_community(i);
    if (core::ext::is_security_group_as4(c)) {
      foreign = foreign || (as4 && c.u32(2) != context_.global_as);
    } else if (core::ext::is_security_group(c)) {
      const std::uint32_t id = c.u32(4);
      const bool global = id != 0 && id < kFirstLocalSecurityGroup;
      if (as4 || global || c.u16(2) == context_.global_as) numbers_.push_back(id);
    }
  }
  if (foreign) numbers_.clear();
  sort_unique(numbers_);
  bool opened = false;
  for (const std::uint64_t id : numbers_) {
    open_list(to, "security-group-list", opened);
    to += "<security-group>";
    append_signed(to, static_cast<std::uint32_t>(id));
    to += "</security-group>";
  }
  close_list(to, "security-group-list", opened);
}

void ItemEncoder::encode_entry_tail(std::string& to, const core::AttributeView& attributes) {
  const core::AttributeHeader& header = attributes.header();
  const ItemCommunities once = item_communities(attributes);
  to += once.sticky ? "<mobility sticky=\"true\" seqno=\"" : "<mobility sticky=\"false\" seqno=\"";
  append_signed(to, once.sequence);
  to += "\" /><peers /><sequence-number>";
  append_signed(to, once.sequence);
  to += "</sequence-number>";
  encode_security_groups(to, attributes);
  append_communities(to, attributes);
  to += "<local-preference>";
  append_signed(to, header.local_pref);
  to += "</local-preference><med>";
  append_signed(to, header.has_med ? header.med : 0);
  to += "</med>";
  append_load_balance(to, once.load_balance);
  to += "<sub-protocol>interface</sub-protocol></entry></item>";
}

}  // namespace signalbox::xmpp
