#include "core/attributes.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace signalbox::core {
namespace {

constexpr std::size_t kMostOfAKind = 4000;
constexpr std::size_t kMostOther = 60000;

template <class T>
std::uint16_t sort_unique(std::vector<T>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  if (list.size() > kMostOfAKind) list.resize(kMostOfAKind);
  return static_cast<std::uint16_t>(list.size());
}

template <class T>
std::uint8_t* put(std::uint8_t* at, const std::vector<T>& list) {
  const std::size_t n = list.size() * sizeof(T);
  if (n) std::memcpy(at, list.data(), n);
  return at + n;
}

ExtCommunity make(std::uint8_t type, std::uint8_t subtype) {
  ExtCommunity c;
  c.bytes[0] = type;
  c.bytes[1] = subtype;
  return c;
}

void store32(ExtCommunity& c, std::size_t at, std::uint32_t v) {
  for (std::size_t i = 0; i < 4; ++i) c.bytes[at + i] = static_cast<std::uint8_t>(v >> (24 - 8 * i));
}

void store16(ExtCommunity& c, std::size_t at, std::uint16_t v) {
  c.bytes[at] = static_cast<std::uint8_t>(v >> 8);
  c.bytes[at + 1] = static_cast<std::uint8_t>(v);
}

}  // namespace

void AttributeBuilder::clear() {
  header = AttributeHeader{};
  communities_.clear();
  ext_.clear();
  large_.clear();
  other_.clear();
}

void AttributeBuilder::assign(const AttributeView& view) {
  clear();
  header = view.header();
  for (std::size_t i = 0; i < view.communities(); ++i) communities_.push_back(view.community(i));
  for (std::size_t i = 0; i < view.ext_communities(); ++i) ext_.push_back(view.ext_community(i));
  for (std::size_t i = 0; i < view.large_communities(); ++i) large_.push_back(view.large_community(i));
  set_other(view.other());
}

std::size_t AttributeBuilder::append_to(std::vector<std::uint8_t>& out) {
  if (other_.size() > kMostOther) other_.resize(kMostOther);
  header.communities = sort_unique(communities_);
  header.ext_communities = sort_unique(ext_);
  header.large_communities = sort_unique(large_);
  header.other_bytes = static_cast<std::uint16_t>(other_.size());
  const std::size_t size = sizeof header + 4 * communities_.size() + 8 * ext_.size() + 12 * large_.size() + other_.size();
  const std::size_t at = out.size();
  out.resize(at + size);
  std::memcpy(out.data() + at, &header, sizeof header);
  put(put(put(put(out.data() + at + sizeof header, communities_), ext_), large_), other_);
  return size;
}

std::uint64_t hash_bytes(std::span<const std::uint8_t> bytes) {
  return std::hash<std::string_view>()({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

namespace ext {

ExtCommunity tunnel_encap(std::uint16_t type) {
  ExtCommunity c = make(0x03, 0x0c);
  store16(c, 6, type);
  return c;
}

ExtCommunity router_mac(const MacAddress& mac) {
  ExtCommunity c = make(0x06, 0x03);
  std::copy(mac.bytes.begin(), mac.bytes.end(), c.bytes.begin() + 2);
  return c;
}

ExtCommunity security_group(std::uint16_t as, std::uint32_t id) {
  ExtCommunity c = make(0x80, 0x04);
  store16(c, 2, as);
  store32(c, 4, id);
  return c;
}

ExtCommunity mac_mobility(std::uint32_t sequence, bool sticky) {
  ExtCommunity c = make(0x06, 0x00);
  c.bytes[2] = sticky ? 1 : 0;
  store32(c, 4, sequence);
  return c;
}

ExtCommunity load_balance(std::uint8_t field_bits, bool source_bias) {
  ExtCommunity c = make(0x03, 0xaa);
  c.bytes[2] = field_bits;
  c.bytes[4] = source_bias ? 0x80 : 0;
  return c;
}

ExtCommunity local_sequence(std::uint32_t sequence) {
  ExtCommunity c = make(0xc0, 0x00);
  store32(c, 2, sequence);
  return c;
}

ExtCommunity origin_vn(std::uint32_t as, std::uint32_t index) {
  if (as > 0xffff) {
    ExtCommunity c = make(0x82, 0x71);
    store32(c, 2, as);
    store16(c, 6, static_cast<std::uint16_t>(index));
    return c;
  }
  ExtCommunity c = make(0x80, 0x71);
  store16(c, 2, static_cast<std::uint16_t>(as));
  store32(c, 4, index);
  return c;
}

}  // namespace ext
}  // namespace signalbox::core
