// The header that all messages share, and where in a stream of bytes the messages end. KEEPALIVE is a header and nothing else.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                                                               |
//   +                     marker, 16 bytes of 0xff                  +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   length, header included     |     type      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Threads: plain functions. Source: RFC 4271 sections 4.1, 4.4, 6.1; spec/bgp.md 5.
#pragma once

#include <cstddef>

#include "bgp/wire/bytes.hpp"
#include "bgp/wire/iana.hpp"
#include "bgp/wire/notification.hpp"

namespace signalbox::bgp {

struct Message {
  iana::MessageType type = iana::MessageType::kKeepalive;
  ByteView body;         // without the header; views the stream's bytes
  std::size_t size = 0;  // in the stream, header included; 0: more bytes are needed
};

// Looks at the first message of the stream. A header that is wrong is told as soon as its bytes are there, whatever follows.
Decoded<Message> first_message(ByteView stream);

// Appends a header; finish_message() sets its length when the body is written.
void begin_message(Bytes& out, iana::MessageType type);
// `begin`: where in `out` the message's header is.
void finish_message(Bytes& out, std::size_t begin = 0);

Bytes encode_keepalive();

}  // namespace signalbox::bgp
