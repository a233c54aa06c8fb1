#include "control/http/time_text.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace signalbox::control {
namespace {

constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  int year;
  unsigned month, day, hour, minute, second, micro;
};

Parts split(Microseconds time) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::microseconds> at{std::chrono::microseconds{time}};
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto rest = static_cast<std::uint64_t>((at - day).count());
  const auto seconds = rest / 1'000'000;
  return {static_cast<int>(date.year()),          static_cast<unsigned>(date.month()),      static_cast<unsigned>(date.day()),
          static_cast<unsigned>(seconds / 3600),  static_cast<unsigned>(seconds / 60 % 60), static_cast<unsigned>(seconds % 60),
          static_cast<unsigned>(rest % 1'000'000)};
}

std::string fraction(unsigned micro) {
  if (micro == 0) return {};
  char text[16];
  std::snprintf(text, sizeof text, ".%06u", micro);
  return text;
}

}  // namespace

std::string time_text_or_epoch(Microseconds time) {
  const Parts p = split(time);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%s-%02u %02u:%02u:%02u", p.year, kMonths[p.month - 1], p.day, p.hour, p.minute, p.second);
  return text + fraction(p.micro);
}

std::string time_text(Microseconds time) { return time == 0 ? std::string() : time_text_or_epoch(time); }

std::string duration_text(Microseconds duration) {
  const auto micro = static_cast<std::uint64_t>(duration < 0 ? 0 : duration);
  const auto seconds = micro / 1'000'000;
  char text[64];
  std::snprintf(text, sizeof text, "%02llu:%02llu:%02llu", static_cast<unsigned long long>(seconds / 3600),
                static_cast<unsigned long long>(seconds / 60 % 60), static_cast<unsigned long long>(seconds % 60));
  return text + fraction(static_cast<unsigned>(micro % 1'000'000));
}

std::string iso_time_text(Microseconds time) {
  if (time == 0) return {};
  const Parts p = split(time);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02u:%02u:%02u.%06uZ", p.year, p.month, p.day, p.hour, p.minute, p.second, p.micro);
  return text;
}

Microseconds wall_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

}  // namespace signalbox::control
