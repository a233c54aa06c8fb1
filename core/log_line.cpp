#include "core/log_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace signalbox::core::log {
namespace {

bool stands_bare(std::string_view text) {
  if (text.empty() || text.size() > kMaxValueBytes) return false;
  for (const char c : text) {
    if (c <= ' ' || c > '~' || c == '"' || c == '=' || c == '\\') return false;
  }
  return true;
}

bool continues(std::string_view text, std::size_t at) { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; }

// Length of the well-formed UTF-8 sequence of two to four bytes at `at` that may be shown as it is; 0: escape the byte.
// RFC 3629 section 4, less the code points that are control characters, end lines or change their direction.
std::size_t shown_sequence(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  if (first >= 0xC2 && first <= 0xDF) {
    if (!continues(text, at + 1)) return 0;
    const bool c1_control = first == 0xC2 && byte(at + 1) < 0xA0;
    return c1_control ? 0 : 2;
  }
  if (first >= 0xE0 && first <= 0xEF) {
    if (!continues(text, at + 1) || !continues(text, at + 2)) return 0;
    const bool overlong = first == 0xE0 && byte(at + 1) < 0xA0;
    const bool surrogate = first == 0xED && byte(at + 1) > 0x9F;
    // U+2028..U+202E separate lines and change direction, U+2066..U+2069 isolate directions.
    const bool separator = first == 0xE2 && byte(at + 1) == 0x80 && byte(at + 2) >= 0xA8 && byte(at + 2) <= 0xAE;
    const bool isolate = first == 0xE2 && byte(at + 1) == 0x81 && byte(at + 2) >= 0xA6 && byte(at + 2) <= 0xA9;
    return overlong || surrogate || separator || isolate ? 0 : 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!continues(text, at + 1) || !continues(text, at + 2) || !continues(text, at + 3)) return 0;
    const bool overlong = first == 0xF0 && byte(at + 1) < 0x90;
    const bool too_high = first == 0xF4 && byte(at + 1) > 0x8F;
    return overlong || too_high ? 0 : 4;
  }
  return 0;
}

// Appends what stands for the byte or sequence at `at`, returns how many bytes that was.
std::size_t append_escaped(std::string& out, std::string_view text, std::size_t at) {
  const char c = text[at];
  switch (c) {
    case '"': out += "\\\""; return 1;
    case '\\': out += "\\\\"; return 1;
    case '\n': out += "\\n"; return 1;
    case '\r': out += "\\r"; return 1;
    case '\t': out += "\\t"; return 1;
    default: break;
  }
  if (c >= ' ' && c <= '~') {
    out += c;
    return 1;
  }
  if (const std::size_t length = shown_sequence(text, at); length != 0) {
    out.append(text, at, length);
    return length;
  }
  fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  return 1;
}

void append_field(std::string& out, std::string_view key, const FieldValue& value) {
  out += key;
  out += '=';
  const auto end = std::back_inserter(out);
  switch (value.kind()) {
    case FieldValue::Kind::kText:
      if (const std::size_t cut = append_value(out, value.text()); cut != 0) fmt::format_to(end, " {}_cut={}", key, cut);
      return;
    case FieldValue::Kind::kSigned: fmt::format_to(end, "{}", value.signed_value()); return;
    case FieldValue::Kind::kUnsigned: fmt::format_to(end, "{}", value.unsigned_value()); return;
    case FieldValue::Kind::kBool: out += value.unsigned_value() != 0 ? "true" : "false"; return;
    case FieldValue::Kind::kReal: fmt::format_to(end, "{}", value.real()); return;
  }
}

}  // namespace

std::size_t append_value(std::string& out, std::string_view text) {
  if (stands_bare(text)) {
    out += text;
    return 0;
  }
  out += '"';
  const std::size_t shown = std::min(text.size(), kMaxValueBytes);
  std::size_t at = 0;
  while (at < shown) at += append_escaped(out, text, at);
  out += '"';
  return text.size() - at;
}

void append_time(std::string& out, WallTime time) {
  using namespace std::chrono;
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss<microseconds> clock(time - day);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                 clock.seconds().count(), clock.subseconds().count());
}

void append_line(std::string& out, WallTime time, Level level, std::string_view component, std::string_view message, Fields fields,
                 std::uint64_t suppressed) {
  out += "time=";
  append_time(out, time);
  out += " level=";
  out += to_string(level);
  out += ' ';
  append_field(out, "component", component);
  out += ' ';
  append_field(out, "msg", message);
  for (const Field& field : fields) {
    out += ' ';
    append_field(out, field.key, field.value);
  }
  if (suppressed != 0) fmt::format_to(std::back_inserter(out), " suppressed={}", suppressed);
}

}  // namespace signalbox::core::log
