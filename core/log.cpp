#include "core/log.hpp"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

#include "core/log_line.hpp"

namespace signalbox::core::log {
namespace {

constexpr std::array<std::string_view, kLevels> kNames = {"SYS_EMERG",  "SYS_ALERT", "SYS_CRIT",  "SYS_ERR", "SYS_WARN",
                                                          "SYS_NOTICE", "SYS_INFO",  "SYS_DEBUG", "INVALID"};

// spec/introspect.md 4.3: EMERG, ALERT and CRIT are one level of the logger, WARN and NOTICE another.
spdlog::level::level_enum logger_level(Level level) {
  switch (level) {
    case Level::kEmergency:
    case Level::kAlert:
    case Level::kCritical: return spdlog::level::critical;
    case Level::kError: return spdlog::level::err;
    case Level::kWarning:
    case Level::kNotice: return spdlog::level::warn;
    case Level::kInfo: return spdlog::level::info;
    case Level::kDebug: return spdlog::level::debug;
    case Level::kEverything: break;
  }
  return spdlog::level::trace;
}

struct Facility {
  std::string_view name;
  int number;
};
constexpr std::array<Facility, 20> kFacilities = {{
    {"KERN", LOG_KERN},     {"USER", LOG_USER},     {"MAIL", LOG_MAIL},         {"DAEMON", LOG_DAEMON}, {"AUTH", LOG_AUTH},
    {"SYSLOG", LOG_SYSLOG}, {"LPR", LOG_LPR},       {"NEWS", LOG_NEWS},         {"UUCP", LOG_UUCP},     {"CRON", LOG_CRON},
    {"FTP", LOG_FTP},       {"LOCAL0", LOG_LOCAL0}, {"AUTHPRIV", LOG_AUTHPRIV}, {"LOCAL1", LOG_LOCAL1}, {"LOCAL2", LOG_LOCAL2},
    {"LOCAL3", LOG_LOCAL3}, {"LOCAL4", LOG_LOCAL4}, {"LOCAL5", LOG_LOCAL5},     {"LOCAL6", LOG_LOCAL6}, {"LOCAL7", LOG_LOCAL7},
}};

const Facility* find_facility(std::string_view name) {
  if (name.starts_with("LOG_")) name.remove_prefix(4);
  const auto found = std::find_if(kFacilities.begin(), kFacilities.end(), [&](const Facility& f) { return f.name == name; });
  return found == kFacilities.end() ? nullptr : &*found;
}

bool same_letters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

struct Destination {
  std::shared_ptr<spdlog::details::thread_pool> pool;  // asynchronous only; outlives the logger's last line
  std::shared_ptr<spdlog::logger> logger;              // null: standard error, unbuffered
};

struct State {
  std::mutex mutex;
  Destination destination;  // all members: under mutex
  Settings settings;
  std::array<std::atomic<std::uint64_t>, kLevels> lines{};
  std::atomic<std::uint64_t> errors{0};
};

// Never destroyed, so that lines from other objects' destructors at exit still have somewhere to go.
State& state() {
  static State* const instance = new State;
  return *instance;
}

void count_error() { state().errors.fetch_add(1, std::memory_order_relaxed); }

void publish_threshold(const Settings& settings) {
  detail::threshold.store(settings.enabled ? static_cast<int>(settings.level) : -1, std::memory_order_relaxed);
}

// May throw spdlog_ex: the file cannot be opened.
spdlog::sink_ptr make_sink(const Config& config) {
  if (config.use_syslog) {
    const Facility* facility = find_facility(config.syslog_facility);
    const std::string ident = config.ident + "[" + std::to_string(getpid()) + "]";
    return std::make_shared<spdlog::sinks::syslog_sink_mt>(ident, 0, facility ? facility->number : LOG_LOCAL0, false);
  }
  if (config.file.empty() || config.file == "<stdout>") return std::make_shared<spdlog::sinks::stdout_sink_mt>();
  constexpr unsigned kMostFiles = 200000;  // spdlog refuses more
  return std::make_shared<spdlog::sinks::rotating_file_sink_mt>(config.file, std::max<std::uint64_t>(config.max_file_bytes, 1),
                                                                std::min(config.rotated_files, kMostFiles));
}

Destination make_destination(const Config& config) {
  Destination made;
  const spdlog::sink_ptr sink = make_sink(config);
  if (config.asynchronous) {
    constexpr std::size_t kQueuedLines = 8192;
    made.pool = std::make_shared<spdlog::details::thread_pool>(kQueuedLines, 1);
    made.logger = std::make_shared<spdlog::async_logger>("signalbox", sink, made.pool, spdlog::async_overflow_policy::overrun_oldest);
  } else {
    made.logger = std::make_shared<spdlog::logger>("signalbox", sink);
  }
  made.logger->set_pattern("%v");
  // Levels are compared before lines reach the logger; a line on disk is worth its write.
  made.logger->set_level(spdlog::level::trace);
  made.logger->flush_on(spdlog::level::trace);
  made.logger->set_error_handler([](const std::string&) { count_error(); });
  return made;
}

std::uint64_t dropped(const Destination& destination) { return destination.pool ? destination.pool->overrun_counter() : 0; }

// Writes out what is queued. Nobody else holds the logger: it is used under the mutex only.
void end(Destination old) {
  if (old.logger) old.logger->flush();
  state().errors.fetch_add(dropped(old), std::memory_order_relaxed);
  old.logger.reset();
  old.pool.reset();
}

Destination take(Destination next) {
  State& log = state();
  const std::lock_guard lock(log.mutex);
  return std::exchange(log.destination, std::move(next));
}

void write_line(Level level, std::string_view component, std::string_view message, Fields fields, std::uint64_t suppressed) {
  std::string line;
  line.reserve(256);
  append_line(line, std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()), level, component, message, fields,
              suppressed);
  State& log = state();
  const std::lock_guard lock(log.mutex);
  const std::string& only = log.settings.category;
  if (!only.empty() && !same_letters(only, component)) return;
  log.lines[static_cast<std::size_t>(level)].fetch_add(1, std::memory_order_relaxed);
  if (log.destination.logger) {
    log.destination.logger->log(logger_level(level), spdlog::string_view_t(line.data(), line.size()));
    return;
  }
  line += '\n';
  if (std::fwrite(line.data(), 1, line.size(), stderr) != line.size()) count_error();
}

}  // namespace

