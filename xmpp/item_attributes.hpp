// From the fields of one published unicast item (inet, inet-labeled, inet6) to what tables store: prefix, next hop, label, attribute bytes.
//
// UnicastItem collects the fields while either decoder reads XML (it knows no XML itself), PublishedItem is the result. Both decoders feed
// the same UnicastItem, so a field means the same whichever of them read it.
//
// Threads: plain values, one thread. Cost: about 0.3 us an item, no allocation once warm. Errors: every fault of an item is an ItemFault in the
// result, never an exception; whether it matters depends on add or withdraw and on the routing instance: check_item().
// Source: spec/xmpp.md 2.5, 3.0, 3.1, 3.6, 5.1, 5.2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/attributes.hpp"
#include "core/family.hpp"
#include "core/net.hpp"

namespace signalbox::xmpp {

// What attributes depend on besides the item.
struct DecodeContext {
  std::uint32_t global_as = 0;  // of global-system-config; in security groups and tags

  bool operator==(const DecodeContext&) const = default;
};

// Why an item is dropped, in the order in which it is checked.
enum class ItemFault : std::uint8_t {
  kNone,
  // Found before membership in the instance is checked: the session stays, subscribed or not.
  kNotParsed,    // a number with other text behind it
  kWrongFamily,  // af or safi is not that of the node id
  kBadPrefix,
  kNoNextHop,  // adds only, as all that follow but kWrongInstance
  // Found after the membership check.
  kWrongInstance,  // inet-labeled outside the default instance
  kManyNextHops,
  kBadNextHop,  // family unknown, address not one, zero, or IPv6 outside the default instance
  kBadMac,
  kBadLabel,
  kZeroLabel,  // inet6 outside the default instance: skipped in silence
};

constexpr bool before_membership_check(ItemFault fault) { return fault <= ItemFault::kNoNextHop; }
std::string_view to_string(ItemFault fault);

struct PublishedItem {
  core::Family family = core::Family::kInet;
  ItemFault key_fault = ItemFault::kNone;  // holds for adds and withdraws
  ItemFault add_fault = ItemFault::kNone;  // holds for adds, if key_fault is kNone
  core::Prefix prefix;
  core::IpAddress next_hop;
  std::uint32_t label = 0;
  // Canonical bytes (core/attributes.hpp) in PubsubRequest::attribute_bytes; none when the item has a fault.
  std::uint32_t attributes_at = 0;
  std::uint32_t attributes_size = 0;
  std::uint64_t attributes_hash = 0;

  bool operator==(const PublishedItem&) const = default;
};

// The first fault that drops the item: as a withdraw or an add, in the default instance or another one.
ItemFault check_item(const PublishedItem& item, bool withdraw, bool default_instance);

// In the default instance paths carry neither extended nor large communities and unknown encapsulations do not matter (spec/xmpp.md 3.1).
// Appends what is left of `attributes` to `out` and returns its size. Cost: rebuilds the set; the default instance has few routes.
std::size_t append_for_default_instance(std::span<const std::uint8_t> attributes, core::AttributeBuilder& scratch,
                                        std::vector<std::uint8_t>& out);

// Numbers as agents may write them: decimal, blanks around, a sign; empty is 0, too large is the largest. Nothing: other text behind or instead.
std::optional<std::uint64_t> parse_field_number(std::string_view text);
// Truncated to 32 bits, as every number but a tag is. False and unchanged: not a number.
bool parse_field_int(std::string_view text, std::int32_t& out);

class UnicastItem {
 public:
  // `v6`: addresses of the prefix are IPv6, as the node id says.
  void begin(const DecodeContext& context, bool v6);

  // Numbers, set by the reader. A repeated one keeps its last value.
  struct Numbers {
    std::int32_t nlri_af = 0;
    std::int32_t nlri_safi = 0;
    std::int32_t next_hop_af = 0;
    std::int32_t label = 0;
    std::int32_t local_sequence = 0;
    std::int32_t mobility_sequence = 0;
    std::int32_t sequence = 0;
    std::int32_t local_preference = 0;
    std::int32_t med = 0;
    std::int32_t unused = 0;  // read, because it may be no number, and otherwise ignored: vni, version
  };
  Numbers numbers;
  bool new_tags = false;  // is-new-tags-list
  bool sticky = false;

  void number_failed() { parse_failed_ = true; }
  void begin_next_hop() { ++next_hops_; }
  void set_prefix(std::string_view text);
  void set_next_hop_address(std::string_view text);
  void set_mac(std::string_view text);
  void add_encap(std::string_view name);
  void add_tag(std::uint64_t tag) { tags_.push_back(tag); }
  void add_security_group(std::int32_t id);
  void add_community(std::string_view text);
  void add_load_balance_field(std::string_view name);
  void set_load_balance_decision(std::string_view name);
  void set_sub_protocol(std::string_view name);

  // Of the next hop; zero when there is none, or none that can be read.
  const core::MacAddress& mac() const { return mac_; }

  // Writes the item, and its attributes at the end of `attribute_bytes`.
  void finish(PublishedItem& out, std::vector<std::uint8_t>& attribute_bytes);
  // The same where the attributes are known from before.
  void finish(PublishedItem& out, std::vector<std::uint8_t>& attribute_bytes, std::span<const std::uint8_t> known,
              std::uint64_t known_hash) const;

 private:
  // All but the attributes. False: there is a fault, they are not wanted.
  bool finish_key(PublishedItem& out) const;
  ItemFault key_fault() const;
  ItemFault add_fault() const;
  void build_header();
  void build_communities();

  DecodeContext context_;
  core::AttributeBuilder builder_;
  std::vector<std::uint64_t> tags_;
  std::optional<core::Prefix> prefix_;
  std::optional<core::IpAddress> next_hop_;
  core::MacAddress mac_;
  std::uint32_t next_hops_ = 0;
  std::uint16_t security_groups_ = 0;
  std::uint8_t load_balance_bits_ = 0;
  bool v6_ = false;
  bool parse_failed_ = false;
  bool bad_mac_ = false;
  bool encaps_given_ = false;
  bool encaps_known_ = false;
  bool load_balance_given_ = false;
  bool source_bias_ = false;
};

}  // namespace signalbox::xmpp
