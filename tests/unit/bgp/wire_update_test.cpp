// Framing of UPDATE, End-of-RIB, address families. RFC 4271 section 4.3, RFC 4724 section 2; spec/bgp.md 6
#include <gtest/gtest.h>

#include "bgp/wire/header.hpp"
#include "bgp/wire/update.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

FamilySet all_families() {
  FamilySet all;
  for (std::size_t i = 0; i < kAddressFamilies; ++i) all.add(static_cast<AddressFamily>(i));
  return all;
}

struct Seen {
  bool good = false;
  Update update;
  Notification answer;
  Bytes body;
};

Seen decode(const std::string& hex, AttributeTerms terms = {}, FamilySet families = all_families()) {
  Seen seen;
  seen.body = from_hex(hex);
  seen.good = decode_update(seen.body, terms, families, seen.update, seen.answer);
  return seen;
}

// An UPDATE's body around attributes.
std::string with(const std::string& attributes, const std::string& routes = {}) {
  const std::size_t size = from_hex(attributes).size();
  const Bytes length{static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
  return "0000" + to_hex(length) + attributes + routes;
}

const std::string kBase = "400101 00 400200 400504 00000064 400304 7f000001";
const std::string kRoute = "18 0a0102";

std::string decoded_again(const std::string& attributes, AttributeTerms from, AttributeTerms to) {
  Seen seen = decode(with(attributes, kRoute), from);
  EXPECT_TRUE(seen.good) << attributes;
  Bytes canonical, out;
  seen.update.attributes.set.append_to(canonical);
  encode_attributes(out, core::AttributeView(canonical), to, nullptr);
  return to_hex(out);
}

TEST(BgpUpdate, EndOfRibGolden) {
  const FamilyNumbers evpn = numbers_of(AddressFamily::kEvpn);
  const Bytes bytes = golden("end_of_rib");
  EXPECT_EQ(to_hex(encode_end_of_rib(evpn)), to_hex(bytes));
  const Seen seen = decode(to_hex(first_message(bytes)->body));
  EXPECT_EQ(seen.update.end_of_rib, evpn);
  EXPECT_FALSE(seen.update.reaches());
  EXPECT_FALSE(seen.update.withdraws());
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
  EXPECT_EQ(decode("0000 0000").update.end_of_rib, numbers_of(AddressFamily::kInet)) << "the old form";
  EXPECT_TRUE(decode(with(kBase, kRoute)).update.reaches());
  EXPECT_TRUE(decode("0004 180a0000 0000").update.withdraws());
  const Seen gone = decode("0000 0007 800f04 00018400");
  EXPECT_TRUE(gone.update.withdraws());
  EXPECT_EQ(gone.update.end_of_rib, std::nullopt);
  EXPECT_EQ(decode("0000 0006 800f03 000184").update.end_of_rib, numbers_of(AddressFamily::kRouteTarget)) << "without extended length";
  EXPECT_EQ(decode("0000 000a 40010100 800f03 000184").update.end_of_rib, std::nullopt) << "with another attribute";
  EXPECT_FALSE(decode(with("400101 00 400200 400504 00000064 800e 04 00018005"), {}).good) << "a next hop beyond the end";
  FamilySet inet;
  inet.add(AddressFamily::kInet);
  const Seen other = decode(with("400101 00 400200 400504 00000064 800e 13 000180 0c 0000000000000000 7f000001 00 5800"), {}, inet);
  EXPECT_TRUE(other.good);
  EXPECT_FALSE(other.update.reaches()) << "a family that was not negotiated";
}

// Attributes come out as they went in, in the order in which they are sent.
TEST(BgpUpdate, AttributesGolden) {
  AttributeTerms two, four;
  four.four_octet_as = true;
  const std::string all =
      "400101 01"
      "800404 00000007"
      "400504 000000c8"
      "400600"
      "c00706 fde8 0a000001"
      "800904 0a000002"
      "800a08 0a0000030a000004"
      "400206 0202 fde9 fdea"
      "c0f10e 04 0a000001 08 00000010 00000020"
      "c00804 fc000009"
      "c0200c 0000fde8 00000002 00000003"
      "c01008 0002fc0000000005"
      "c0f308 8071fc0000000005"
      "c01609 80 06 000101 0a000001"
      "e06303 010203";
  EXPECT_EQ(decoded_again(kBase.substr(0, 0) + all + "400304 7f000001", two, two), to_hex(from_hex(all)));
  // Numbers of four octets, to a session with two and back.
  const std::string wide =
      "400101 00"
      "400504 00000064"
      "40020a 0202 0001117d 0000fde9";
  const std::string narrow =
      "400101 00"
      "400504 00000064"
      "400206 0202 5ba0 fde9"
      "c0110a 0202 0001117d 0000fde9";
  EXPECT_EQ(decoded_again(wide + "400304 7f000001", four, two), to_hex(from_hex(narrow)));
  EXPECT_EQ(decoded_again(narrow + "400304 7f000001", two, four), to_hex(from_hex(wide)));
}

// Tags that fit are extended communities on the wire and large ones inside; the empty attribute goes with them.
TEST(BgpUpdate, Tags) {
  const std::string wire = "400101 00 400504 00000064 400200 c02000 c01008 8084fc0000010005";
  Seen seen = decode(with(wire + "400304 7f000001", kRoute));
  Bytes canonical;
  seen.update.attributes.set.append_to(canonical);
  const core::AttributeView view(canonical);
  ASSERT_EQ(view.large_communities(), 1u);
  EXPECT_EQ(to_hex(view.large_community(0).bytes),
            "0000fc00"
            "0100000100000005");
  EXPECT_EQ(decoded_again(wire + "400304 7f000001", {}, {}), to_hex(from_hex(wire)));
}

struct Fault {
  const char* what;
  std::string attributes;
  std::uint8_t strict_subcode;
  bool withdraw;  // else: only the attribute is passed over
};

TEST(BgpUpdate, FaultsCostRoutesOrAttributes) {
  const std::vector<Fault> faults{
      {"ORIGIN too high", "400101 03 400200 400504 00000064 400304 7f000001", 6, true},
      {"ORIGIN too long", "400102 0000 400200 400504 00000064 400304 7f000001", 5, true},
      {"flags of ORIGIN", "c00101 00 400200 400504 00000064 400304 7f000001", 4, true},
      {"AS_PATH segment beyond the end", "400101 00 400204 0202fde8 400504 00000064 400304 7f000001", 11, true},
      {"AS_PATH segment of no kind", "400101 00 400204 0901fde8 400504 00000064 400304 7f000001", 11, true},
      {"empty AS_PATH segment", "400101 00 400202 0200 400504 00000064 400304 7f000001", 11, true},
      {"NEXT_HOP is nothing", "400101 00 400200 400504 00000064 400304 00000000", 8, true},
      {"NEXT_HOP too short", "400101 00 400200 400504 00000064 400303 7f0000", 5, true},
      {"no ORIGIN", "400200 400504 00000064 400304 7f000001", 3, true},
      {"no LOCAL_PREF", "400101 00 400200 400304 7f000001", 3, true},
      {"MED too short", kBase + "800403 000001", 5, true},
      {"COMMUNITIES of three bytes", kBase + "c00803 000001", 9, true},
      {"extended COMMUNITIES of seven", kBase + "c01007 00020001000000", 9, true},
      {"ORIGINATOR_ID too long", kBase + "800905 0000000000", 5, true},
      {"CLUSTER_LIST of three", kBase + "800a03 000001", 5, true},
      {"an attribute beyond the end", kBase + "c008ff 00000001", 1, true},
      {"ATOMIC_AGGREGATE with a value", kBase + "400601 00", 5, false},
      {"AGGREGATOR of five bytes", kBase + "c00705 fde80a0000", 5, false},
      {"ORIGIN twice", kBase + "400101 01", 1, false},
  };
  for (const Fault& f : faults) {
    const Seen lenient = decode(with(f.attributes, kRoute));
    EXPECT_TRUE(lenient.good) << f.what;
    EXPECT_EQ(lenient.update.attributes.withdraw, f.withdraw) << f.what;
    EXPECT_TRUE(lenient.update.reaches()) << f.what;
    AttributeTerms strict;
    strict.strict = true;
    const Seen reset = decode(with(f.attributes, kRoute), strict);
    EXPECT_FALSE(reset.good) << f.what;
    EXPECT_EQ(reset.answer.code, 3) << f.what;
    EXPECT_EQ(reset.answer.subcode, f.strict_subcode) << f.what;
  }
}

TEST(BgpUpdate, FaultsThatEndTheSessionInAnyCase) {
  EXPECT_EQ(decode(with(kBase + "406300", kRoute)).answer.subcode, 2) << "well-known and unknown";
  EXPECT_EQ(decode(with("800f03 000184 800f03 000184")).answer.subcode, 1) << "MP_UNREACH_NLRI twice";
  EXPECT_EQ(decode(with(kBase + "800e0a 000180 04 7f000001 00 00")).answer.subcode, 9) << "length of the next hop";
}

TEST(BgpUpdate, PackedMessagesShareAttributesAndStayShort) {
  Bytes out;
  UpdatePacker packer(out, 4096);
  const Bytes attributes = from_hex("40010100 400200 400504 00000064");
  packer.begin_reach(core::Family::kInetVpn, attributes, *core::IpAddress::parse("10.0.0.1"));
  Nlri nlri;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    nlri.prefix = core::Prefix::make(core::IpAddress::from_v4(0x0a000000 + (i << 8)), 24);
    nlri.rd = core::RouteDistinguisher::type1(1, 2);
    nlri.label = label_field(100 + i, false);
    packer.add(nlri);
  }
  packer.begin_unreach(core::Family::kInetVpn);
  packer.add(nlri);
  packer.finish();
  unsigned routes = 0, withdrawn = 0, messages = 0;
  for (ByteView rest = out; !rest.empty(); ++messages) {
    const auto message = first_message(rest);
    ASSERT_TRUE(message.ok() && message->size != 0);
    const Seen seen = decode(to_hex(message->body));
    ASSERT_TRUE(seen.good);
    const RouteField& field = seen.update.mp_reachable ? *seen.update.mp_reachable : *seen.update.mp_withdrawn;
    for (ByteReader in(field.routes); !in.empty();) {
      Nlri one;
      ASSERT_EQ(next_nlri(in, field.family, !seen.update.mp_reachable, one), NlriResult::kRoute);
      if (!seen.update.mp_reachable) {
        ++withdrawn;
        EXPECT_EQ(one.label, 1u);
        continue;
      }
      EXPECT_EQ(label_of_field(one.label, false), 100 + routes++);
      EXPECT_EQ(field.next_hop.to_string(), "10.0.0.1");
    }
    rest = rest.subspan(message->size);
  }
  EXPECT_EQ(routes, 1000u);
  EXPECT_EQ(withdrawn, 1u);
  EXPECT_EQ(messages, packer.messages());
  EXPECT_EQ(messages, 5u);
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
