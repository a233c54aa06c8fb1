#include "configdb/uuid.hpp"

#include <array>

namespace signalbox::configdb {
namespace {

constexpr std::uint8_t kNotHex = 16;

// Value of each character as a hexadecimal digit: a million uuids are read at start.
constexpr std::array<std::uint8_t, 256> kDigits = [] {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNotHex);
  for (std::uint8_t i = 0; i < 10; ++i) digits[static_cast<std::size_t>('0' + i)] = i;
  for (std::uint8_t i = 10; i < 16; ++i) {
    digits[static_cast<std::size_t>('a' + i - 10)] = i;
    digits[static_cast<std::size_t>('A' + i - 10)] = i;
  }
  return digits;
}();

bool dash_at(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  std::uint64_t half[2] = {0, 0};
  unsigned wrong = 0;
  unsigned digits = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (dash_at(i)) {
      wrong |= text[i] != '-';
      continue;
    }
    const unsigned digit = kDigits[static_cast<unsigned char>(text[i])];
    wrong |= digit & kNotHex;
    std::uint64_t& h = half[digits++ / 16];
    h = h << 4 | digit;
  }
  if (wrong != 0) return std::nullopt;
  return Uuid{half[0], half[1]};
}

std::string Uuid::to_string() const {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text(kTextSize, '-');
  unsigned digits = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (dash_at(i)) continue;
    const std::uint64_t half = digits < 16 ? high : low;
    text[i] = kHex[half >> (60 - 4 * (digits % 16)) & 15];
    ++digits;
  }
  return text;
}

}  // namespace signalbox::configdb
