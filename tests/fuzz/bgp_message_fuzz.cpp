// BGP messages from any bytes: the decoders neither crash nor lose their bounds, and what they read is written and read as the same.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "bgp/wire/header.hpp"
#include "bgp/wire/open.hpp"
#include "bgp/wire/update.hpp"

namespace {

using namespace signalbox::bgp;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check_error(const Notification& n) {
  require(n.code >= 1 && n.code <= 3, "an error says what to answer");
  require(first_message(encode(n)).ok(), "the answer is a message");
  require(!to_string(n).empty(), "the answer has a text");
}

void check_open(ByteView body) {
  const auto open = decode_open(body);
  if (!open) return check_error(open.error());
  // What takes more room in one parameter than the peer used in several is not written.
  const Bytes bytes = encode(*open);
  if (bytes.size() > signalbox::bgp::iana::kHeaderSize + 10 + 255) return;
  const auto message = first_message(bytes);
  require(message.ok() && message->size == bytes.size(), "an OPEN is one message");
  const auto again = decode_open(message->body);
  require(again.ok() && *again == *open, "an OPEN is read as it is written");
}

void check_update(ByteView body) {
  const auto frame = decode_update_frame(body);
  if (!frame) return check_error(frame.error());
  require(frame->withdrawn.size() + frame->attributes.size() + frame->reachable.size() + 4 == body.size(), "an UPDATE has three parts");
  const UpdateContent content = content_of(*frame);
  require(!content.end_of_rib || (!content.reach && !content.unreach), "End-of-RIB stands alone");
}

void check_notification(ByteView body) {
  const auto n = decode_notification(body);
  require(n.has_value() == (body.size() >= 2), "a NOTIFICATION has a code and a subcode");
  if (!n) return;
  const Bytes bytes = encode(*n);
  require(decode_notification(first_message(bytes)->body) == n, "a NOTIFICATION is read as it is written");
  require(!to_string(*n).empty(), "a NOTIFICATION has a text");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView stream(data, size);
  while (true) {
    const auto message = first_message(stream);
    if (!message) {
      check_error(message.error());
      return 0;
    }
    if (message->size == 0) return 0;
    require(message->size <= stream.size() && message->size == message->body.size() + 19, "a message lies in its stream");
    switch (message->type) {
      case iana::MessageType::kOpen: check_open(message->body); break;
      case iana::MessageType::kUpdate: check_update(message->body); break;
      case iana::MessageType::kNotification: check_notification(message->body); break;
      case iana::MessageType::kKeepalive: require(message->body.empty(), "a KEEPALIVE is a header"); break;
    }
    stream = stream.subspan(message->size);
  }
}
