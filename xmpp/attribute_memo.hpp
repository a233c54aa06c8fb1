// Remembers which attributes the tail of a publish stands for.
//
// An agent's publishes differ in prefix, next hop and label; from there to the end of the stanza they are mostly the same, byte by byte: same virtual
// network, security groups, tags, preference. Equal bytes mean equal attributes (under one DecodeContext and router MAC), so the decoder need not read
// them again. Threads: one owner. Memory: at most kSlots tails of kMostTail bytes and their attributes, made as they are met. Cost: a lookup hashes
// and compares the tail, about 0.1 ns a byte.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/net.hpp"

namespace signalbox::xmpp {

class AttributeMemo {
 public:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kMostTail = 4096;
  static constexpr std::size_t kMostAttributes = 1024;

  struct Slot {
    std::uint64_t key = 0;
    core::MacAddress mac;
    std::string tail;  // empty: met once
    std::vector<std::uint8_t> attributes;
    std::uint64_t attributes_hash = 0;
  };

  void clear() { slots_.clear(); }

  static std::uint64_t key_of(std::string_view tail) { return tail.size() <= kMostTail ? hash(tail) : 0; }

  // What store() was given for the same tail and MAC, or null. `key`: key_of(tail). Valid until the next store() or clear().
  const Slot* find(std::uint64_t key, std::string_view tail, const core::MacAddress& mac) const {
    if (slots_.empty()) return nullptr;
    const Slot& slot = slots_[key % kSlots];
    return slot.key == key && slot.mac == mac && slot.tail == tail ? &slot : nullptr;
  }

  // Takes a tail when it is met for the second time: many are met just once.
  void store(std::uint64_t key, std::string_view tail, const core::MacAddress& mac, std::span<const std::uint8_t> attributes,
             std::uint64_t attributes_hash) {
    if (tail.size() > kMostTail || attributes.size() > kMostAttributes) return;
    if (slots_.empty()) slots_.resize(kSlots);
    Slot& slot = slots_[key % kSlots];
    if (slot.key != key) {
      slot.key = key;
      slot.tail.clear();
      return;
    }
    slot.mac = mac;
    slot.tail.assign(tail);
    slot.attributes.assign(attributes.begin(), attributes.end());
    slot.attributes_hash = attributes_hash;
  }

 private:
  // Four lanes of multiply and rotate; a collision costs a comparison, nothing else.
  static std::uint64_t hash(std::string_view text) {
    constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15u;
    std::uint64_t lanes[4] = {text.size(), 1, 2, 3};
    const auto mix = [](std::uint64_t lane, std::uint64_t word) { return std::rotl(lane ^ word, 29) * kPrime; };
    const char* p = text.data();
    std::size_t left = text.size();
    for (; left >= 32; left -= 32, p += 32) {
      std::uint64_t words[4];
      std::memcpy(words, p, sizeof words);
      for (unsigned i = 0; i < 4; ++i) lanes[i] = mix(lanes[i], words[i]);
    }
    std::uint64_t rest[4] = {};
    if (left != 0) std::memcpy(rest, p, left);
    for (unsigned i = 0; i < 4; ++i) lanes[0] = mix(mix(lanes[0], lanes[i]), rest[i]);
    return lanes[0] ^ lanes[0] >> 32;
  }

  std::vector<Slot> slots_;
};

}  // namespace signalbox::xmpp
