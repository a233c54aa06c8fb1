// Time as protocol logic sees it: a value handed in, never read there. Shards read the clock once per turn.
#pragma once

#include <chrono>

namespace signalbox::core {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace signalbox::core
