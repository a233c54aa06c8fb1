// Digest: 128 bits that stand for the content of an object, to tell versions apart without keeping the old one.
//
// Not a cryptographic hash: whoever writes the database could make two versions collide and thereby hide his own change.
// Threads: plain values. Cost: about 1 ns per 8 bytes.
#pragma once

#include <cstdint>
#include <string_view>

namespace signalbox::configdb {

struct Digest {
  std::uint64_t first = 0;
  std::uint64_t second = 0;

  bool operator==(const Digest&) const = default;
};

class Digester {
 public:
  // Adds one text; the length counts, so ("ab", "c") and ("a", "bc") differ.
  void add(std::string_view text);
  void add(std::uint64_t number);
  Digest digest() const;

 private:
  std::uint64_t a_ = 0x243f6a8885a308d3ull;  // fractional digits of pi
  std::uint64_t b_ = 0x13198a2e03707344ull;
};

}  // namespace signalbox::configdb
