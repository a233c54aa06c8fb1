#include "bench/agentsim/worker.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <fstream>
#include <future>
#include <system_error>

#include "bench/agentsim/clock.hpp"

namespace signalbox::bench {
namespace {

constexpr std::size_t kReceiveBuffer = 256 * 1024;
constexpr int kEventsPerTurn = 256;
constexpr std::int64_t kFirstRetry = 50 * kMillisecond;  // then doubled, as the real agent's (spec/xmpp.md 1.6)
constexpr std::int64_t kLastRetry = 2 * kSecond;

/// Left alone, the kernel lets every receive buffer grow to many MB; those of a thousand agents on one host then exceed its
/// memory for TCP, segments are dropped, and retransmission timers are what is measured. All together may take a quarter of it.
int socket_buffer(const Options& options) {
  if (options.receive_buffer_kb != 0) return static_cast<int>(options.receive_buffer_kb * 1024);
  std::ifstream file("/proc/sys/net/ipv4/tcp_mem");
  std::int64_t pages = 0;
  file >> pages;
  const std::int64_t share = pages * sysconf(_SC_PAGESIZE) / 8 / options.agents;  // the kernel doubles what it is asked for
  return static_cast<int>(std::clamp<std::int64_t>(share, 32 * 1024, 256 * 1024));
}

}  // namespace

Worker::Worker(Shared& shared, unsigned index, unsigned count)
    : shared_(shared),
      index_(index),
      count_(count),
      context_{
          shared, epoll_create1(EPOLL_CLOEXEC), socket_buffer(shared.options), std::vector<char>(kReceiveBuffer), {}, {}, {}, {}, 0, {},
          {}},
      wakeup_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      random_(shared.options.seed * 1000 + index) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;
  if (context_.epoll < 0 || wakeup_ < 0 || epoll_ctl(context_.epoll, EPOLL_CTL_ADD, wakeup_, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll");
  }
  for (std::uint32_t a = index_; a < shared.options.agents; a += count_) {
    agents_.push_back(std::make_unique<Agent>(context_, static_cast<AgentListener&>(*this), a));
  }
  plans_.resize(agents_.size());
  thread_ = std::thread([this] { loop(); });
}

Worker::~Worker() {
  post([this] { stopping_ = true; });
  thread_.join();
  agents_.clear();
  ::close(wakeup_);
  ::close(context_.epoll);
}

void Worker::post(std::function<void()> command) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = commands_.empty();
    commands_.push_back(std::move(command));
  }
  const std::uint64_t one = 1;
  if (first && ::write(wakeup_, &one, sizeof one) < 0 && errno != EAGAIN) std::terminate();
}

void Worker::run(const std::function<void()>& command) {
  std::promise<void> done;
  post([&] {
    command();
    done.set_value();
  });
  done.get_future().wait();
}

void Worker::run_commands() {
  std::uint64_t ignored = 0;
  if (::read(wakeup_, &ignored, sizeof ignored) < 0 && errno != EAGAIN) std::terminate();
  std::vector<std::function<void()>> commands;
  {
    const std::lock_guard lock(mutex_);
    commands.swap(commands_);
  }
  for (const auto& command : commands) command();
}

int Worker::wait_milliseconds(std::int64_t now) const {
  std::int64_t until = next_tick_;
  if (!connects_.empty() && opening_ < shared_.options.connect_window) until = std::min(until, connects_.top().at);
  return static_cast<int>(std::clamp<std::int64_t>((until - now + kMillisecond - 1) / kMillisecond, 0, 1000));
}

void Worker::loop() {
  std::vector<epoll_event> events(kEventsPerTurn);
  while (!stopping_) {
    const int ready = epoll_wait(context_.epoll, events.data(), kEventsPerTurn, wait_milliseconds(now_ns()));
    bool commanded = false;
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.ptr == nullptr) {
        commanded = true;
      } else {
        static_cast<Agent*>(events[i].data.ptr)->on_socket(events[i].events);
      }
    }
    // Only now, as a command may close a session that this turn still had an event for.
    if (commanded) run_commands();
    const std::int64_t now = now_ns();
    if (now >= next_tick_) tick(now);
    connect_due(now);
  }
}

