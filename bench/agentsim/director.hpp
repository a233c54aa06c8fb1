// Runs the phases of a scenario: decides every change, tells the model and the workers, and waits until all agents agree.
// One thread, the one that calls run().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "bench/agentsim/node_stats.hpp"
#include "bench/agentsim/progress.hpp"
#include "bench/agentsim/report.hpp"
#include "bench/agentsim/shared.hpp"
#include "bench/agentsim/worker.hpp"

namespace signalbox::bench {

class Director {
 public:
  /// `node`: nullptr when the node's process is not known. `interrupted`: set from a signal handler; ends churn early.
  Director(Shared& shared, const NodeStats* node, const std::atomic<bool>& interrupted);

  /// Runs all phases that the options ask for, up to the first that fails.
  RunReport run();

 private:
  struct Standing {
    bool up = false;
    std::uint32_t session = 0;
  };

  // Phases.
  void connect();
  void publish_all();
  void latency_probes();
  void churn();
  void stall();
  void resubscribe();
  void reconnect_storm();
  void kill_half();

  // Around a phase.
  bool phase(const char* name, const std::function<void()>& body);
  void begin(const char* name);
  void end();
  void fail(const std::string& why);
  void settle_node();

  /// Waits up to `wait_ns` for one event, handles it, and shows progress.
  void pump(std::int64_t wait_ns);
  /// Handles events until all agents hold what they must; fails the phase when nothing moves any more.
  bool await_complete();
  std::string incomplete_text(const CheckResult& check);
  CheckResult check_all(bool quick, std::size_t examples);
  void on_event(const Event& event);
  Totals totals() const;
  Worker& worker_of(std::uint32_t agent) { return *workers_[agent % workers_.size()]; }

  // Changes.
  void publish_agent(std::uint32_t agent);
  void publish_publication(std::uint32_t publication);
  void withdraw_agent(std::uint32_t agent);
  /// `changes` random changes, sent at once.
  void change_some(std::uint32_t changes);
  void churn_for(double rate, double seconds, const std::function<bool()>& stop);
  bool probe_once();
  void unsubscribe(std::uint32_t agent, std::uint32_t instance);
  void subscribe_again(std::uint32_t agent, std::uint32_t instance);
  PathState random_change(PathState state);
  std::pair<std::uint32_t, std::uint32_t> random_path();

  Shared& shared_;
  const Options& options_;
  const Topology& topology_;
  Model& model_;
  const NodeStats* node_;
  const std::atomic<bool>& interrupted_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Progress progress_;
  std::mt19937_64 random_;
  std::vector<Standing> standings_;
  std::vector<std::uint64_t> path_ends_;  // running sum of the publications' sizes
  bool publishing_ = false;
  std::uint32_t stalled_from_;  // agents from this one on do not read; nor does anything change at them
  std::uint32_t probes_done_ = 0;
  RunReport report_;
  PhaseReport current_;
  std::int64_t began_at_ = 0;
  double own_cpu_before_ = 0;
};

}  // namespace signalbox::bench
