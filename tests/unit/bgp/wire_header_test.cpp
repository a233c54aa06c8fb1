// Message framing, KEEPALIVE, NOTIFICATION. RFC 4271 sections 4.1, 4.4, 4.5, 6.1
#include <gtest/gtest.h>

#include "bgp/wire/header.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

const std::string kMarker(32, 'f');

Notification error_of(const std::string& hex) {
  const Bytes bytes = from_hex(hex);
  const auto message = first_message(bytes);
  EXPECT_FALSE(message.ok()) << hex;
  return message.ok() ? Notification{} : message.error();
}

TEST(BgpHeader, Keepalive) {
  const Bytes bytes = golden("keepalive");
  EXPECT_EQ(to_hex(encode_keepalive()), to_hex(bytes));
  const auto message = first_message(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->type, iana::MessageType::kKeepalive);
  EXPECT_EQ(message->size, 19u);
  EXPECT_TRUE(message->body.empty());
}

TEST(BgpHeader, NeedsTheWholeMessage) {
  const Bytes bytes = golden("notification");
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto message = first_message(ByteView(bytes).first(n));
    ASSERT_TRUE(message) << n;
    EXPECT_EQ(message->size, 0u) << n;
  }
  Bytes two = bytes;
  two.insert(two.end(), bytes.begin(), bytes.end());
  EXPECT_EQ(first_message(two)->size, bytes.size());
}

TEST(BgpHeader, ErrorsSayWhatToAnswer) {
  EXPECT_EQ(error_of("fffe"), Notification::of(iana::HeaderError::kNotSynchronized)) << "as soon as it is seen";
  EXPECT_EQ(error_of(kMarker + "001204"), Notification::of(iana::HeaderError::kBadLength, {0x00, 0x12}));
  EXPECT_EQ(error_of(kMarker + "100102"), Notification::of(iana::HeaderError::kBadLength, {0x10, 0x01})) << "above 4096";
  EXPECT_EQ(error_of(kMarker + "001404"), Notification::of(iana::HeaderError::kBadLength, {0x00, 0x14})) << "a KEEPALIVE is a header";
  EXPECT_EQ(error_of(kMarker + "001c01"), Notification::of(iana::HeaderError::kBadLength, {0x00, 0x1c})) << "OPEN";
  EXPECT_EQ(error_of(kMarker + "001602"), Notification::of(iana::HeaderError::kBadLength, {0x00, 0x16})) << "UPDATE";
  EXPECT_EQ(error_of(kMarker + "001403"), Notification::of(iana::HeaderError::kBadLength, {0x00, 0x14})) << "NOTIFICATION";
  EXPECT_EQ(error_of(kMarker + "001705"), Notification::of(iana::HeaderError::kBadType, {5})) << "ROUTE-REFRESH is not announced";
  EXPECT_EQ(error_of(kMarker + "001300"), Notification::of(iana::HeaderError::kBadType, {0}));
}

TEST(BgpHeader, TheLongestMessageIsTaken) {
  Bytes bytes;
  begin_message(bytes, iana::MessageType::kUpdate);
  bytes.resize(4096);
  finish_message(bytes);
  EXPECT_EQ(first_message(bytes)->size, 4096u);
}

TEST(BgpNotification, Golden) {
  const Notification n = Notification::of(iana::CeaseReason::kCollision, "collision");
  EXPECT_EQ(to_hex(encode(n)), to_hex(golden("notification")));
  const Bytes bytes = golden("notification");
  EXPECT_EQ(decode_notification(first_message(bytes)->body), n);
  EXPECT_EQ(decode_notification(from_hex("06")), std::nullopt);
}

TEST(BgpNotification, DataIsCutToFitAMessage) {
  const Notification n = Notification::of(iana::CeaseReason::kConnectionRejected, std::string(5000, 'x'));
  const Bytes bytes = encode(n);
  EXPECT_EQ(bytes.size(), 4096u);
  EXPECT_EQ(first_message(bytes)->size, 4096u);
}

TEST(BgpNotification, Texts) {
  EXPECT_EQ(to_string(Notification::hold_timer_expired()), "Hold Timer Expired");
  EXPECT_EQ(to_string(Notification::fsm_error()), "Finite State Machine Error:Unspecified");
  EXPECT_EQ(to_string(Notification::of(iana::CeaseReason::kPeerDeconfigured)), "Cease:Peer De-configured");
  EXPECT_EQ(to_string(Notification::of(iana::OpenError::kBadPeerAs)), "OPEN Message Error:Bad Peer AS");
  EXPECT_EQ(to_string(Notification{6, 99, {}}), "Cease:Subcode 99");
  EXPECT_EQ(to_string(Notification{9, 1, {}}), "Code 9:1");
}

}  // namespace
}  // namespace signalbox::bgp::test
