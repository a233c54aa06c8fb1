// Framing of UPDATE, End-of-RIB, address families. RFC 4271 section 4.3, RFC 4724 section 2; spec/bgp.md 6
#include <gtest/gtest.h>

#include "bgp/wire/header.hpp"
#include "bgp/wire/update.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

UpdateContent content(const std::string& hex) {
  const Bytes body = from_hex(hex);
  const auto frame = decode_update_frame(body);
  EXPECT_TRUE(frame) << hex;
  return frame ? content_of(*frame) : UpdateContent{};
}

TEST(BgpUpdate, EndOfRibGolden) {
  const FamilyNumbers evpn = numbers_of(AddressFamily::kEvpn);
  const Bytes bytes = golden("end_of_rib");
  EXPECT_EQ(to_hex(encode_end_of_rib(evpn)), to_hex(bytes));
  const auto frame = decode_update_frame(first_message(bytes)->body);
  ASSERT_TRUE(frame);
  const UpdateContent seen = content_of(*frame);
  EXPECT_EQ(seen.end_of_rib, evpn);
  EXPECT_FALSE(seen.reach);
  EXPECT_FALSE(seen.unreach);
}

TEST(BgpUpdate, Parts) {
  const Bytes body = from_hex("0004 180a0000 0004 40010100 180a0102");
  const auto frame = decode_update_frame(body);
  ASSERT_TRUE(frame);
  EXPECT_EQ(to_hex(frame->withdrawn), "180a0000");
  EXPECT_EQ(to_hex(frame->attributes), "40010100");
  EXPECT_EQ(to_hex(frame->reachable), "180a0102");
}

TEST(BgpUpdate, LengthsThatDoNotFit) {
  for (const char* hex : {"", "00", "0000", "000000", "0001 0000", "0000 0001", "0000 ffff 40010100", "ffff 0000"}) {
    const Bytes body = from_hex(hex);
    const auto frame = decode_update_frame(body);
    ASSERT_FALSE(frame) << hex;
    EXPECT_EQ(frame.error(), Notification::of(iana::UpdateError::kMalformedAttributeList)) << hex;
  }
}

TEST(BgpUpdate, Content) {
  EXPECT_EQ(content("0000 0000").end_of_rib, numbers_of(AddressFamily::kInet)) << "the old form";
  EXPECT_TRUE(content("0000 0004 40010100 180a0102").reach);
  EXPECT_TRUE(content("0004 180a0000 0000").unreach);
  EXPECT_TRUE(content("0000 0008 800e05 00010180 00").reach) << "MP_REACH_NLRI";
  const UpdateContent gone = content("0000 0007 800f04 00018400");
  EXPECT_TRUE(gone.unreach);
  EXPECT_EQ(gone.end_of_rib, std::nullopt);
  EXPECT_EQ(content("0000 0006 800f03 000184").end_of_rib, numbers_of(AddressFamily::kRouteTarget)) << "without extended length";
  EXPECT_EQ(content("0000 000a 40010100 800f03 000184").end_of_rib, std::nullopt) << "with another attribute";
  const UpdateContent broken = content("0000 0009 800f03 000184 800eff");
  EXPECT_EQ(broken.end_of_rib, std::nullopt) << "an attribute beyond the end";
  EXPECT_FALSE(broken.reach);
}

TEST(BgpAddressFamily, NamesAndNumbers) {
  FamilySet all;
  for (std::size_t i = 0; i < kAddressFamilies; ++i) {
    const auto family = static_cast<AddressFamily>(i);
    EXPECT_EQ(parse_address_family(name_of(family)), family);
    EXPECT_EQ(family_of(numbers_of(family)), family);
    EXPECT_FALSE(all.has(family));
    all.add(family);
    EXPECT_TRUE(all.has(family));
  }
  EXPECT_EQ(numbers_of(AddressFamily::kErmVpn), (FamilyNumbers{1, 243}));
  EXPECT_EQ(family_of({1, 2}), std::nullopt);
  EXPECT_EQ(parse_address_family("inet-"), std::nullopt);
}

}  // namespace
}  // namespace signalbox::bgp::test
