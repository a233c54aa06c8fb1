#include "control/signals.hpp"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace signalbox::control {
namespace {

struct Row {
  int number;
  Signal signal;
  std::string_view name;
};
constexpr std::array<Row, 4> kSignals = {{{SIGHUP, Signal::kReload, "SIGHUP"},
                                          {SIGUSR1, Signal::kReinitialize, "SIGUSR1"},
                                          {SIGTERM, Signal::kTerminate, "SIGTERM"},
                                          {SIGINT, Signal::kInterrupt, "SIGINT"}}};

core::Error failed(const char* what, int number) { return core::error(std::string(what) + ": " + std::generic_category().message(number)); }

}  // namespace

std::string_view to_string(Signal signal) {
  for (const Row& row : kSignals) {
    if (row.signal == signal) return row.name;
  }
  return "unknown";
}

core::Result<Signals> Signals::open() {
  sigset_t set;
  sigemptyset(&set);
  for (const Row& row : kSignals) sigaddset(&set, row.number);
  const int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) return failed("signalfd", errno);
  Signals out;
  if (const int number = pthread_sigmask(SIG_BLOCK, &set, &out.old_mask_); number != 0) {
    close(fd);
    return failed("pthread_sigmask", number);
  }
  struct sigaction ignore {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &out.old_pipe_);
  out.fd_ = fd;
  return out;
}

Signals::Signals(Signals&& other) noexcept : fd_(std::exchange(other.fd_, -1)), old_mask_(other.old_mask_), old_pipe_(other.old_pipe_) {}

Signals::~Signals() {
  if (fd_ < 0) return;
  // A signal that still waits would strike as soon as the mask falls; it has been asked for and not answered, so it is taken here.
  while (next()) {}
  close(fd_);
  sigaction(SIGPIPE, &old_pipe_, nullptr);
  pthread_sigmask(SIG_SETMASK, &old_mask_, nullptr);
}

std::optional<Signal> Signals::next() {
  signalfd_siginfo info{};
  while (true) {
    const ssize_t got = read(fd_, &info, sizeof info);
    if (got < 0 && errno == EINTR) continue;
    if (got != sizeof info) return std::nullopt;
    for (const Row& row : kSignals) {
      if (static_cast<int>(info.ssi_signo) == row.number) return row.signal;
    }
  }
}

}  // namespace signalbox::control
