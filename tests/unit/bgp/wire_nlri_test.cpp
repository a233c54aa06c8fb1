// NLRI of every family, as bytes and as keys. spec/bgp.md 7
#include <gtest/gtest.h>

#include "bgp/wire/nlri.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

using core::Family;

struct Golden {
  Family family;
  const char* wire;
  const char* key;  // of families without prefixes; else prefix and route distinguisher as text
  std::uint32_t label = 0;
};

const Golden kGolden[] = {
    {Family::kInet, "18 0a0102", "10.1.2.0/24 0:0"},
    {Family::kInet, "00", "0.0.0.0/0 0:0"},
    {Family::kInetLabeled, "38 000151 0a010203", "10.1.2.3/32 0:0", 0x151},
    {Family::kInet6, "40 20010db800000001", "2001:db8:0:1::/64 0:0"},
    {Family::kInetVpn, "78 000151 00017f00000b0001 0a010001", "10.1.0.1/32 127.0.0.11:1", 0x151},
    {Family::kInetVpn, "68 000151 0000fde800000007 0a01", "10.1.0.0/16 65000:7", 0x151},
    {Family::kInet6Vpn, "d8 000171 00017f00000b0001 20010db8000000000000000000000001", "2001:db8::1/128 127.0.0.11:1", 0x171},
    {Family::kRouteTarget, "60 0000fc00 0002fc0000000005", "0000fc000002fc0000000005"},
    {Family::kRouteTarget, "00", ""},
    {Family::kEvpn, "01 19 00017f00000b0001 00010203040506070809 ffffffff 000151", "0100017f00000b000100010203040506070809ffffffff", 0x151},
    {Family::kEvpn, "03 11 00017f00000b0001 00000005 20 7f00000b", "0300017f00000b000100000005207f00000b"},
    {Family::kEvpn, "04 17 00017f00000b0001 00010203040506070809 20 7f00000b", "0400017f00000b000100010203040506070809207f00000b"},
    {Family::kEvpn, "05 22 00017f00000b0001 00000000000000000000 00000000 18 0a080000 00000000 000258", "0500017f00000b0001180a080000",
     0x258},
    {Family::kErmVpn, "01 16 00017f00000b0001 7f000001 20 00000000 20 ffffffff", "0100017f00000b00017f00000100000000ffffffff"},
    {Family::kInetMvpn, "05 12 00017f00000b0001 20 0a090909 20 e8010101", "0500017f00000b0001200a09090920e8010101"},
    {Family::kInetMvpn, "04 1c 03 16 00017f00000b0001 20 0a090909 20 e8010101 7f000001 7f000002",
     "04031600017f00000b0001200a09090920e80101017f0000017f000002"},
};

TEST(BgpNlri, GoldenBothWays) {
  for (const Golden& g : kGolden) {
    const Bytes wire = from_hex(g.wire);
    ByteReader in(wire);
    Nlri nlri;
    ASSERT_EQ(next_nlri(in, g.family, false, nlri), NlriResult::kRoute) << g.wire;
    EXPECT_TRUE(in.empty());
    if (core::has_prefix_key(g.family)) {
      EXPECT_EQ(nlri.prefix.to_string() + " " + nlri.rd.to_string(), g.key);
      EXPECT_EQ(nlri.label, g.label) << g.wire;
    } else {
      EXPECT_EQ(to_hex(nlri.key_bytes()), g.key) << g.wire;
      EXPECT_EQ(nlri.label, g.label) << g.wire;
    }
    Bytes again;
    write_nlri(again, g.family, nlri, false);
    EXPECT_EQ(to_hex(again), to_hex(wire));
  }
}

TEST(BgpNlri, MacRouteKeepsWhatItsKeyLeavesOut) {
  const Bytes wire = from_hex("02 28 00017f00000b0001 00010203040506070809 00000384 30 02aa00000005 20 0a070005 001389 001b58");
  ByteReader in(wire);
  Nlri nlri;
  ASSERT_EQ(next_nlri(in, Family::kEvpn, false, nlri), NlriResult::kRoute);
  EXPECT_EQ(to_hex(nlri.key_bytes()),
            "0200017f00000b0001"
            "00000384"
            "02aa00000005"
            "200a070005");
  EXPECT_EQ(nlri.label, 0x1389u);
  EXPECT_EQ(nlri.second_label, 0x1b58u);
  EXPECT_EQ(to_hex(nlri.segment), "00010203040506070809");
  Bytes again;
  write_nlri(again, Family::kEvpn, nlri, false);
  EXPECT_EQ(to_hex(again), to_hex(wire));
}

TEST(BgpNlri, WrongFormsAreSkippedWhereTheirLengthIsKnown) {
  const struct {
    Family family;
    const char* wire;
    NlriResult result;
  } cases[] = {
      {Family::kInet, "21 0a01020304", NlriResult::kBroken},
      {Family::kInet, "18 0a01", NlriResult::kBroken},
      {Family::kInetVpn, "50 000151 00017f00000b00", NlriResult::kBroken},
      {Family::kRouteTarget, "40 0000fc000002fc00", NlriResult::kSkipped},
      {Family::kEvpn, "02 05 0000000000", NlriResult::kSkipped},
      {Family::kEvpn, "07 00", NlriResult::kSkipped},
      {Family::kEvpn, "05 22 00017f00000b0001 01000000000000000000 00000000 18 0a080000 00000000 000258", NlriResult::kSkipped},
      {Family::kErmVpn, "00 16 00017f00000b0001 7f000001 20 00000000 20 ffffffff", NlriResult::kSkipped},
      {Family::kErmVpn, "01 16 00017f00000b0001 7f000001 18 00000000 20 ffffffff", NlriResult::kSkipped},
      {Family::kInetMvpn, "05 ff 00", NlriResult::kBroken},
  };
  for (const auto& c : cases) {
    const Bytes wire = from_hex(c.wire);
    ByteReader in(wire);
    Nlri nlri;
    EXPECT_EQ(next_nlri(in, c.family, false, nlri), c.result) << c.wire;
  }
}

TEST(BgpNlri, LabelsAndVnis) {
  EXPECT_EQ(label_field(21, false), 0x151u);
  EXPECT_EQ(label_of_field(0x151, false), 21u);
  EXPECT_EQ(label_field(5001, true), 5001u);
  EXPECT_EQ(label_of_field(5001, true), 5001u);
}

}  // namespace
}  // namespace signalbox::bgp::test
