#include "bgp/wire/update.hpp"

#include "bgp/wire/header.hpp"

namespace signalbox::bgp {
namespace {

constexpr std::size_t kFamilySize = 3;  // AFI and SAFI

struct Attribute {
  std::uint8_t flags = 0;
  std::uint8_t type = 0;
  ByteView value;
};

std::optional<Attribute> next_attribute(ByteReader& in) {
  if (in.empty()) return std::nullopt;
  Attribute a;
  a.flags = in.u8();
  a.type = in.u8();
  a.value = in.take((a.flags & iana::kExtendedLength) != 0 ? in.u16() : in.u8());
  if (in.failed()) return std::nullopt;
  return a;
}

}  // namespace

Decoded<UpdateFrame> decode_update_frame(ByteView body) {
  ByteReader in(body);
  UpdateFrame frame;
  frame.withdrawn = in.take(in.u16());
  frame.attributes = in.take(in.u16());
  frame.reachable = in.rest();
  if (in.failed()) return Notification::of(iana::UpdateError::kMalformedAttributeList);
  return frame;
}

UpdateContent content_of(const UpdateFrame& frame) {
  UpdateContent content;
  content.reach = !frame.reachable.empty();
  content.unreach = !frame.withdrawn.empty();
  if (!content.reach && !content.unreach && frame.attributes.empty()) {
    content.end_of_rib = numbers_of(AddressFamily::kInet);
    return content;
  }
  ByteReader in(frame.attributes);
  unsigned count = 0;
  std::optional<FamilyNumbers> emptied;
  while (const auto attribute = next_attribute(in)) {
    ++count;
    if (attribute->type == static_cast<std::uint8_t>(iana::AttributeType::kMpReachNlri)) content.reach = true;
    if (attribute->type != static_cast<std::uint8_t>(iana::AttributeType::kMpUnreachNlri)) continue;
    if (attribute->value.size() == kFamilySize) {
      ByteReader value(attribute->value);
      emptied.emplace();
      emptied->afi = value.u16();
      emptied->safi = value.u8();
    } else {
      content.unreach = true;
    }
  }
  if (count == 1 && emptied && !content.reach && !content.unreach && !in.failed()) content.end_of_rib = emptied;
  return content;
}

Bytes encode_end_of_rib(FamilyNumbers family) {
  Bytes out;
  begin_message(out, iana::MessageType::kUpdate);
  ByteWriter write(out);
  write.u16(0);
  write.u16(4 + kFamilySize);
  write.u8(iana::kOptional | iana::kExtendedLength);
  write.u8(static_cast<unsigned>(iana::AttributeType::kMpUnreachNlri));
  write.u16(kFamilySize);
  write.u16(family.afi);
  write.u8(family.safi);
  finish_message(out);
  return out;
}

}  // namespace signalbox::bgp
