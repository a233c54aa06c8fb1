// A thread that drives the agents given to it: one epoll loop, their timers and reconnections, and commands from the director.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/agentsim/agent.hpp"

namespace signalbox::bench {

class Worker final : private AgentListener {
 public:
  /// Drives the agents whose number modulo `count` is `index`. Throws std::system_error when the system gives no descriptor.
  Worker(Shared& shared, unsigned index, unsigned count);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Any thread: has `command` run on the worker's thread.
  void post(std::function<void()> command);
  /// The same, and waits for its end.
  void run(const std::function<void()>& command);
  const Counters& counters() const { return context_.counters; }

  // The rest on the worker's thread only.

  /// Opens a session as soon as the connect window has room, and again whenever it is lost.
  void bring_up(std::uint32_t agent);
  /// Ends the session; `come_back`: opens another at once, as after a reboot.
  void drop(std::uint32_t agent, bool come_back);
  /// Ignored when the agent is no longer in session `session`.
  void publish(std::uint32_t agent, std::uint32_t session, const std::vector<RouteOp>& ops);
  Agent& agent(std::uint32_t number) { return *agents_[number / count_]; }
  /// Compares all agents that must be up and read. `quick`: stops early where something is missing.
  CheckResult check(bool quick, std::size_t examples);
  /// Latencies since the last call.
  LatencyHistogram take_latency();
  /// Reports kProbeDone after `receipts` receipts of the change that is published next.
  void arm_probe(std::uint32_t receipts);
  std::vector<std::int64_t> take_probe() { return std::exchange(context_.probe_latencies, {}); }
  std::vector<std::string> complaints() const { return context_.complaints; }
  /// Why the last connection ended that did not become a session; empty if none did.
  const std::string& last_refusal() const { return last_refusal_; }

 private:
  struct Pending {
    std::int64_t at;
    std::uint32_t agent;
    friend bool operator>(const Pending& a, const Pending& b) { return a.at > b.at; }
  };
  struct Plan {
    bool wanted = false;  // must be up
    bool drop_expected = false;
    std::uint32_t attempts = 0;  // connections since the last session
  };

  void on_up(Agent& agent) override;
  void on_down(Agent& agent, bool was_up, const char* reason) override;
  void on_probe_done() override;

  void loop();
  void tick(std::int64_t now);
  void run_commands();
  void connect_due(std::int64_t now);
  int wait_milliseconds(std::int64_t now) const;

  Shared& shared_;
  const unsigned index_;
  const unsigned count_;
  WorkerContext context_;
  int wakeup_;
  std::vector<std::unique_ptr<Agent>> agents_;
  std::vector<Plan> plans_;
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> connects_;
  std::uint32_t opening_ = 0;  // sessions between connect and up
  std::int64_t next_tick_ = 0;
  std::size_t check_from_ = 0;
  std::string last_refusal_;
  std::mt19937_64 random_;
  std::mutex mutex_;
  std::vector<std::function<void()>> commands_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace signalbox::bench
