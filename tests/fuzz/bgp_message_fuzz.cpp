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

// What is decoded can be written, and is read as the same.
void check_routes(const Update& update, const RouteField& field, bool withdraw, const AttributeTerms& terms) {
  Bytes attributes;
  if (!withdraw) {
    Bytes canonical;
    UpdateAttributes copy = update.attributes;
    copy.set.append_to(canonical);
    encode_attributes(attributes, signalbox::core::AttributeView(canonical), terms, nullptr);
  }
  Bytes out;
  UpdatePacker packer(out, 4096);
  if (withdraw) {
    packer.begin_unreach(field.family);
  } else {
    packer.begin_reach(field.family, attributes, field.next_hop);
  }
  Nlri nlri;
  for (ByteReader in(field.routes); !in.empty();) {
    const NlriResult result = next_nlri(in, field.family, withdraw, nlri);
    if (result == NlriResult::kBroken) break;
    if (result == NlriResult::kSkipped) continue;
    Bytes one;
    write_nlri(one, field.family, nlri, withdraw);
    Nlri again;
    ByteReader reader(one);
    require(next_nlri(reader, field.family, withdraw, again) == NlriResult::kRoute && reader.empty(), "a route is read as it is written");
    require(again.prefix == nlri.prefix && again.rd == nlri.rd && again.key == nlri.key, "and has the same key");
    packer.add(nlri);
  }
  packer.finish();
  for (ByteView rest = out; !rest.empty();) {
    const auto message = first_message(rest);
    require(message.ok() && message->size != 0, "UPDATEs that are packed are messages");
    Update again;
    Notification answer;
    FamilySet all;
    for (std::size_t i = 0; i < kAddressFamilies; ++i) all.add(static_cast<AddressFamily>(i));
    require(decode_update(message->body, terms, all, again, answer), "UPDATEs that are packed are decoded");
    require(withdraw || !again.attributes.discarded, "and nothing in them is amiss");
    rest = rest.subspan(message->size);
  }
}

void check_update(ByteView body) {
  FamilySet all;
  for (std::size_t i = 0; i < kAddressFamilies; ++i) all.add(static_cast<AddressFamily>(i));
  for (const unsigned bits : {0u, 1u, 2u, 3u, 4u, 7u}) {
    AttributeTerms terms;
    terms.four_octet_as = (bits & 1) != 0;
    terms.internal = (bits & 2) != 0;
    terms.strict = (bits & 4) != 0;
    Update update;
    Notification answer;
    if (!decode_update(body, terms, all, update, answer)) {
      check_error(answer);
      continue;
    }
    require(!update.end_of_rib || (!update.reaches() && !update.withdraws()), "End-of-RIB stands alone");
    if (update.withdrawn) check_routes(update, *update.withdrawn, true, terms);
    if (update.mp_withdrawn) check_routes(update, *update.mp_withdrawn, true, terms);
    if (update.mp_reachable) check_routes(update, *update.mp_reachable, false, terms);
    if (update.reachable) check_routes(update, *update.reachable, false, terms);
  }
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
      case iana::MessageType::kRouteRefresh: break;
    }
    stream = stream.subspan(message->size);
  }
}