void Worker::tick(std::int64_t now) {
  next_tick_ = now + kSecond;
  for (const auto& a : agents_) a->on_tick(now);
  context_.counters.recent_p50.store(context_.recent_latency.percentile(0.5), std::memory_order_relaxed);
  context_.counters.recent_p99.store(context_.recent_latency.percentile(0.99), std::memory_order_relaxed);
  context_.recent_latency.clear();
}

void Worker::connect_due(std::int64_t now) {
  while (!connects_.empty() && connects_.top().at <= now && opening_ < shared_.options.connect_window) {
    const std::uint32_t number = connects_.top().agent;
    connects_.pop();
    Plan& plan = plans_[number / count_];
    Agent& a = agent(number);
    if (!plan.wanted || !a.closed()) continue;
    ++plan.attempts;
    ++opening_;
    a.connect();
  }
}

void Worker::bring_up(std::uint32_t number) {
  Plan& plan = plans_[number / count_];
  plan.wanted = true;
  plan.attempts = 0;
  connects_.push({now_ns(), number});
}

void Worker::drop(std::uint32_t number, bool come_back) {
  Plan& plan = plans_[number / count_];
  plan.wanted = come_back;
  plan.drop_expected = true;
  plan.attempts = 0;
  agent(number).close("dropped");
  plan.drop_expected = false;
}

void Worker::publish(std::uint32_t number, std::uint32_t session, const std::vector<RouteOp>& ops) {
  Agent& a = agent(number);
  if (a.up() && a.session() == session) a.publish(ops);
}

CheckResult Worker::check(bool quick, std::size_t examples) {
  CheckResult result;
  for (std::size_t n = 0; n < agents_.size(); ++n) {
    // Who was not complete last time is the likeliest not to be now.
    const std::size_t i = (check_from_ + n) % agents_.size();
    if (plans_[i].wanted && !agents_[i]->stalled()) agents_[i]->check(quick, examples, result);
    if (quick && !result.good()) {
      check_from_ = i;
      return result;
    }
  }
  check_from_ = 0;
  return result;
}

LatencyHistogram Worker::take_latency() {
  for (const auto& a : agents_) a->forget_stall();
  return std::exchange(context_.latency, {});
}

void Worker::arm_probe(std::uint32_t receipts) {
  context_.probe_left = receipts;
  context_.probe_latencies.clear();
}

void Worker::on_up(Agent& a) {
  --opening_;
  plans_[a.number() / count_].attempts = 0;
  bump(context_.counters.up);
  shared_.events.push({Event::Kind::kUp, a.number(), a.session(), false, "", now_ns()});
}

void Worker::on_down(Agent& a, bool was_up, const char* reason) {
  Plan& plan = plans_[a.number() / count_];
  const std::int64_t now = now_ns();
  if (was_up) {
    bump(context_.counters.up, ~std::uint32_t{0});
    // A node may give up a reader that has stopped (spec/xmpp.md 1.10).
    const bool expected = plan.drop_expected || a.lagging();
    if (!expected) bump(context_.counters.lost);
    shared_.events.push({Event::Kind::kDown, a.number(), a.session(), expected, reason, now});
  } else {
    --opening_;
    bump(context_.counters.refused);
    last_refusal_ = reason;
  }
  if (!plan.wanted) return;
  const std::int64_t pause = std::min(kFirstRetry << std::min(plan.attempts, 10u), kLastRetry);
  const std::int64_t jitter = static_cast<std::int64_t>(random_() % 180) - 100;  // thousandths: x0.9 .. x1.08
  connects_.push({now + pause + pause * jitter / 1000, a.number()});
}

void Worker::on_probe_done() { shared_.events.push({Event::Kind::kProbeDone, kNoIndex, 0, false, "", now_ns()}); }

}  // namespace signalbox::bench
