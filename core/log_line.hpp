// One log line as text (logfmt): escaping and order of fields. No destination, no clock.
//
// A value of plain printable ASCII stands bare; anything else is quoted, with \" \\ \n \r \t and \xNN for control bytes and for bytes that are
// not UTF-8; control characters, line separators and direction marks beyond ASCII are escaped too, because viewers break or reorder lines
// there. Text beyond kMaxValueBytes is cut, so that a peer's large stanza cannot fill the log; a field key_cut then says how much is missing.
// Threads: plain functions.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/log.hpp"

namespace signalbox::core::log {

inline constexpr std::size_t kMaxValueBytes = 2048;

using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Appends the whole line without a line end. `suppressed` > 0 adds a last field of that name.
void append_line(std::string& out, WallTime time, Level level, std::string_view component, std::string_view message, Fields fields,
                 std::uint64_t suppressed = 0);
// Appends `text` as a value, quoted and escaped where it must be. Returns how many bytes of it were cut off.
std::size_t append_value(std::string& out, std::string_view text);
// Appends "2024-01-02T03:04:05.123456Z".
void append_time(std::string& out, WallTime time);

}  // namespace signalbox::core::log
