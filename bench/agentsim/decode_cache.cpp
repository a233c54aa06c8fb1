#include "bench/agentsim/decode_cache.hpp"

#include <utility>

namespace signalbox::bench {

std::shared_ptr<const DecodedBody> DecodeCache::decode(std::string_view body) {
  const BodyKey key = body_key(body);
  {
    const std::lock_guard lock(mutex_);
    if (auto known = find(key)) {
      ++hits_;
      return known;
    }
    ++misses_;
  }
  auto decoded = std::make_shared<const DecodedBody>(decode_body(body, topology_, values_));
  const std::lock_guard lock(mutex_);
  insert(key, decoded);
  return decoded;
}

std::shared_ptr<const DecodedBody> DecodeCache::find(const BodyKey& key) {
  if (const auto found = young_.find(key); found != young_.end()) return found->second;
  const auto found = old_.find(key);
  if (found == old_.end()) return nullptr;
  auto body = found->second;
  insert(key, body);
  return body;
}

void DecodeCache::insert(const BodyKey& key, std::shared_ptr<const DecodedBody> body) {
  young_weight_ += body->entries.size() + kBodyWeight;
  young_.insert_or_assign(key, std::move(body));
  if (young_weight_ < kGenerationEntries) return;
  old_ = std::exchange(young_, {});
  young_weight_ = 0;
}

}  // namespace signalbox::bench
