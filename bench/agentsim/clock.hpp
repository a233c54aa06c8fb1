// Monotonic time, in ns.
#pragma once

#include <time.h>

#include <cstdint>

namespace signalbox::bench {

inline constexpr std::int64_t kMillisecond = 1'000'000;
inline constexpr std::int64_t kSecond = 1'000'000'000;

inline std::int64_t now_ns() {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * kSecond + t.tv_nsec;
}

}  // namespace signalbox::bench
