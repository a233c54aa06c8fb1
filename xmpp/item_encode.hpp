// Writes routes as the messages that agents read: one body for all agents of a table, one first line for each of them.
//
//   first_line(agent)                           LF <message from=... to="agent/bgp-peer">
//   open_items | add_item... or add_retract... | close_items     the rest, to the LF behind </message>
//
// A message holds items or retracts, never both, at most kMostItems or kMostRetracts; all of one table (spec/xmpp.md 4.1). There is no indentation: it
// means nothing to agents and would be a quarter of the bytes.
//
// Threads: an encoder belongs to one thread; the free functions to any. Cost: 0.1 us for an item with one next hop whose attributes were
// encoded before (three copies), 0.5 us otherwise; a retract 0.02 us. Memory: at most kMostCachedBytes of encoded attributes.
// Source: spec/xmpp.md 3.1, 3.6, 4.1, 4.3, 7.5, 7.7, 7.9, 8.2, 8.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/attributes.hpp"
#include "core/family.hpp"
#include "core/net.hpp"
#include "xmpp/text_buffer.hpp"

namespace signalbox::xmpp {

inline constexpr std::size_t kMostItems = 32;
inline constexpr std::size_t kMostRetracts = 256;

struct NextHopView {
  core::IpAddress address;
  std::uint32_t label = 0;
  // Stands for `attributes` for the life of the encoder: the same key, the same bytes. 0: not to be remembered.
  std::uint64_t attributes_key = 0;
  std::span<const std::uint8_t> attributes;  // canonical bytes, core/attributes.hpp
  std::string_view virtual_network;          // name, or `unresolved`
};

struct ItemView {
  core::Family family = core::Family::kInet;  // inet, inet-labeled or inet6
  core::Prefix prefix;
  std::span<const NextHopView> next_hops;  // best path first; what is said once per item is the first's
};

std::string first_line(std::string_view agent_name);
// After first_line(): the node's End-of-RIB, byte for byte as agents know it (spec/xmpp.md 7.9).
std::string_view end_of_rib_body();

void open_items(TextBuffer& out, core::Family family, std::string_view instance_name);
void add_retract(TextBuffer& out, const core::Prefix& prefix);
void close_items(TextBuffer& out);

// What agents are shown depends on these (spec/xmpp.md 3.6).
struct EncodeContext {
  std::uint32_t global_as = 0;
  bool all_tags_are_global = false;

  bool operator==(const EncodeContext&) const = default;
};

class ItemEncoder {
 public:
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::size_t kMostCachedBytes = std::size_t{8} << 20;

  explicit ItemEncoder(const EncodeContext& context = {}) : context_(context) {}

  // Forgets what was encoded under another context.
  void set_context(const EncodeContext& context);

  // Between open_items and close_items. False and nothing written: there is no next hop, and agents must not be sent such an item.
  bool add_item(TextBuffer& out, const ItemView& item);

  // Memory of encoded attributes.
  std::size_t cached_bytes() const { return cached_bytes_; }

 private:
  // The parts of an item that depend on its attributes alone, one behind the other.
  struct Encoded {
    std::uint64_t key = 0;
    std::uint32_t encaps_size = 0;    // <tunnel-encapsulation-list>, for labels that are not zero
    std::uint32_t next_hop_size = 0;  // <tag-list> to </next-hop>
    std::string text;                 // those two, then <mobility> to </item>

    std::string_view encaps() const { return std::string_view(text).substr(0, encaps_size); }
    std::string_view next_hop_tail() const { return std::string_view(text).substr(encaps_size, next_hop_size); }
    std::string_view entry_tail() const { return std::string_view(text).substr(encaps_size + next_hop_size); }
  };

  // Valid until the next call.
  const Encoded& encoded(const NextHopView& next_hop);
  void encode(Encoded& to, const core::AttributeView& attributes);
  void encode_encaps(std::string& to, const core::AttributeView& attributes);
  void encode_tags(std::string& to, const core::AttributeView& attributes);
  void encode_entry_tail(std::string& to, const core::AttributeView& attributes);
  void encode_security_groups(std::string& to, const core::AttributeView& attributes);

  EncodeContext context_;
  std::vector<Encoded> slots_;  // direct-mapped; empty until the first item
  std::size_t cached_bytes_ = 0;
  Encoded uncached_;
  std::vector<std::uint64_t> numbers_;  // scratch for sorting
};

}  // namespace signalbox::xmpp
