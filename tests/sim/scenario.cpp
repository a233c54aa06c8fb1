#include "tests/sim/scenario.hpp"

namespace signalbox::sim {
namespace {

// Every so many seeds one is big.
constexpr std::uint64_t kBigEvery = 125;
constexpr unsigned kMediumPercent = 12;

void make_small(Scenario& s, Random& random) {
  s.agents = static_cast<unsigned>(random.between(3, 8));
  s.networks = static_cast<unsigned>(random.between(1, 3));
  s.steps = random.between(130, 260);
  s.instances = {"default-domain:demo:blue:blue", "default-domain:demo:red:red", "default-domain:demo:a&b:a&b",
                 "default-domain:demo:green:green"};
  s.instances.resize(random.between(2, 4));
  for (std::size_t n = random.between(3, 8); n > 0; --n) s.inet.push_back("10.7.0." + std::to_string(n) + "/32");
  for (std::size_t n = random.between(1, 3); n > 0; --n) s.inet6.push_back("2001:db8::" + std::to_string(n) + "/128");
  s.labeled = {"192.0.2.40/32", "192.0.2.41/32"};
  s.bulk = random.between(1, 4);
  s.node.export_limits.window = random.pick<std::size_t>({1000, 4000, 1u << 20});
  s.node.export_limits.catch_up_bytes = random.pick<std::size_t>({500, 3000, 256u << 10});
  s.node.export_limits.tombstones = random.pick<std::size_t>({3, 100000, 100000});
  s.node.slow_readers.feed_keeps = random.pick<std::size_t>({500, 4000, 256u << 10});
  s.high_water = random.pick<std::size_t>({1000, 4000, 64u << 10});
}

// Tables of several bodies and slices, so that walks and dumps are met in the middle by joins, leaves and changes.
void make_medium(Scenario& s, Random& random) {
  make_small(s, random);
  s.agents = 5;
  s.steps = 110;
  s.instances.resize(2);
  s.inet.clear();
  for (std::size_t n = random.between(40, 90); n > 0; --n) s.inet.push_back("10.7.1." + std::to_string(n) + "/32");
  s.bulk = 25;
  s.high_water = random.pick<std::size_t>({4000, 64u << 10});
  s.node.export_limits.window = random.pick<std::size_t>({30000, 1u << 20});
  s.node.shards = static_cast<unsigned>(random.between(1, 2));
  s.node.partitions = 1;
  s.short_turns = 90;
}

void make_big(Scenario& s, Random& random) {
  s.agents = 4;
  s.networks = 2;
  s.steps = 60;
  s.instances = {"default-domain:demo:blue:blue", "default-domain:demo:red:red"};
  const std::size_t routes = random.between(1000, 2500);
  for (std::size_t n = 0; n < routes; ++n) s.inet.push_back("10.7." + std::to_string(n / 250) + "." + std::to_string(n % 250) + "/32");
  s.inet6 = {"2001:db8::1/128"};
  s.labeled = {"192.0.2.40/32"};
  s.bulk = 250;
  s.most_progress = 60;
  s.node.export_limits.window = 60000;
  s.node.export_limits.catch_up_bytes = 30000;
  s.node.slow_readers.feed_keeps = 30000;
  s.high_water = 30000;
}

}  // namespace

Scenario scenario_of(std::uint64_t seed, Random& random, std::size_t steps) {
  Scenario s;
  s.big = seed % kBigEvery == 0;
  s.node.shards = static_cast<unsigned>(random.between(1, 4));
  s.node.partitions = static_cast<unsigned>(random.between(1, s.node.shards));
  if (random.chance(30)) s.node.congestion = 1500;
  if (s.big) {
    make_big(s, random);
  } else if (random.chance(kMediumPercent)) {
    make_medium(s, random);
  } else {
    make_small(s, random);
  }
  s.instances.push_back(bgp::kMasterInstanceName);
  if (steps) s.steps = steps;
  return s;
}

}  // namespace signalbox::sim
