#include "xmpp/vocabulary.hpp"

#include <gtest/gtest.h>

#include <string>

#include "xmpp/escape.hpp"

namespace signalbox::xmpp {
namespace {

std::string community_text(std::uint32_t c) {
  char text[32];
  return {text, print_community(text, c)};
}

TEST(Vocabulary, EncapsulationsBothWays) {
  const std::pair<const char*, std::uint16_t> known[] = {{"gre", 2},        {"vxlan", 8}, {"nvgre", 9},  {"mpls", 10},
                                                         {"vxlan-gpe", 12}, {"udp", 13},  {"native", 16}};
  for (const auto& [name, type] : known) {
    EXPECT_EQ(encap_type(name), type);
    ASSERT_TRUE(encap_name_index(type));
    EXPECT_EQ(kEncapNames[*encap_name_index(type)], name);
  }
  EXPECT_EQ(kEncapNames[*encap_name_index(11)], "gre");
  for (const char* name : {"", "GRE", "mpls-o-gre", "ipip"}) EXPECT_FALSE(encap_type(name)) << name;
  for (const int type : {0, 1, 7, 14, 15, 65535}) EXPECT_FALSE(encap_name_index(static_cast<std::uint16_t>(type))) << type;
}

TEST(Vocabulary, EncapsulationNamesAreToldInAlphabeticalOrder) { EXPECT_TRUE(std::is_sorted(kEncapNames.begin(), kEncapNames.end())); }

TEST(Vocabulary, CommunitiesWithNames) {
  const std::pair<const char*, std::uint32_t> both[] = {
      {"no-export", 0xffffff01},  {"no-advertise", 0xffffff02},       {"no-export-subconfed", 0xffffff03}, {"no-reoriginate", 0xfffff000},
      {"accept-own", 0xffff0001}, {"accept-own-nexthop", 0xffff0008}, {"llgr-stale", 0xffff0006},          {"no-llgr", 0xffff0007}};
  for (const auto& [name, value] : both) {
    EXPECT_EQ(parse_community(name), value) << name;
    EXPECT_EQ(community_text(value), name);
  }
  EXPECT_EQ(parse_community("LlgrStale"), 0xffff0006u);
  EXPECT_EQ(parse_community("NoLlgr"), 0xffff0007u);
}

TEST(Vocabulary, CommunitiesWithNumbers) {
  EXPECT_EQ(parse_community("64512:9"), 64512u << 16 | 9);
  EXPECT_EQ(parse_community("0:0"), 0u);
  EXPECT_EQ(parse_community("65534:65534"), 0xfffefffeu);
  EXPECT_EQ(community_text(64512u << 16 | 9), "64512:9");
  EXPECT_EQ(community_text(0xffffffff), "65535:65535");
  for (const char* text :
       {"", ":", "1:", ":1", "65535:1", "1:65535", "1:2:3", "-1:2", " 1:2", "1:2 ", "x:y", "No-Export", "99999999999:1"}) {
    EXPECT_FALSE(parse_community(text)) << text;
  }
}

TEST(Vocabulary, LoadBalanceFieldsHaveTheirBitsInOrder) {
  EXPECT_EQ(load_balance_bit("l3-source-address"), 0x80);
  EXPECT_EQ(load_balance_bit("l3-destination-address"), 0x40);
  EXPECT_EQ(load_balance_bit("l4-protocol"), 0x20);
  EXPECT_EQ(load_balance_bit("l4-source-port"), 0x10);
  EXPECT_EQ(load_balance_bit("l4-destination-port"), 0x08);
  EXPECT_EQ(load_balance_bit("l2-source"), 0);
}

TEST(Vocabulary, SubProtocols) {
  EXPECT_EQ(sub_protocol("interface"), core::SubProtocol::kInterface);
  EXPECT_EQ(sub_protocol("interface-static"), core::SubProtocol::kInterfaceStatic);
  EXPECT_EQ(sub_protocol("service-interface"), core::SubProtocol::kServiceInterface);
  EXPECT_EQ(sub_protocol("bgpaas"), core::SubProtocol::kBgpaas);
  EXPECT_EQ(sub_protocol(""), core::SubProtocol::kNone);
}

std::string escaped(std::string_view text) {
  std::string out = "-";
  append_escaped(out, text);
  return out.substr(1);
}

TEST(Escape, LeavesPlainTextAlone) {
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(escaped("default-domain:default-project:ip-fabric:__default__ and more than sixteen"),
            "default-domain:default-project:ip-fabric:__default__ and more than sixteen");
  EXPECT_EQ(escaped("h\xc3\xa9 'x'"), "h\xc3\xa9 'x'");
}

TEST(Escape, EscapesWhatXmlWouldTakeForMarkup) {
  EXPECT_EQ(escaped("a&b<c>d\"e"), "a&amp;b&lt;c&gt;d&quot;e");
  EXPECT_EQ(escaped("\n\t\x01"), "&#10;&#9;&#1;");
  EXPECT_EQ(escaped("0123456789abcdef&0123456789abcdef&"), "0123456789abcdef&amp;0123456789abcdef&amp;");
  std::string all(40, '"'), expected;
  for (int i = 0; i < 40; ++i) expected += "&quot;";
  EXPECT_EQ(escaped(all), expected);
}

}  // namespace
}  // namespace signalbox::xmpp
