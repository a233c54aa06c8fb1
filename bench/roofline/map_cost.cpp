#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <random>
#include <stdexcept>
#include <vector>

#include "bench/roofline/measures.hpp"

namespace signalbox::bench {
namespace {

/// A prefix of either family, as a table would key it.
struct Prefix {
  std::uint64_t high;
  std::uint64_t low;
  std::uint32_t length;
  friend bool operator==(const Prefix&, const Prefix&) = default;
};

struct PrefixHash {
  std::size_t operator()(const Prefix& p) const {
    std::uint64_t h = (p.high ^ p.length) * 0x9E3779B97F4A7C15ull;
    h ^= h >> 32;
    h = (h ^ p.low) * 0xD6E8FEB86659FD93ull;
    return h ^ h >> 32;
  }
};

}  // namespace

MapCost map_cost(std::size_t entries, int repeats) {
  std::vector<Prefix> prefixes;
  for (std::uint64_t i = 0; i < entries; ++i) prefixes.push_back({0, 0x0A000000u + i, 32});
  std::shuffle(prefixes.begin(), prefixes.end(), std::mt19937_64(1));
  std::vector<double> inserts, finds;
  for (int r = 0; r < repeats; ++r) {
    boost::unordered_flat_map<Prefix, std::uint32_t, PrefixHash> map;
    double before = thread_cpu_seconds();
    std::uint32_t n = 0;
    for (const Prefix& p : prefixes) map.emplace(p, n++);
    inserts.push_back((thread_cpu_seconds() - before) * 1e9 / static_cast<double>(entries));
    before = thread_cpu_seconds();
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < entries; ++i) sum += map.find(prefixes[i * 7919 % entries])->second;
    finds.push_back((thread_cpu_seconds() - before) * 1e9 / static_cast<double>(entries));
    if (sum == 0) throw std::logic_error("nothing was found");
  }
  return {median(inserts), median(finds)};
}

}  // namespace signalbox::bench
