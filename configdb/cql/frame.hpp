// A frame of the CQL native protocol: the header before every message, either way.
//
//    0         8        16        24        32         40
//   +---------+---------+---------+---------+---------+
//   | version |  flags  |      stream       | opcode  |      version: 0x03, 0x04 in requests, 0x83, 0x84 in responses
//   +---------+---------+---------+---------+---------+      stream: which request a response answers; -1: an event
//   |                length                 |
//   +---------+---------+---------+---------+                length: of the body that follows
//
// Threads: plain values. Source: native_protocol_v4.spec section 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "configdb/cql/protocol.hpp"

namespace signalbox::configdb::cql {

struct FrameHeader {
  static constexpr std::size_t kSize = 9;

  std::uint8_t version = kNewestVersion;  // without the response bit
  bool response = false;
  std::uint8_t flags = 0;
  std::int16_t stream = 0;
  Opcode opcode = Opcode::kError;
  std::uint32_t length = 0;

  bool operator==(const FrameHeader&) const = default;
};

// Of the first kSize bytes; nullopt when there are fewer. Any opcode and version is given as it is.
std::optional<FrameHeader> decode_header(std::string_view bytes);
void encode_header(const FrameHeader& header, std::string& out);

// What a response's body may begin with, as its flags say: a tracing id, warnings, a custom payload.
//   [tracing id: 16 bytes]  [warnings: [short] n, n [string]]  [payload: [short] n, n x ([string], [bytes])]
struct Preamble {
  std::size_t size = 0;      // of all of them
  std::string_view warning;  // the first one
};
// nullopt when the bytes do not hold all of it.
std::optional<Preamble> decode_preamble(std::uint8_t flags, std::string_view body);

}  // namespace signalbox::configdb::cql
