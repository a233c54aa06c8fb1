// The notations of which CQL messages are made: numbers in network order, strings and byte strings behind their lengths.
//
// A reader that is asked for more than there is gives zeros and empty views and stays failed; a codec asks failed() once, at the end of a
// structure. Names are those of the specification: [short], [int], [string], [long string], [bytes], [short bytes].
// Threads: plain values. Lifetime: a reader and what it gives view the caller's bytes. Source: native_protocol_v4.spec section 3.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace signalbox::configdb::cql {

inline std::uint32_t read_u32(const char* at) {
  std::uint32_t n = 0;
  std::memcpy(&n, at, sizeof n);
  return std::endian::native == std::endian::little ? __builtin_bswap32(n) : n;
}

inline std::uint64_t read_u64(const char* at) {
  std::uint64_t n = 0;
  std::memcpy(&n, at, sizeof n);
  return std::endian::native == std::endian::little ? __builtin_bswap64(n) : n;
}

// A cell or a bound value: nullopt is null.
using Value = std::optional<std::string_view>;

class NotationReader {
 public:
  explicit NotationReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint8_t byte() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t int16() { return static_cast<std::uint16_t>(number(2)); }
  std::int32_t int32() { return static_cast<std::int32_t>(number(4)); }
  std::string_view string() { return take(int16()); }
  std::string_view short_bytes() { return take(int16()); }
  std::string_view long_string() {
    const std::int32_t size = int32();
    return size < 0 ? fail() : take(static_cast<std::size_t>(size));
  }
  // A negative length is null.
  Value bytes() {
    const std::int32_t size = int32();
    if (size < 0) return std::nullopt;
    return take(static_cast<std::size_t>(size));
  }

  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) return fail();
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view rest() const { return bytes_; }
  bool failed() const { return failed_; }

 private:
  std::string_view fail() {
    failed_ = true;
    bytes_ = {};
    return {};
  }
  std::uint32_t number(std::size_t size) {
    std::uint32_t n = 0;
    for (const char c : take(size)) n = n << 8 | static_cast<std::uint8_t>(c);
    return n;
  }

  std::string_view bytes_;
  bool failed_ = false;
};

class NotationWriter {
 public:
  explicit NotationWriter(std::string& out) : out_(out) {}

  void byte(unsigned n) { out_.push_back(static_cast<char>(n)); }
  void int16(unsigned n) {
    byte(n >> 8);
    byte(n);
  }
  void int32(std::int32_t signed_n) {
    const auto n = static_cast<std::uint32_t>(signed_n);
    int16(n >> 16);
    int16(n);
  }
  void int64(std::int64_t signed_n) {
    const auto n = static_cast<std::uint64_t>(signed_n);
    int32(static_cast<std::int32_t>(n >> 32));
    int32(static_cast<std::int32_t>(n));
  }
  // Precondition: fewer than 65536 bytes.
  void string(std::string_view text) {
    int16(static_cast<unsigned>(text.size()));
    out_.append(text);
  }
  void long_string(std::string_view text) {
    int32(static_cast<std::int32_t>(text.size()));
    out_.append(text);
  }
  void bytes(const Value& value) {
    if (value) return long_string(*value);
    int32(-1);
  }

 private:
  std::string& out_;
};

// A bigint as it is bound to a statement.
inline std::string bigint_value(std::int64_t n) {
  std::string out;
  NotationWriter(out).int64(n);
  return out;
}

}  // namespace signalbox::configdb::cql
