// What a seed's run looks like: sizes and limits, drawn from the seed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/sim/random.hpp"
#include "tests/sim/virtual_node.hpp"

namespace signalbox::sim {

struct Scenario {
  NodeOptions node;
  bool big = false;                // one table of thousands of routes and much churn, instead of many small things
  std::size_t most_progress = 24;  // pieces of work between two events from outside
  unsigned short_turns = 60;       // percent of a partition's turns that end after a few slices
  unsigned agents = 4;
  unsigned networks = 2;
  std::size_t steps = 200;
  std::size_t bulk = 3;  // routes published in one go, at most
  std::size_t high_water = 4096;
  std::vector<std::string> instances;
  std::vector<std::string> inet;  // prefixes
  std::vector<std::string> inet6;
  std::vector<std::string> labeled;
};

// `steps`: 0 for the scenario's own number.
Scenario scenario_of(std::uint64_t seed, Random& random, std::size_t steps);

}  // namespace signalbox::sim