namespace detail {
std::atomic<int> threshold{static_cast<int>(Level::kNotice)};
}  // namespace detail

std::string_view to_string(Level level) { return kNames[static_cast<std::size_t>(level)]; }

std::optional<Level> parse_level(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Level>(found - kNames.begin());
}

bool is_syslog_facility(std::string_view name) { return find_facility(name) != nullptr; }

void start(const Config& config) {
  set({config.enabled, config.level, config.category});
  // Closing a syslog sink closes the connection of the process, so the old one goes before the new one opens it.
  if (config.use_syslog) stop();
  try {
    end(take(make_destination(config)));
  } catch (const std::exception& failure) {
    stop();
    warning("log", "log file cannot be opened, using standard error", {{"file", config.file}, {"reason", failure.what()}});
  }
}

void stop() { end(take({})); }

void flush() {
  const std::lock_guard lock(state().mutex);
  if (state().destination.logger) state().destination.logger->flush();
}

Settings settings() {
  const std::lock_guard lock(state().mutex);
  return state().settings;
}

void set(const Settings& settings) {
  const std::lock_guard lock(state().mutex);
  state().settings = settings;
  publish_threshold(settings);
}

void write(Level level, std::string_view component, std::string_view message, Fields fields, std::uint64_t suppressed) noexcept {
  try {
    write_line(level, component, message, fields, suppressed);
  } catch (...) {
    count_error();
  }
}

Counters counters() {
  Counters out;
  for (std::size_t i = 0; i < kLevels; ++i) out.lines[i] = state().lines[i].load(std::memory_order_relaxed);
  const std::lock_guard lock(state().mutex);
  out.errors = state().errors.load(std::memory_order_relaxed) + dropped(state().destination);
  return out;
}

}  // namespace signalbox::core::log
