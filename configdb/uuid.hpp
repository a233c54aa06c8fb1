// Uuid of a database object: 128 bits, text form 8-4-4-4-12 hexadecimal digits (lower case when printed).
//
// Threads: plain value. Source: spec/config.md 2.4.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::configdb {

struct Uuid {
  static constexpr std::size_t kTextSize = 36;

  std::uint64_t high = 0;
  std::uint64_t low = 0;

  // The whole text must be one uuid; either case of digits is read.
  static std::optional<Uuid> parse(std::string_view text);
  std::string to_string() const;

  auto operator<=>(const Uuid&) const = default;
};

}  // namespace signalbox::configdb

template <>
struct std::hash<signalbox::configdb::Uuid> {
  // Version 4 and 5 uuids are uniform already; hand-numbered ones differ in the low half.
  std::size_t operator()(const signalbox::configdb::Uuid& id) const noexcept {
    return static_cast<std::size_t>((id.high ^ id.low) * 0x9e3779b97f4a7c15ull ^ (id.low >> 29));
  }
};
