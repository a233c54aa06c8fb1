// Bytes of CQL written as hexadecimal digits and texts.
#pragma once

#include <string>
#include <string_view>

namespace signalbox::configdb::cql::test {

// Hexadecimal digits, blanks are passed over; 'text' stands for its bytes.
inline std::string bytes_of(std::string_view text) {
  std::string out;
  int high = -1;
  bool quoted = false;
  for (const char c : text) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (quoted) {
      out += c;
    } else if (const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; digit >= 0) {
      if (high >= 0) out += static_cast<char>(high << 4 | digit);
      high = high < 0 ? digit : -1;
    }
  }
  return out;
}

inline std::string to_hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[c & 15];
  }
  return text;
}

}  // namespace signalbox::configdb::cql::test
