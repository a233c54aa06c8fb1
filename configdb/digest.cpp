#include "configdb/digest.hpp"

#include <cstring>

namespace signalbox::configdb {
namespace {

__extension__ using Wide = unsigned __int128;

// Multiplies to 128 bits and folds both halves together.
std::uint64_t fold(std::uint64_t x, std::uint64_t y) {
  const Wide product = static_cast<Wide>(x) * y;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

constexpr std::uint64_t kFirst = 0xa4093822299f31d1ull;
constexpr std::uint64_t kSecond = 0x082efa98ec4e6c89ull;

}  // namespace

void Digester::add(std::uint64_t number) {
  a_ = fold(a_ ^ number, kFirst) + b_;
  b_ = fold(b_ + number, kSecond) ^ (a_ << 1);
}

void Digester::add(std::string_view text) {
  add(static_cast<std::uint64_t>(text.size()));
  while (text.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), 8);
    add(word);
    text.remove_prefix(8);
  }
  if (text.empty()) return;
  std::uint64_t word = 0;
  std::memcpy(&word, text.data(), text.size());
  add(word);
}

Digest Digester::digest() const { return {fold(a_, kSecond) ^ b_, fold(b_, kFirst) + a_}; }

}  // namespace signalbox::configdb
