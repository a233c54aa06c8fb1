// An attribute set as canonical bytes: what a path carries besides its key, next hop and label.
//
// Layout (host order inside the process; the bytes never leave it):
//   AttributeHeader | communities u32[] | extended communities 8B[] | large communities 12B[] | other (BGP attributes in wire form)
// Communities of each kind are sorted and unique, so equal sets are equal bytes and can be interned by content. Whoever decodes a route
// (an XMPP item, a BGP UPDATE) builds the bytes once with AttributeBuilder; tables intern them and hand out ids (bgp/rib/attr.hpp).
//
// Threads: builders belong to one thread, the bytes are plain data. Cost: building is a copy and small sorts, no allocation once warm.
// Source: spec/xmpp.md 5 (how an agent's item maps to BGP attributes), spec/bgp.md 8-9.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "core/net.hpp"

namespace signalbox::core {

enum class Origin : std::uint8_t { kIgp = 0, kEgp = 1, kIncomplete = 2 };

// Agents' `sub-protocol`: internal, never on the BGP wire (spec/xmpp.md 5.1).
enum class SubProtocol : std::uint8_t { kNone, kInterface, kInterfaceStatic, kServiceInterface, kBgpaas };

struct AttributeHeader {
  std::uint32_t local_pref = 100;
  std::uint32_t med = 0;
  bool has_med = false;
  Origin origin = Origin::kIncomplete;
  SubProtocol sub_protocol = SubProtocol::kNone;
  bool infeasible_encap = false;  // an encapsulation list was given and none of it is known (spec/xmpp.md 3.1): kept, never advertised
  std::uint16_t communities = 0;
  std::uint16_t ext_communities = 0;
  std::uint16_t large_communities = 0;
  std::uint16_t other_bytes = 0;
};
static_assert(sizeof(AttributeHeader) == 20);

struct LargeCommunity {
  std::array<std::uint8_t, 12> bytes{};  // AS(4) data1(4) data2(4), RFC 8092
  auto operator<=>(const LargeCommunity&) const = default;
};

// Read access to canonical bytes. The bytes must outlive the view; arrays may be unaligned, so members are copied out.
class AttributeView {
 public:
  // Precondition: `bytes` came from AttributeBuilder.
  explicit AttributeView(std::span<const std::uint8_t> bytes) : bytes_(bytes) { std::memcpy(&header_, bytes.data(), sizeof header_); }

  const AttributeHeader& header() const { return header_; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

  std::size_t communities() const { return header_.communities; }
  std::uint32_t community(std::size_t i) const { return load<std::uint32_t>(sizeof(AttributeHeader), i); }
  std::size_t ext_communities() const { return header_.ext_communities; }
  ExtCommunity ext_community(std::size_t i) const { return load<ExtCommunity>(ext_at(), i); }
  std::size_t large_communities() const { return header_.large_communities; }
  LargeCommunity large_community(std::size_t i) const { return load<LargeCommunity>(ext_at() + 8u * header_.ext_communities, i); }
  std::span<const std::uint8_t> other() const { return bytes_.last(header_.other_bytes); }

 private:
  std::size_t ext_at() const { return sizeof(AttributeHeader) + 4u * header_.communities; }
  template <class T>
  T load(std::size_t base, std::size_t i) const {
    T value;
    std::memcpy(&value, bytes_.data() + base + i * sizeof(T), sizeof(T));
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  AttributeHeader header_;
};

// Collects an attribute set and writes it as canonical bytes. Reusable: clear() keeps the memory.
class AttributeBuilder {
 public:
  AttributeHeader header;  // the counts are filled in by append_to()

  void clear();
  // Starts from an existing set.
  void assign(const AttributeView& view);
  void add_community(std::uint32_t c) { communities_.push_back(c); }
  void add_ext_community(const ExtCommunity& c) { ext_.push_back(c); }
  void add_large_community(const LargeCommunity& c) { large_.push_back(c); }
  void clear_ext_communities() { ext_.clear(); }
  void remove_community(std::uint32_t c) { std::erase(communities_, c); }
  template <class F>
  void remove_ext_communities(F&& which) {
    std::erase_if(ext_, which);
  }
  std::span<const std::uint8_t> other() const { return other_; }
  void clear_large_communities() { large_.clear(); }
  void set_other(std::span<const std::uint8_t> wire) { other_.assign(wire.begin(), wire.end()); }

  // Appends the canonical bytes to `out` and returns how many there are (at most 200 KiB; communities beyond 4,000 of a kind are cut off).
  std::size_t append_to(std::vector<std::uint8_t>& out);

 private:
  std::vector<std::uint32_t> communities_;
  std::vector<ExtCommunity> ext_;
  std::vector<LargeCommunity> large_;
  std::vector<std::uint8_t> other_;
};

// Hash of canonical bytes, computed once where the bytes are built and carried along.
std::uint64_t hash_bytes(std::span<const std::uint8_t> bytes);

// Well-known extended communities (spec/bgp.md 9.1, spec/xmpp.md 5.2): constructors and tests beside each other.
namespace ext {
ExtCommunity tunnel_encap(std::uint16_t type);
ExtCommunity router_mac(const MacAddress& mac);
ExtCommunity security_group(std::uint16_t as, std::uint32_t id);
ExtCommunity mac_mobility(std::uint32_t sequence, bool sticky);
ExtCommunity load_balance(std::uint8_t field_bits, bool source_bias);
ExtCommunity local_sequence(std::uint32_t sequence);
ExtCommunity origin_vn(std::uint32_t as, std::uint32_t index);

inline bool is_tunnel_encap(const ExtCommunity& c) { return c.type() == 0x03 && c.subtype() == 0x0c; }
inline bool is_router_mac(const ExtCommunity& c) { return c.type() == 0x06 && c.subtype() == 0x03; }
inline bool is_security_group(const ExtCommunity& c) { return c.type() == 0x80 && c.subtype() == 0x04; }
inline bool is_security_group_as4(const ExtCommunity& c) { return c.type() == 0x82 && c.subtype() == 0x04; }
inline bool is_mac_mobility(const ExtCommunity& c) { return c.type() == 0x06 && c.subtype() == 0x00; }
inline bool is_load_balance(const ExtCommunity& c) { return c.type() == 0x03 && c.subtype() == 0xaa; }
inline bool is_local_sequence(const ExtCommunity& c) { return c.type() == 0xc0 && c.subtype() == 0x00; }
inline bool is_etree(const ExtCommunity& c) { return c.type() == 0x06 && c.subtype() == 0x05; }
inline bool is_origin_vn(const ExtCommunity& c) { return (c.type() == 0x80 || c.type() == 0x82) && c.subtype() == 0x71; }
}  // namespace ext

// Communities with names (spec/xmpp.md 3.6).
inline constexpr std::uint32_t kNoExport = 0xffffff01, kNoAdvertise = 0xffffff02, kNoExportSubconfed = 0xffffff03, kAcceptOwn = 0xffff0001,
                               kLlgrStale = 0xffff0006, kNoLlgr = 0xffff0007, kAcceptOwnNexthop = 0xffff0008, kNoReoriginate = 0xfffff000;

}  // namespace signalbox::core
