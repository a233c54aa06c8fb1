// Times and durations as introspect prints them (spec/introspect.md 1.8).
// Threads: plain functions.
#pragma once

#include <string>

#include "control/show/show_data.hpp"

namespace signalbox::control {

// "2024-Jan-02 03:04:05.123456", UTC; the fraction is left out when it is zero. 0 (never) gives an empty text.
std::string time_text(Microseconds time);
// The same, but "1970-Jan-01 00:00:00" for never.
std::string time_text_or_epoch(Microseconds time);
// "03:04:05.123456"; hours grow beyond 24; the fraction is left out when it is zero. Negative counts as zero.
std::string duration_text(Microseconds duration);
// ISO 8601 for JSON: "2024-01-02T03:04:05.123456Z"; empty for never.
std::string iso_time_text(Microseconds time);
Microseconds wall_clock();

}  // namespace signalbox::control
