#include "bench/agentsim/latency.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace signalbox::bench {

unsigned LatencyHistogram::bucket_of(std::int64_t ns) {
  // Below kUnit the buckets are linear, above each power of two has kSubBuckets of them.
  const auto scaled = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0)) / (kUnit / kSubBuckets);
  if (scaled < kSubBuckets) return static_cast<unsigned>(scaled);
  const auto octave = static_cast<unsigned>(std::bit_width(scaled)) - 5;  // 16..31 -> 0
  const auto sub = static_cast<unsigned>(scaled >> octave) - kSubBuckets;
  return std::min(kSubBuckets * (octave + 1) + sub, kSubBuckets * (kOctaves + 1) - 1);
}

std::int64_t LatencyHistogram::bucket_limit(unsigned bucket) {
  const std::int64_t step = kUnit / kSubBuckets;
  if (bucket < kSubBuckets) return (bucket + 1) * step;
  const unsigned octave = bucket / kSubBuckets - 1;
  return static_cast<std::int64_t>((bucket % kSubBuckets + kSubBuckets + 1)) * step << octave;
}

void LatencyHistogram::add(std::int64_t ns) {
  ++buckets_[bucket_of(ns)];
  ++count_;
  max_ = std::max(max_, ns);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (std::size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_ = std::max(max_, other.max_);
}

void LatencyHistogram::clear() { *this = LatencyHistogram{}; }

std::int64_t LatencyHistogram::percentile(double p) const {
  if (count_ == 0) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(p * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (unsigned i = 0; i + 1 < buckets_.size(); ++i) {  // the last bucket has no limit
    seen += buckets_[i];
    if (seen >= std::max<std::uint64_t>(wanted, 1)) return std::min(bucket_limit(i), max_);
  }
  return max_;
}

}  // namespace signalbox::bench
