#include "bgp/wire/notification.hpp"

#include <algorithm>
#include <span>

#include "bgp/wire/header.hpp"

namespace signalbox::bgp {
namespace {

struct Text {
  std::uint8_t code;
  std::uint8_t subcode;
  std::string_view text;
};

// RFC 4271 section 4.5, RFC 4486, RFC 5492; the incumbent's spelling
constexpr Text kSubcodes[] = {
    {1, 1, "Connection Not Synchronized"},
    {1, 2, "Bad Message Length"},
    {1, 3, "Bad Message Type"},
    {2, 1, "Unsupported Version Number"},
    {2, 2, "Bad Peer AS"},
    {2, 3, "Bad BGP Identifier"},
    {2, 4, "Unsupported Optional Parameter"},
    {2, 5, "Authentication Failure"},
    {2, 6, "Unacceptable Hold Time"},
    {2, 7, "Unsupported Capability"},
    {3, 1, "Malformed Attribute List"},
    {3, 2, "Unrecognized Well-known Attribute"},
    {3, 3, "Missing Well-known Attribute"},
    {3, 4, "Attribute Flags Error"},
    {3, 5, "Attribute Length Error"},
    {3, 6, "Invalid ORIGIN Attribute"},
    {3, 8, "Invalid NEXT_HOP Attribute"},
    {3, 9, "Optional Attribute Error"},
    {3, 10, "Invalid Network Field"},
    {3, 11, "Malformed AS_PATH"},
    {6, 1, "Maximum Number of Prefixes Reached"},
    {6, 2, "Administrative Shutdown"},
    {6, 3, "Peer De-configured"},
    {6, 4, "Administrative Reset"},
    {6, 5, "Connection Rejected"},
    {6, 6, "Other Configuration Change"},
    {6, 7, "Connection Collision Resolution"},
    {6, 8, "Out of Resources"},
    {6, 9, "Hard Reset"},
};

std::string_view code_text(std::uint8_t code) {
  switch (static_cast<iana::ErrorCode>(code)) {
    case iana::ErrorCode::kMessageHeader: return "Message Header Error";
    case iana::ErrorCode::kOpen: return "OPEN Message Error";
    case iana::ErrorCode::kUpdate: return "UPDATE Message Error";
    case iana::ErrorCode::kHoldTimer: return "Hold Timer Expired";
    case iana::ErrorCode::kFsm: return "Finite State Machine Error";
    case iana::ErrorCode::kCease: return "Cease";
  }
  return {};
}

}  // namespace

Bytes encode(const Notification& notification) {
  constexpr std::size_t kMostData = iana::kMaxMessageSize - iana::kHeaderSize - 2;
  Bytes out;
  begin_message(out, iana::MessageType::kNotification);
  ByteWriter write(out);
  write.u8(notification.code);
  write.u8(notification.subcode);
  write.bytes(ByteView(notification.data).first(std::min(notification.data.size(), kMostData)));
  finish_message(out);
  return out;
}

std::optional<Notification> decode_notification(ByteView body) {
  ByteReader in(body);
  Notification notification;
  notification.code = in.u8();
  notification.subcode = in.u8();
  const ByteView data = in.rest();
  notification.data.assign(data.begin(), data.end());
  if (in.failed()) return std::nullopt;
  return notification;
}

std::string to_string(const Notification& notification) {
  const std::string_view code = code_text(notification.code);
  if (code.empty()) return "Code " + std::to_string(notification.code) + ":" + std::to_string(notification.subcode);
  std::string text(code);
  if (notification.code == static_cast<std::uint8_t>(iana::ErrorCode::kHoldTimer)) return text;
  const auto* const row = std::find_if(std::begin(kSubcodes), std::end(kSubcodes),
                                       [&](const Text& t) { return t.code == notification.code && t.subcode == notification.subcode; });
  if (row != std::end(kSubcodes)) return text.append(":").append(row->text);
  return text + ":" + (notification.subcode == 0 ? std::string("Unspecified") : "Subcode " + std::to_string(notification.subcode));
}

}  // namespace signalbox::bgp
