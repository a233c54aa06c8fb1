// Messages as bytes: from the files under tests/golden/bgp, or written in a test.
#pragma once

#include <fstream>
#include <string>
#include <string_view>

#include "bgp/wire/bytes.hpp"
#include "core/net.hpp"

namespace signalbox::bgp::test {

// Hexadecimal digits; blanks are passed over.
inline Bytes from_hex(std::string_view text) {
  Bytes bytes;
  int high = -1;
  for (const char c : text) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      bytes.push_back(static_cast<std::uint8_t>(high << 4 | digit));
      high = -1;
    }
  }
  return bytes;
}

inline std::string to_hex(ByteView bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

// "#" begins a comment. Empty when there is no such file.
inline Bytes golden(const std::string& name) {
  std::ifstream file("tests/golden/bgp/" + name + ".hex");
  std::string all, line;
  while (std::getline(file, line)) all += line.substr(0, line.find('#'));
  return from_hex(all);
}

inline std::uint32_t ipv4(const char* text) { return core::IpAddress::parse_v4(text)->v4(); }

}  // namespace signalbox::bgp::test
