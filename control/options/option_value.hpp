// Values of options: from text to type, with a refusal that names what is allowed.
//
// Threads: plain functions. Errors: Result, text for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "control/options/options.hpp"
#include "core/net.hpp"
#include "core/result.hpp"

namespace signalbox::control {

enum class ValueKind : std::uint8_t {
  kFlag,       // 1 0 true false yes no on off, letter case aside
  kNumber,     // decimal, within a range
  kText,       // anything without control characters
  kName,       // text that is not empty and holds no blank
  kAddress,    // literal IPv4 or IPv6 address
  kEndpoints,  // list of host:port, [v6]:port or host, separated by blanks
  kLogLevel,   // SYS_EMERG ... SYS_DEBUG, INVALID
  kFacility,   // syslog facility
  kPresence,   // environment only: set at all, whatever to
};

struct ValueRange {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

// One alternative for each kind: flag and presence, number and port, text and name and facility, address, endpoints, level.
using Value = std::variant<bool, std::uint64_t, std::string, core::IpAddress, std::vector<Endpoint>, core::log::Level>;

core::Result<Value> parse_value(ValueKind kind, ValueRange range, std::string_view text);

// "a number from 0 to 65535", "SYS_EMERG, ..." : what parse_value accepts.
std::string allowed(ValueKind kind, ValueRange range);

// Whether `text` is one of the words of a flag.
bool is_flag_word(std::string_view text);

}  // namespace signalbox::control
