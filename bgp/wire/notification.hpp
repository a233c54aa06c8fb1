// NOTIFICATION: why a session ends. Also the error of every decoder here, since it says what to tell the peer.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  error code   | error subcode |   data (variable) ...
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+   (after the message header)
//
// Threads: plain values. Source: RFC 4271 sections 4.5, 6; spec/bgp.md 5, 21; spec/introspect.md 2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bgp/wire/bytes.hpp"
#include "bgp/wire/iana.hpp"
#include "core/result.hpp"

namespace signalbox::bgp {

struct Notification {
  std::uint8_t code = 0;  // iana::ErrorCode, or whatever a peer sent
  std::uint8_t subcode = 0;
  Bytes data;

  static Notification of(iana::HeaderError e, Bytes data = {}) {
    return make(iana::ErrorCode::kMessageHeader, static_cast<std::uint8_t>(e), std::move(data));
  }
  static Notification of(iana::OpenError e, Bytes data = {}) {
    return make(iana::ErrorCode::kOpen, static_cast<std::uint8_t>(e), std::move(data));
  }
  static Notification of(iana::UpdateError e, Bytes data = {}) {
    return make(iana::ErrorCode::kUpdate, static_cast<std::uint8_t>(e), std::move(data));
  }
  // `text` is for people and travels as the data.
  static Notification of(iana::CeaseReason reason, std::string_view text = {}) {
    return make(iana::ErrorCode::kCease, static_cast<std::uint8_t>(reason), Bytes(text.begin(), text.end()));
  }
  static Notification hold_timer_expired() { return make(iana::ErrorCode::kHoldTimer, 0, {}); }
  static Notification fsm_error() { return make(iana::ErrorCode::kFsm, 0, {}); }

  bool operator==(const Notification&) const = default;

 private:
  static Notification make(iana::ErrorCode code, std::uint8_t subcode, Bytes data) {
    return {static_cast<std::uint8_t>(code), subcode, std::move(data)};
  }
};

template <class T>
using Decoded = core::Result<T, Notification>;

// The whole message, header included. Data that does not fit is cut off.
Bytes encode(const Notification& notification);
// `body` is what follows the header; nothing when it is too short.
std::optional<Notification> decode_notification(ByteView body);

// "Cease:Peer De-configured", "Hold Timer Expired": as introspect shows an error.
std::string to_string(const Notification& notification);

}  // namespace signalbox::bgp
