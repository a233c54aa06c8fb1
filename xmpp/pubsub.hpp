// What an agent asks for in one stanza, as decoded from XML.
//
// A PubsubRequest is meant to be reused: decoding into it again keeps its memory. It holds no view into the stanza, so it may outlive it (a
// publish has to wait for its collection, spec/xmpp.md 2.4). Threads: a plain value, one thread. Source: spec/xmpp.md 1.2, 2.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/family.hpp"
#include "xmpp/item_attributes.hpp"

namespace signalbox::xmpp {

enum class RequestKind : std::uint8_t {
  kMalformed,  // not well-formed XML, or a DOCTYPE: the session is closed
  kIgnored,    // well-formed, and nothing to do
  kMessage,    // a <message>: nothing to do either
  kSubscribe,
  kUnsubscribe,
  kPublish,
  kCollection,
};

std::string_view to_string(RequestKind kind);

// Which handlers a stanza is for: a bit for each word that its `to` contains; none: it is dropped in silence.
inline constexpr std::uint8_t kBgpChannel = 1, kConfigChannel = 2, kDnsChannel = 4, kOtherChannel = 8;
std::uint8_t channels_of(std::string_view to);

// Subscription options are read more loosely than the fields of items: the number at the front counts, none is 0; true is what begins like it.
std::int32_t parse_option_int(std::string_view text);
bool parse_option_bool(std::string_view text);

struct PubsubRequest {
  RequestKind kind = RequestKind::kIgnored;
  std::uint8_t channels = 0;
  // Of the action: the routing instance or configuration object, for publish the node id.
  std::string node;

  // Subscribe and unsubscribe.
  std::int32_t instance_id = -1;
  bool no_ribout = false;

  // Collection. Without associate and dissociate it is the second half of an End-of-RIB (spec/xmpp.md 2.6).
  bool has_association = false;
  bool withdraw = false;         // dissociate
  std::string association_node;  // the node id to compare with the publish before it, byte by byte

  // Publish. Without items it is the first half of an End-of-RIB.
  bool has_items = false;
  // From the node id; 0/0 when it does not begin with two numbers. `family` only for pairs whose items are decoded.
  std::uint16_t afi = 0;
  std::uint8_t safi = 0;
  std::optional<core::Family> family;
  // inet: the number that may follow the prefix in the node id; 0 when there is none. Low 16 bits go into the route distinguisher.
  std::uint32_t primary_instance_id = 0;
  std::vector<PublishedItem> items;
  std::vector<std::uint8_t> attribute_bytes;

  // Back to kIgnored and defaults, memory kept.
  void clear();
  // Reads afi, safi, family from `node`. For publish.
  void classify_node();
  // Reads primary_instance_id from `node`. For publish of family inet.
  void read_primary_instance_id();

  std::span<const std::uint8_t> attributes(const PublishedItem& item) const {
    return std::span(attribute_bytes).subspan(item.attributes_at, item.attributes_size);
  }
  // Equal in all that means something.
  bool operator==(const PubsubRequest& other) const;
};

}  // namespace signalbox::xmpp
