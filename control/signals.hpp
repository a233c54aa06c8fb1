// Signals of the process as events on a file descriptor.
//
// open() blocks SIGHUP, SIGTERM, SIGINT and SIGUSR1 in the calling thread and ignores SIGPIPE. Threads inherit the mask, so call it in main
// before the first one starts (also before core::log::start() with an asynchronous log); then these signals arrive nowhere else.
// Threads: one reads. Lifetime: destruction closes the descriptor and restores the caller's mask and SIGPIPE. Source: spec/config.md 1.5.
#pragma once

#include <csignal>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.hpp"

namespace signalbox::control {

enum class Signal : std::uint8_t {
  kReload,        // SIGHUP: re-read the configuration file and certificates
  kReinitialize,  // SIGUSR1: the same, and the configuration client starts anew even if nothing changed
  kTerminate,     // SIGTERM
  kInterrupt,     // SIGINT
};

// "SIGHUP" ...
std::string_view to_string(Signal signal);

class Signals {
 public:
  static core::Result<Signals> open();

  Signals(Signals&& other) noexcept;
  Signals& operator=(Signals&&) = delete;
  ~Signals();

  // Readable while a signal waits. Non-blocking, owned by this object.
  int fd() const { return fd_; }
  // The next waiting signal; nullopt when none waits. Several of one kind that arrive before this call are one.
  std::optional<Signal> next();

 private:
  Signals() = default;

  int fd_ = -1;
  sigset_t old_mask_{};
  struct sigaction old_pipe_ {};
};

}  // namespace signalbox::control
