// Histogram of durations: 16 buckets per power of two from 1 us, so percentiles are right within 6 %.
#pragma once

#include <array>
#include <cstdint>

namespace signalbox::bench {

class LatencyHistogram {
 public:
  void add(std::int64_t ns);
  void merge(const LatencyHistogram& other);
  void clear();

  std::uint64_t count() const { return count_; }
  /// Upper bound, in ns, of the smallest share `p` (0..1) of the samples; the exact maximum for p = 1; 0 when there are none.
  std::int64_t percentile(double p) const;
  std::int64_t max() const { return max_; }

 private:
  static constexpr unsigned kSubBuckets = 16;
  static constexpr unsigned kOctaves = 32;
  static constexpr std::int64_t kUnit = 1024;  // ns

  static unsigned bucket_of(std::int64_t ns);
  static std::int64_t bucket_limit(unsigned bucket);

  std::array<std::uint64_t, kSubBuckets*(kOctaves + 1)> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
};

}  // namespace signalbox::bench
