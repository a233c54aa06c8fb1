// Decoded bodies by their key: what a node sends to a thousand agents is read once.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "bench/agentsim/item_decoder.hpp"
#include "bench/agentsim/receive_scanner.hpp"

namespace signalbox::bench {

/// Thread-safe. Holds at most two generations of `kGenerationEntries` entries (8 bytes each) and forgets the older as a whole.
class DecodeCache {
 public:
  DecodeCache(const Topology& topology, ValueStore& values) : topology_(topology), values_(values) {}

  std::shared_ptr<const DecodedBody> decode(std::string_view body);

  std::uint64_t hits() const { return hits_; }
  std::uint64_t misses() const { return misses_; }

 private:
  static constexpr std::size_t kGenerationEntries = 1u << 20;
  static constexpr std::size_t kBodyWeight = 16;  // what a body weighs besides its entries, in entries

  struct KeyHash {
    std::size_t operator()(const BodyKey& k) const { return k.low; }
  };
  using Generation = std::unordered_map<BodyKey, std::shared_ptr<const DecodedBody>, KeyHash>;

  std::shared_ptr<const DecodedBody> find(const BodyKey& key);
  void insert(const BodyKey& key, std::shared_ptr<const DecodedBody> body);

  const Topology& topology_;
  ValueStore& values_;
  std::mutex mutex_;
  Generation young_;
  Generation old_;
  std::size_t young_weight_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace signalbox::bench
