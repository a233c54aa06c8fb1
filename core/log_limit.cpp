#include "core/log_limit.hpp"

#include <utility>

namespace signalbox::core::log {

std::optional<std::uint64_t> RateLimit::admit(std::string_view key, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Window& w = window(key, now);
  if (now - w.begin >= interval_) {
    w.begin = now;
    w.written = 0;
  }
  if (w.written >= burst_) {
    ++w.left_out;
    return std::nullopt;
  }
  ++w.written;
  return std::exchange(w.left_out, 0);
}

RateLimit::Window& RateLimit::window(std::string_view key, Clock::time_point now) {
  if (const auto found = windows_.find(key); found != windows_.end()) return found->second;
  if (windows_.size() >= kMaxKeys) forget_quiet(now);
  if (windows_.size() >= kMaxKeys) return others_;
  return windows_.emplace(std::string(key), Window{now, 0, 0}).first->second;
}

// A walk over all keys, at most once per interval of a flood: after it either there is room or others_ takes the rest. What forgotten keys
// left out is told with the rest.
void RateLimit::forget_quiet(Clock::time_point now) {
  if (now - others_.begin < interval_ && others_.begin != Clock::time_point{}) return;
  std::erase_if(windows_, [&](const auto& entry) {
    if (now - entry.second.begin < interval_) return false;
    others_.left_out += entry.second.left_out;
    return true;
  });
}

void write(RateLimit& limit, std::string_view key, RateLimit::Clock::time_point now, Level level, std::string_view component,
           std::string_view message, Fields fields) noexcept {
  if (!enabled(level)) return;
  try {
    if (const auto left_out = limit.admit(key, now)) write(level, component, message, fields, *left_out);
  } catch (...) {
    // Out of memory for the key: a line is not worth more.
  }
}

void write(RateLimit& limit, std::string_view key, Level level, std::string_view component, std::string_view message,
           Fields fields) noexcept {
  if (enabled(level)) write(limit, key, RateLimit::Clock::now(), level, component, message, fields);
}

}  // namespace signalbox::core::log
