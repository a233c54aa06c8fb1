// What the node costs: CPU time and memory of its process, as the kernel counts them.
#pragma once

#include <time.h>

#include <cstdint>
#include <optional>
#include <string>

namespace signalbox::bench {

struct NodeSample {
  std::int64_t cpu_ns = 0;  // all threads, to the ns
  double user_seconds = 0;  // to the clock tick (10 ms)
  double system_seconds = 0;
  std::uint64_t rss_kb = 0;
  std::uint64_t peak_rss_kb = 0;  // since the last reset_peak(), where that is allowed
  std::uint32_t threads = 0;
};

class NodeStats {
 public:
  explicit NodeStats(int pid);

  int pid() const { return pid_; }
  /// Nothing once the process has ended.
  std::optional<NodeSample> sample() const;
  /// Total CPU time alone; cheap enough to poll.
  std::optional<std::int64_t> cpu_ns() const;
  void reset_peak() const;

  /// The process that listens on `host`:`port` (a wildcard will do); nothing when there is none that this user may look into.
  static std::optional<int> find_listener(const std::string& host, std::uint16_t port);

 private:
  int pid_;
  clockid_t clock_{};
  bool has_clock_;
};

}  // namespace signalbox::bench
