// Signals as events on a descriptor.
#include "control/signals.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

namespace signalbox::control {
namespace {

bool blocked(int signal) {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, signal) == 1;
}

// Waits for a signal on the descriptor, as the daemon's loop does.
std::optional<Signal> wait(Signals& signals) {
  pollfd p{signals.fd(), POLLIN, 0};
  if (poll(&p, 1, 10000) != 1) return std::nullopt;
  return signals.next();
}

TEST(signals, each_signal_arrives_as_its_event) {
  auto signals = Signals::open();
  ASSERT_TRUE(signals.ok()) << signals.error().text;
  EXPECT_EQ(signals->next(), std::nullopt);
  const std::array<std::pair<int, Signal>, 4> all = {
      {{SIGHUP, Signal::kReload}, {SIGUSR1, Signal::kReinitialize}, {SIGTERM, Signal::kTerminate}, {SIGINT, Signal::kInterrupt}}};
  for (const auto& [number, event] : all) {
    ASSERT_EQ(kill(getpid(), number), 0);
    EXPECT_EQ(wait(*signals), event) << to_string(event);
    EXPECT_EQ(signals->next(), std::nullopt);
  }
}

TEST(signals, several_that_wait_arrive_one_after_the_other) {
  auto signals = Signals::open();
  ASSERT_TRUE(signals.ok());
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGHUP);
  kill(getpid(), SIGTERM);
  std::array<int, 4> seen{};
  while (const auto event = signals->next()) ++seen[static_cast<std::size_t>(*event)];
  EXPECT_EQ(seen, (std::array<int, 4>{1, 0, 1, 0}));
}

TEST(signals, threads_started_later_do_not_receive_them) {
  auto signals = Signals::open();
  ASSERT_TRUE(signals.ok());
  bool inherited = false;
  std::thread([&] { inherited = blocked(SIGHUP) && blocked(SIGTERM) && blocked(SIGINT) && blocked(SIGUSR1); }).join();
  EXPECT_TRUE(inherited);
}

TEST(signals, a_write_to_a_closed_connection_is_an_error_and_no_death) {
  auto signals = Signals::open();
  ASSERT_TRUE(signals.ok());
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  close(ends[1]);
  EXPECT_EQ(write(ends[0], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  close(ends[0]);
}

TEST(signals, the_mask_is_restored_and_what_waits_does_not_strike) {
  struct sigaction before {};
  sigaction(SIGPIPE, nullptr, &before);
  {
    auto signals = Signals::open();
    ASSERT_TRUE(signals.ok());
    Signals moved(std::move(*signals));
    EXPECT_TRUE(blocked(SIGTERM));
    kill(getpid(), SIGTERM);
  }
  EXPECT_FALSE(blocked(SIGTERM));
  EXPECT_FALSE(blocked(SIGUSR1));
  struct sigaction after {};
  sigaction(SIGPIPE, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
}

TEST(signals, names) {
  EXPECT_EQ(to_string(Signal::kReload), "SIGHUP");
  EXPECT_EQ(to_string(Signal::kReinitialize), "SIGUSR1");
  EXPECT_EQ(to_string(Signal::kTerminate), "SIGTERM");
  EXPECT_EQ(to_string(Signal::kInterrupt), "SIGINT");
}

}  // namespace
}  // namespace signalbox::control
