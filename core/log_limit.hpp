// Keeps a warning that repeats from filling the log: at most `burst` lines per key and interval, then silence; the first line of the next
// interval tells how many were left out.
//
//   static log::RateLimit limit(5, std::chrono::seconds(10));          // one for the call site, or a member of what warns
//   log::warning(limit, peer_name, "xmpp", "stanza refused", {{"peer", peer_name}, {"reason", text}});
//
// Threads: any (one mutex per RateLimit, taken only when the level is on). Cost: one map entry per key of the running interval, at most
// kMaxKeys; keys beyond share one entry, so peers that make up names cost no memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/log.hpp"

namespace signalbox::core::log {

class RateLimit {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMaxKeys = 1024;

  RateLimit(std::uint32_t burst, Clock::duration interval) : burst_(burst), interval_(interval) {}

  // May the line of `key` be written at `now`? nullopt: no, it is counted. Else the number left out since the last one written.
  // `now` must not run backwards between calls.
  std::optional<std::uint64_t> admit(std::string_view key, Clock::time_point now);

 private:
  struct Window {
    Clock::time_point begin{};
    std::uint32_t written = 0;
    std::uint64_t left_out = 0;
  };
  Window& window(std::string_view key, Clock::time_point now);
  void forget_quiet(Clock::time_point now);

  const std::uint32_t burst_;
  const Clock::duration interval_;
  std::mutex mutex_;
  std::map<std::string, Window, std::less<>> windows_;  // under mutex_
  Window others_;                                       // under mutex_: all keys that found no room
};

// Writes the line if the level is on and the limit admits it. The overload without `now` reads the steady clock.
void write(RateLimit& limit, std::string_view key, RateLimit::Clock::time_point now, Level level, std::string_view component,
           std::string_view message, Fields fields = {}) noexcept;
void write(RateLimit& limit, std::string_view key, Level level, std::string_view component, std::string_view message,
           Fields fields = {}) noexcept;

inline void warning(RateLimit& limit, std::string_view key, std::string_view component, std::string_view message,
                    Fields fields = {}) noexcept {
  write(limit, key, Level::kWarning, component, message, fields);
}

}  // namespace signalbox::core::log
