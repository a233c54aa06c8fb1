#include "bgp/wire/header.hpp"

#include <algorithm>

namespace signalbox::bgp {
namespace {

// What a message of the type has at least, header included. 0: no such type.
std::size_t least_size(std::uint8_t type) {
  switch (static_cast<iana::MessageType>(type)) {
    case iana::MessageType::kOpen: return 29;
    case iana::MessageType::kUpdate: return 23;
    case iana::MessageType::kNotification: return 21;
    case iana::MessageType::kKeepalive: return iana::kHeaderSize;
    case iana::MessageType::kRouteRefresh: return 0;
  }
  return 0;
}

bool size_fits(std::uint8_t type, std::size_t size) {
  if (type == static_cast<std::uint8_t>(iana::MessageType::kKeepalive)) return size == iana::kHeaderSize;
  return size >= least_size(type);
}

Notification bad_length(ByteView header) {
  return Notification::of(iana::HeaderError::kBadLength, {header[iana::kMarkerSize], header[iana::kMarkerSize + 1]});
}

}  // namespace

Decoded<Message> first_message(ByteView stream) {
  const ByteView marker = stream.first(std::min(stream.size(), iana::kMarkerSize));
  if (!std::all_of(marker.begin(), marker.end(), [](std::uint8_t byte) { return byte == 0xff; })) {
    return Notification::of(iana::HeaderError::kNotSynchronized);
  }
  if (stream.size() < iana::kHeaderSize) return Message{};
  ByteReader in(stream.subspan(iana::kMarkerSize));
  const std::size_t size = in.u16();
  const std::uint8_t type = in.u8();
  if (size < iana::kHeaderSize || size > iana::kMaxMessageSize) return bad_length(stream);
  if (least_size(type) == 0) return Notification::of(iana::HeaderError::kBadType, {type});
  if (!size_fits(type, size)) return bad_length(stream);
  if (stream.size() < size) return Message{};
  return Message{static_cast<iana::MessageType>(type), stream.subspan(iana::kHeaderSize, size - iana::kHeaderSize), size};
}

void begin_message(Bytes& out, iana::MessageType type) {
  out.insert(out.end(), iana::kMarkerSize, 0xff);
  ByteWriter write(out);
  write.u16(0);
  write.u8(static_cast<unsigned>(type));
}

void finish_message(Bytes& out, std::size_t begin) {
  const std::size_t size = out.size() - begin;
  out[begin + iana::kMarkerSize] = static_cast<std::uint8_t>(size >> 8);
  out[begin + iana::kMarkerSize + 1] = static_cast<std::uint8_t>(size);
}

Bytes encode_keepalive() {
  Bytes out;
  begin_message(out, iana::MessageType::kKeepalive);
  finish_message(out);
  return out;
}

}  // namespace signalbox::bgp
