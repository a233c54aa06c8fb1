#include "configdb/cql/frame.hpp"

#include "configdb/cql/notation.hpp"

namespace signalbox::configdb::cql {

std::optional<FrameHeader> decode_header(std::string_view bytes) {
  if (bytes.size() < FrameHeader::kSize) return std::nullopt;
  NotationReader in(bytes);
  FrameHeader header;
  const std::uint8_t version = in.byte();
  header.version = version & ~kResponseBit;
  header.response = (version & kResponseBit) != 0;
  header.flags = in.byte();
  header.stream = static_cast<std::int16_t>(in.int16());
  header.opcode = static_cast<Opcode>(in.byte());
  header.length = static_cast<std::uint32_t>(in.int32());
  return header;
}

void encode_header(const FrameHeader& header, std::string& out) {
  NotationWriter w(out);
  w.byte(header.version | (header.response ? kResponseBit : 0));
  w.byte(header.flags);
  w.int16(static_cast<std::uint16_t>(header.stream));
  w.byte(static_cast<unsigned>(header.opcode));
  w.int32(static_cast<std::int32_t>(header.length));
}

std::optional<Preamble> decode_preamble(std::uint8_t flags, std::string_view body) {
  NotationReader in(body);
  Preamble preamble;
  if ((flags & frame_flag::kTracing) != 0) in.take(16);
  if ((flags & frame_flag::kWarning) != 0) {
    const unsigned count = in.int16();
    for (unsigned i = 0; i < count && !in.failed(); ++i) {
      const std::string_view warning = in.string();
      if (i == 0) preamble.warning = warning;
    }
  }
  if ((flags & frame_flag::kCustomPayload) != 0) {
    const unsigned count = in.int16();
    for (unsigned i = 0; i < count && !in.failed(); ++i) {
      in.string();
      in.bytes();
    }
  }
  if (in.failed()) return std::nullopt;
  preamble.size = body.size() - in.rest().size();
  return preamble;
}

}  // namespace signalbox::configdb::cql
