// What the threads of agentsim share: read-only plans, thread-safe stores, counters, and the events that workers report.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bench/agentsim/decode_cache.hpp"
#include "bench/agentsim/latency.hpp"
#include "bench/agentsim/model.hpp"
#include "bench/agentsim/options.hpp"
#include "bench/agentsim/tls.hpp"
#include "bench/agentsim/topology.hpp"

namespace signalbox::bench {

/// What a worker tells the director.
struct Event {
  enum class Kind { kUp, kDown, kProbeDone };
  Kind kind;
  std::uint32_t agent = kNoIndex;
  std::uint32_t session = 0;  // counts the agent's sessions
  bool expected = false;      // kDown: the director had asked for it
  const char* reason = "";    // kDown
  std::int64_t at = 0;
};

/// Many writers, one reader.
class EventQueue {
 public:
  void push(const Event& event) {
    {
      const std::lock_guard lock(mutex_);
      events_.push_back(event);
    }
    ready_.notify_one();
  }
  /// The next event; nothing after `wait_ns` without one.
  std::optional<Event> pop(std::int64_t wait_ns) {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, std::chrono::nanoseconds(wait_ns), [this] { return !events_.empty(); });
    if (events_.empty()) return std::nullopt;
    const Event event = events_.front();
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Event> events_;
};

struct Shared {
  explicit Shared(const Options& o, const Topology& t)
      : options(o), topology(t), model(t, values), cache(t, values), table_items(t.table_count()) {}

  const Options& options;
  const Topology& topology;
  ValueStore values;
  Model model;
  DecodeCache cache;
  std::unique_ptr<TlsContext> tls;
  EventQueue events;
  std::vector<std::atomic<std::uint64_t>> table_items;  // items and retracts received, per table
};

/// Written by one worker, read by the director at any time. Totals since the start.
struct Counters {
  std::atomic<std::uint64_t> items{0};
  std::atomic<std::uint64_t> retracts{0};
  std::atomic<std::uint64_t> messages{0};
  std::atomic<std::uint64_t> bytes{0};
  std::atomic<std::uint64_t> redundant{0};  // items and retracts that changed nothing
  std::atomic<std::uint64_t> ignored{0};    // for a table that was unsubscribed
  std::atomic<std::uint64_t> keepalives{0};
  std::atomic<std::uint64_t> ends_of_rib{0};
  std::atomic<std::uint64_t> published{0};  // publish + collection pairs handed to the socket
  std::atomic<std::uint64_t> violations{0};
  std::atomic<std::uint64_t> refused{0};  // connections that ended before the session was up
  std::atomic<std::uint64_t> lost{0};     // sessions that ended without being asked to
  std::atomic<std::uint32_t> up{0};
  std::atomic<std::int64_t> last_change_at{0};  // when an item or retract last changed a table
  std::atomic<std::int64_t> recent_p50{0};      // ns, of about the last second
  std::atomic<std::int64_t> recent_p99{0};
};

/// Adds to a counter that only this thread writes.
template <typename T>
void bump(std::atomic<T>& counter, T by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// A table entry that is not what it must be.
struct Mismatch {
  std::uint32_t agent;
  std::uint32_t table;
  std::uint32_t slot;  // kNoIndex: `stray` names a prefix that nobody published
  std::uint32_t held;
  std::uint32_t expected;
  std::string stray;
};

struct CheckResult {
  std::uint32_t agents = 0;
  std::uint32_t not_up = 0;
  std::uint32_t wrong_agents = 0;
  std::uint64_t wrong_entries = 0;
  std::uint64_t compared = 0;
  std::vector<Mismatch> examples;

  bool good() const { return not_up == 0 && wrong_agents == 0; }
  void merge(CheckResult&& other);
};

}  // namespace signalbox::bench
