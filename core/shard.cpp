#include "core/shard.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <system_error>

namespace signalbox::core {
namespace asio = boost::asio;

struct Shard::Reactor {
  Reactor() : io(1), event(io) {
    const int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    event.assign(fd);
  }

  asio::io_context io;
  asio::posix::stream_descriptor event;
  std::atomic<bool> stop{false};
};

Shard::Shard(ShardId id) : id_(id), reactor_(std::make_unique<Reactor>()) {}

Shard::~Shard() { stop(); }

asio::io_context& Shard::io() { return reactor_->io; }

void Shard::start(Turn turn, Tick tick) {
  turn_ = std::move(turn);
  tick_ = std::move(tick);
  thread_ = std::thread([this] { run(); });
  const std::string name = "shard-" + std::to_string(id_.value);
  pthread_setname_np(thread_.native_handle(), name.c_str());
}

void Shard::stop() {
  if (!thread_.joinable()) return;
  reactor_->stop.store(true, std::memory_order_release);
  wake();
  thread_.join();
}

void Shard::wake() {
  const std::uint64_t one = 1;
  // Fails only when the counter is at its limit, and then the shard is being woken already.
  [[maybe_unused]] const auto n = ::write(reactor_->event.native_handle(), &one, sizeof one);
}

void Shard::turn_at(TimePoint when) { turn_at_ = std::min(turn_at_, when); }

void Shard::arm_wake() {
  reactor_->event.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& failed) {
    if (failed) return;
    std::uint64_t count;
    [[maybe_unused]] const auto n = ::read(reactor_->event.native_handle(), &count, sizeof count);
    arm_wake();
  });
}

// Runs ready handlers until the deadline; with `wait`, first sleeps until one is ready or the next tick or turn is due.
bool Shard::handlers(TimePoint deadline, bool wait) {
  auto& io = reactor_->io;
  if (wait) {
    const TimePoint until = std::min(next_tick_, turn_at_);
    io.run_one_until(until);
    now_ = Clock::now();
    deadline = now_ + kBudget;
  }
  int n = 0;
  while (io.poll_one()) {
    // The clock costs about as much as a small handler: look at it now and then.
    if ((++n & 7) == 0 && Clock::now() >= deadline) return true;
  }
  return false;
}

void Shard::run() {
  auto work = asio::make_work_guard(reactor_->io);
  arm_wake();
  now_ = Clock::now();
  next_tick_ = now_;
  bool more = false;
  while (!reactor_->stop.load(std::memory_order_acquire)) {
    now_ = Clock::now();
    if (now_ >= next_tick_) {
      tick_(now_);
      next_tick_ = now_ + kTickPeriod;
    }
    const bool more_io = handlers(now_ + kBudget, !more);
    if (now_ >= turn_at_) turn_at_ = TimePoint::max();
    now_ = Clock::now();
    more = turn_(now_, now_ + kBudget) || more_io;
  }
}

std::chrono::nanoseconds Shard::cpu_time() const {
  clockid_t clock;
  timespec t{};
  if (!thread_.joinable() || pthread_getcpuclockid(const_cast<std::thread&>(thread_).native_handle(), &clock) != 0) return {};
  clock_gettime(clock, &t);
  return std::chrono::seconds(t.tv_sec) + std::chrono::nanoseconds(t.tv_nsec);
}

}  // namespace signalbox::core
