// What a run found: figures per phase, as text for people and as JSON for the case scripts.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "bench/agentsim/latency.hpp"
#include "bench/agentsim/node_stats.hpp"
#include "bench/agentsim/options.hpp"
#include "bench/agentsim/shared.hpp"

namespace signalbox::bench {

/// Sums of all workers' counters at one moment.
struct Totals {
  std::uint64_t items = 0, retracts = 0, messages = 0, bytes = 0, redundant = 0, ignored = 0, keepalives = 0, ends_of_rib = 0,
                published = 0, violations = 0, refused = 0, lost = 0;
  std::uint32_t up = 0;
  std::int64_t last_change_at = 0, recent_p50 = 0, recent_p99 = 0;

  void add(const Counters& c);
};

struct PhaseReport {
  std::string name;
  double seconds = 0;              // until the node was quiet again
  double seconds_to_complete = 0;  // until the last change that an agent needed
  Totals before, after;
  bool has_node = false;
  NodeSample node_before, node_after;
  double own_cpu_seconds = 0;                           // agentsim's
  LatencyHistogram latency;                             // change sent -> seen by another agent
  LatencyHistogram first_seen, last_seen;               // per probe
  std::vector<std::pair<std::string, double>> figures;  // what only this phase has
  CheckResult check;
  std::string failure;  // empty: all as it must be

  std::uint64_t delivered() const { return after.items - before.items + after.retracts - before.retracts; }
  double node_cpu_seconds() const { return static_cast<double>(node_after.cpu_ns - node_before.cpu_ns) * 1e-9; }
};

struct RunReport {
  std::string command;
  std::vector<PhaseReport> phases;
  std::vector<std::string> complaints;
  std::vector<std::string> mismatches;
  std::uint64_t routes = 0;
  std::uint32_t agents = 0, instances = 0;
  bool good = false;
};

std::string phase_text(const PhaseReport& phase);
std::string summary_text(const RunReport& report);
std::string report_json(const RunReport& report);

}  // namespace signalbox::bench
