// Shard: one thread, one io_context, and what is to be done on it in turns.
//
// A turn: due ticks first (keepalives, hold timers), then ready I/O handlers up to the work budget, then the owner's turn function (messages,
// table work) up to the budget. While a turn leaves work behind the shard polls; otherwise it sleeps in the reactor until I/O or wake().
// So a shard with a full CPU still ticks every few turns, and no loop runs unbounded.
//
// Threads: wake() and stop() from any; the rest before start() or on the shard's own thread. Lifetime: the owner joins (stop) before what the
// callbacks use goes away. Cost: an eventfd write per wake.
#pragma once

#include <functional>
#include <memory>
#include <thread>

#include "core/clock.hpp"
#include "core/ids.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::core {

class Shard {
 public:
  // Does a slice of work, ending at about `deadline`; returns true when there is more to do at once.
  using Turn = std::function<bool(TimePoint now, TimePoint deadline)>;
  using Tick = std::function<void(TimePoint now)>;

  static constexpr microseconds kBudget{250};
  static constexpr milliseconds kTickPeriod{50};

  explicit Shard(ShardId id);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  ShardId id() const { return id_; }
  boost::asio::io_context& io();

  void start(Turn turn, Tick tick);
  // Asks the loop to end after the turn under way, and joins the thread.
  void stop();
  // Makes the shard take a turn soon.
  void wake();
  // The time at which this turn began. Shard's thread only.
  TimePoint now() const { return now_; }
  // Asks for a turn not later than `when` (for work put off for coalescing). Shard's thread only.
  void turn_at(TimePoint when);
  // CPU time used by the shard's thread so far. Any thread.
  std::chrono::nanoseconds cpu_time() const;

 private:
  struct Reactor;
  void run();
  void arm_wake();
  bool handlers(TimePoint deadline, bool wait);

  const ShardId id_;
  std::unique_ptr<Reactor> reactor_;
  Turn turn_;
  Tick tick_;
  TimePoint now_;
  TimePoint next_tick_;
  TimePoint turn_at_ = TimePoint::max();
  std::thread thread_;
};

}  // namespace signalbox::core
