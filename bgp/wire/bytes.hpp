// Big-endian numbers out of and into byte strings, for the codecs of this folder.
//
// A reader that is asked for more than there is gives zeros and stays failed; a codec asks failed() once, at the end of a structure.
// Threads: plain values. Lifetime: a reader and what it gives view the caller's bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace signalbox::bgp {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u24() { return number(3); }
  std::uint32_t u32() { return number(4); }
  ByteView take(std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      bytes_ = {};
      return {};
    }
    const ByteView taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  ByteView rest() { return take(bytes_.size()); }
  // What is not read yet.
  ByteView left() const { return bytes_; }

  bool empty() const { return bytes_.empty(); }
  bool failed() const { return failed_; }

 private:
  std::uint32_t number(std::size_t size) {
    std::uint32_t n = 0;
    for (const std::uint8_t byte : take(size)) n = n << 8 | byte;
    return n;
  }

  ByteView bytes_;
  bool failed_ = false;
};

class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(unsigned n) { out_.push_back(static_cast<std::uint8_t>(n)); }
  void u16(unsigned n) {
    u8(n >> 8);
    u8(n);
  }
  void u24(std::uint32_t n) {
    u8(n >> 16);
    u16(n);
  }
  void u32(std::uint32_t n) {
    u16(n >> 16);
    u16(n);
  }
  void bytes(ByteView b) { out_.insert(out_.end(), b.begin(), b.end()); }

  // Keeps the place of a one-byte length; fill_u8() sets it to the number of bytes written since.
  std::size_t reserve_u8() {
    u8(0);
    return out_.size();
  }
  void fill_u8(std::size_t place) { out_[place - 1] = static_cast<std::uint8_t>(out_.size() - place); }

 private:
  Bytes& out_;
};

}  // namespace signalbox::bgp
