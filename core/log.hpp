// The process's log: one line of key=value pairs (logfmt) for each event.
//
//   core::log::info("xmpp", "session up", {{"peer", name}, {"address", text}, {"instances", count}});
//   time=2024-01-02T03:04:05.123456Z level=SYS_INFO component=xmpp msg="session up" peer=vr7 address=192.0.2.17 instances=3
//
// Values are quoted and escaped (core/log_line.hpp), so bytes from outside can neither end a line nor forge a field.
// Levels carry the incumbent's names (spec/introspect.md 4.3). Before start() and after stop() lines of SYS_NOTICE and above go to standard error.
//
// Threads: any, all functions. Lifetime: nothing given to a call is kept. Errors: none are returned; a line that cannot be written is
// counted (counters()). Cost: one relaxed atomic load when the level is off; else one allocation and one write of the whole line on the
// calling thread (Config::asynchronous hands the write to a thread of the log's own, whose queue drops its oldest lines when full).
#pragma once

#include <array>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::core::log {

// Most severe first. kEverything is the incumbent's "INVALID": as a threshold it lets everything pass.
enum class Level : std::uint8_t { kEmergency, kAlert, kCritical, kError, kWarning, kNotice, kInfo, kDebug, kEverything };
inline constexpr std::size_t kLevels = 9;

// "SYS_EMERG" ... "SYS_DEBUG", "INVALID".
std::string_view to_string(Level level);
// The exact name of a level, else nullopt.
std::optional<Level> parse_level(std::string_view name);

// A value of a field: text is viewed, not copied.
class FieldValue {
 public:
  enum class Kind : std::uint8_t { kText, kSigned, kUnsigned, kBool, kReal };

  // NOLINTBEGIN(google-explicit-constructor): {"peer", name} is how fields are written.
  FieldValue(std::string_view text) : kind_(Kind::kText), text_(text) {}
  FieldValue(const std::string& text) : FieldValue(std::string_view(text)) {}
  FieldValue(const char* text) : FieldValue(text != nullptr ? std::string_view(text) : std::string_view("(null)")) {}
  template <std::same_as<bool> T>
  FieldValue(T value) : kind_(Kind::kBool), unsigned_(value ? 1 : 0) {}
  template <std::signed_integral T>
  FieldValue(T value) : kind_(Kind::kSigned), signed_(value) {}
  template <std::unsigned_integral T>
  requires(!std::same_as<T, bool>) FieldValue(T value) : kind_(Kind::kUnsigned), unsigned_(value) {}
  FieldValue(double value) : kind_(Kind::kReal), real_(value) {}
  // NOLINTEND(google-explicit-constructor)

  Kind kind() const { return kind_; }
  // Each is valid for its own kind only (bool: unsigned_value()).
  std::string_view text() const { return text_; }
  std::int64_t signed_value() const { return signed_; }
  std::uint64_t unsigned_value() const { return unsigned_; }
  double real() const { return real_; }

 private:
  Kind kind_;
  union {
    std::string_view text_;
    std::int64_t signed_;
    std::uint64_t unsigned_;
    double real_;
  };
};

struct Field {
  std::string_view key;  // a literal of [a-z0-9_.]
  FieldValue value;
};
using Fields = std::initializer_list<Field>;

struct Config {
  std::string file;                                 // "" or "<stdout>": standard output
  std::uint64_t max_file_bytes = 10 * 1024 * 1024;  // then the file is rotated: x.log -> x.1.log -> x.2.log ...
  unsigned rotated_files = 10;                      // kept besides the current one, at most 200000
  Level level = Level::kNotice;
  std::string category;  // only lines of this component (letter case aside); empty: all
  bool enabled = true;
  bool use_syslog = false;  // instead of the file
  std::string syslog_facility = "LOG_LOCAL0";
  std::string ident = "signalbox";  // syslog shows ident[pid]
  bool asynchronous = false;

  bool operator==(const Config&) const = default;
};

// Directs the log. May be called again: the new destination replaces the old one. A file that cannot be opened is replaced by standard
// error, and one warning there says why. With Config::asynchronous a thread starts: block signals first (control/signals.hpp).
void start(const Config& config);
// Writes out what is queued, ends the log's thread if there is one.
void stop();
void flush();

// Settings that introspect changes while running (spec/introspect.md 2.1, SandeshLoggingParamsSet).
struct Settings {
  bool enabled = true;
  Level level = Level::kNotice;
  std::string category;
};
Settings settings();
void set(const Settings& settings);

struct Counters {
  std::array<std::uint64_t, kLevels> lines{};  // written, by level
  std::uint64_t errors = 0;                    // lines lost: the destination refused them or an asynchronous queue was full
};
Counters counters();

// Whether `name` is a facility that syslog knows, with or without "LOG_": LOG_LOCAL0, DAEMON ...
bool is_syslog_facility(std::string_view name);

namespace detail {
// The highest level that passes; -1: none.
extern std::atomic<int> threshold;
}  // namespace detail

inline bool enabled(Level level) { return static_cast<int>(level) <= detail::threshold.load(std::memory_order_relaxed); }

// Writes the line whatever the threshold; the category still applies. The others ask enabled() first.
// `suppressed`: like lines left out before this one (core/log_limit.hpp); shown as a last field when not zero.
void write(Level level, std::string_view component, std::string_view message, Fields fields = {}, std::uint64_t suppressed = 0) noexcept;

inline void critical(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  if (enabled(Level::kCritical)) write(Level::kCritical, component, message, fields);
}
inline void error(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  if (enabled(Level::kError)) write(Level::kError, component, message, fields);
}
inline void warning(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  if (enabled(Level::kWarning)) write(Level::kWarning, component, message, fields);
}
inline void notice(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  if (enabled(Level::kNotice)) write(Level::kNotice, component, message, fields);
}
inline void info(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  if (enabled(Level::kInfo)) write(Level::kInfo, component, message, fields);
}
inline void debug(std::string_view component, std::string_view message, Fields fields = {}) noexcept {
  if (enabled(Level::kDebug)) write(Level::kDebug, component, message, fields);
}

}  // namespace signalbox::core::log
