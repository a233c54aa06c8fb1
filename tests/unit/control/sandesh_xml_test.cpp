// The XML grammar of introspect documents, texts and the incumbent's reading of parameters.
#include <gtest/gtest.h>

#include "control/http/page.hpp"
#include "control/http/route_text.hpp"
#include "control/http/sandesh_xml.hpp"
#include "control/http/time_text.hpp"
#include "control/http/url_query.hpp"
#include "tests/unit/control/xml_tree.hpp"

namespace signalbox::control {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(out, text);
  return out;
}

TEST(SandeshXml, Scalars) {
  SandeshXml xml;
  xml.reply("R", [&] {
    xml.string("s", 1, "a<b");
    xml.string("l", 2, "x", {{"link", "Req"}, {"link_title", "next"}});
    xml.boolean("b", 3, true);
    xml.u16("h", 4, 65535);
    xml.u32("u", 5, 4294967295u);
    xml.u64("w", 6, 18446744073709551615u);
    xml.i32("i", 7, -1);
    xml.real("d", 8, 1234567.0);
    xml.real("e", 9, 95.5);
    xml.real("z", 10, 0);
  });
  EXPECT_EQ(xml.take(),
            "<R type=\"sandesh\"><s type=\"string\" identifier=\"1\">a&lt;b</s><l type=\"string\" identifier=\"2\" link=\"Req\" "
            "link_title=\"next\">x</l><b type=\"bool\" identifier=\"3\">true</b><h type=\"u16\" identifier=\"4\">65535</h>"
            "<u type=\"u32\" identifier=\"5\">4294967295</u><w type=\"u64\" identifier=\"6\">18446744073709551615</w>"
            "<i type=\"i32\" identifier=\"7\">-1</i><d type=\"double\" identifier=\"8\">1.23457e+06</d><e type=\"double\" "
            "identifier=\"9\">95.5</e><z type=\"double\" identifier=\"10\">0</z><more type=\"bool\" identifier=\"0\">false</more></R>");
}

TEST(SandeshXml, StructsAndLists) {
  SandeshXml xml;
  xml.uve("U", [&] {
    xml.structure("f", 1, "T", [&] { xml.u32("m", 2, 3); });
    xml.structs("g", 4, "S", std::vector<int>{1, 2}, [&](int n) { xml.i32("n", 1, n); }, {{"aggtype", "union"}});
    xml.strings("h", 5, {"a", "b&c"});
    xml.strings("e", 6, {});
  });
  EXPECT_EQ(
      xml.take(),
      "<U type=\"sandesh\"><f type=\"struct\" identifier=\"1\"><T><m type=\"u32\" identifier=\"2\">3</m></T></f>"
      "<g type=\"list\" identifier=\"4\" aggtype=\"union\"><list type=\"struct\" size=\"2\"><S><n type=\"i32\" identifier=\"1\">1</n></S>"
      "<S><n type=\"i32\" identifier=\"1\">2</n></S></list></g><h type=\"list\" identifier=\"5\"><list type=\"string\" size=\"2\">"
      "<element>a</element><element>b&amp;c</element></list></h><e type=\"list\" identifier=\"6\"><list type=\"string\" size=\"0\"></list>"
      "</e></U>");
}

TEST(SandeshXml, MoreOfASequence) {
  SandeshXml xml;
  xml.reply(
      "R", [] {}, true);
  EXPECT_EQ(xml.take(), "<R type=\"sandesh\"><more type=\"bool\" identifier=\"0\">true</more></R>");
}

TEST(SandeshXml, Escaping) {
  EXPECT_EQ(escaped("a&b'c<d>e\"f"), "a&amp;b&apos;c&lt;d&gt;e\"f");
  EXPECT_EQ(escaped("line\n\ttab\r"), "line\n\ttab\r");
  EXPECT_EQ(escaped("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\xa6"), "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x9a\xa6");
}

TEST(SandeshXml, NoByteMakesTheDocumentUnreadable) {
  EXPECT_EQ(escaped(std::string("\0\x01\x1f", 3)), "???");
  EXPECT_EQ(escaped("\xff\xc0\xaf"), "???");       // never in UTF-8; overlong
  EXPECT_EQ(escaped("\xed\xa0\x80"), "???");       // surrogate
  EXPECT_EQ(escaped("\xef\xbf\xbf"), "???");       // no XML character
  EXPECT_EQ(escaped("\xf4\x90\x80\x80"), "????");  // beyond Unicode
  EXPECT_EQ(escaped("ab\xe2\x82"), "ab??");        // cut off
  std::string every;
  for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
  SandeshXml xml;
  xml.reply("R", [&] { xml.string("s", 1, every); });
  EXPECT_EQ(test::parse_xml(xml.take()).at("s").attributes.at("type"), "string");
}

TEST(SandeshXml, SequenceOfDocuments) {
  const HttpResponse response = xml_sequence_response("NodeStatusUVE", {"<a/>", "<b/>"});
  EXPECT_EQ(response.content_type, "text/xml");
  EXPECT_EQ(response.chunks, (std::vector<std::string>{"<?xml-stylesheet type=\"text/xsl\" href=\"/universal_parse.xsl\"?>"
                                                       "<__NodeStatusUVE_list type=\"slist\">",
                                                       "<a/>", "<b/>", "</__NodeStatusUVE_list>"}));
}

// ---- Parameters (spec/introspect.md 1.3)

const std::vector<PageParameter> kTwo{{"routing_table"}, {"count", ParameterType::kU32}};

TEST(PageParameters, ByNameByPrefixAndFirstFieldForUnknownNames) {
  EXPECT_EQ(PageParameters(kTwo, "count=5").number(1), 5u);
  EXPECT_EQ(PageParameters(kTwo, "count_of_all=5").number(1), 5u);  // a field's name that begins the parameter's
  EXPECT_EQ(PageParameters(kTwo, "cou=5").text(0), "5");            // not the other way round
  EXPECT_EQ(PageParameters(kTwo, "x=blue.inet.0").text(0), "blue.inet.0");
  EXPECT_EQ(PageParameters(kTwo, "tname=a&x=b").text(0), "b");  // the last wins
}

TEST(PageParameters, OnlyAsManyTokensAsFields) {
  EXPECT_EQ(PageParameters(kTwo, "x=a&count=1&count=2").number(1), 1u);
  EXPECT_EQ(PageParameters(kTwo, "&&x=a&&count=1").number(1), 1u);  // empty tokens do not count
  const std::vector<PageParameter> one{{"search_string"}};
  const PageParameters all(one, "domain=&ip_address=10.0.0.1");  // the first token has no value
  EXPECT_FALSE(all.given(0));
  EXPECT_EQ(all.text(0), "");
  EXPECT_FALSE(PageParameters({}, "x=1").given(0));
}

TEST(PageParameters, ValuesWithEqualsPercentAndPlus) {
  EXPECT_EQ(PageParameters(kTwo, "x=a=b").text(0), "a");
  EXPECT_EQ(PageParameters(kTwo, "x=a%3Db+c%7C%7c").text(0), "a=b+c||");
  EXPECT_EQ(PageParameters(kTwo, "x=100%&count=1").text(0), "100%");
  EXPECT_EQ(PageParameters(kTwo, "x==a").text(0), "a");
  EXPECT_FALSE(PageParameters(kTwo, "=a").given(0));
  EXPECT_FALSE(PageParameters(kTwo, "").given(0));
}

TEST(PageParameters, NumbersAndBooleans) {
  const std::vector<PageParameter> fields{{"longer_match", ParameterType::kBool}, {"count", ParameterType::kU32}};
  EXPECT_TRUE(PageParameters(fields, "longer_match=1").flag(0));
  EXPECT_TRUE(PageParameters(fields, "longer_match=true").flag(0));
  EXPECT_FALSE(PageParameters(fields, "longer_match=0").flag(0));
  EXPECT_FALSE(PageParameters(fields, "longer_match=false").flag(0));
  EXPECT_EQ(PageParameters(fields, "count=12abc").number(1), 12u);
  EXPECT_EQ(PageParameters(fields, "count=99999999999999999999").number(1), 4294967295u);
}

TEST(Query, OrdinaryReading) {
  const Query query("prefix=10.1.0.0%2F16&limit=5&search=a+b&empty=&flag&prefix=10.2.0.0/16&bad=1x");
  EXPECT_EQ(query.text("prefix"), "10.2.0.0/16");
  EXPECT_EQ(query.text("search"), "a b");
  EXPECT_EQ(query.text("empty"), "");
  EXPECT_EQ(query.text("nothing"), "");
  EXPECT_EQ(query.number("limit", 10), 5u);
  EXPECT_FALSE(query.number("limit", 4));
  EXPECT_FALSE(query.number("bad", 100));
  EXPECT_EQ(percent_encode("a||b c/\xc3\xa4"), "a%7C%7Cb%20c%2F%C3%A4");
  EXPECT_EQ(percent_decode(percent_encode("a||b=&%c")), "a||b=&%c");
}

// ---- Texts (spec/introspect.md 1.8, 2.6)

TEST(TimeText, AbsoluteAndDuration) {
  EXPECT_EQ(time_text(1'704'164'645'123'456), "2024-Jan-02 03:04:05.123456");
  EXPECT_EQ(time_text(1'704'164'645'000'000), "2024-Jan-02 03:04:05");
  EXPECT_EQ(time_text(1'704'164'645'000'001), "2024-Jan-02 03:04:05.000001");
  EXPECT_EQ(time_text(0), "");
  EXPECT_EQ(time_text_or_epoch(0), "1970-Jan-01 00:00:00");
  EXPECT_EQ(iso_time_text(1'704'164'645'123'456), "2024-01-02T03:04:05.123456Z");
  EXPECT_EQ(duration_text(4'455'895), "00:00:04.455895");
  EXPECT_EQ(duration_text(0), "00:00:00");
  EXPECT_EQ(duration_text(-5), "00:00:00");
  EXPECT_EQ(duration_text(360'000'000'000), "100:00:00");
}

core::ExtCommunity community(std::initializer_list<int> bytes) {
  core::ExtCommunity c;
  std::size_t i = 0;
  for (const int b : bytes) c.bytes[i++] = static_cast<std::uint8_t>(b);
  return c;
}

TEST(RouteText, ExtendedCommunities) {
  EXPECT_EQ(ext_community_text(community({0x00, 0x02, 0xfc, 0x00, 0, 0, 0, 5})), "target:64512:5");
  EXPECT_EQ(ext_community_text(community({0x01, 0x02, 1, 2, 3, 4, 0, 1})), "target:1.2.3.4:1");
  EXPECT_EQ(ext_community_text(community({0x02, 0x02, 0, 1, 0x11, 0x70, 0, 1})), "target:70000:1");
  EXPECT_EQ(ext_community_text(community({0x02, 0x02, 0, 0, 0xfd, 0xe8, 0, 1})), "target:65000L:1");
  EXPECT_EQ(ext_community_text(community({0x00, 0x03, 0xfd, 0xe8, 0, 0, 0, 7})), "soo:65000:7");
  EXPECT_EQ(ext_community_text(core::ext::tunnel_encap(2)), "encapsulation:gre");
  EXPECT_EQ(ext_community_text(core::ext::tunnel_encap(11)), "encapsulation:mpls-o-gre");
  EXPECT_EQ(ext_community_text(core::ext::tunnel_encap(99)), "encapsulation:unspecified");
  EXPECT_EQ(ext_community_text(core::ext::security_group(64512, 8000002)), "secgroup:64512:8000002");
  EXPECT_EQ(ext_community_text(core::ext::origin_vn(64512, 5)), "originvn:64512:5");
  EXPECT_EQ(ext_community_text(core::ext::origin_vn(70000, 5)), "originvn:70000:5");
  EXPECT_EQ(ext_community_text(core::ext::mac_mobility(3, false)), "mobility:non-sticky:3");
  EXPECT_EQ(ext_community_text(core::ext::mac_mobility(9, true)), "mobility:sticky:9");
  EXPECT_EQ(ext_community_text(core::ext::load_balance(0xf8, false)), "load-balance:field-hash");
  EXPECT_EQ(ext_community_text(core::ext::load_balance(0xf8, true)), "load-balance:source-bias");
  EXPECT_EQ(ext_community_text(core::ext::local_sequence(4)), "local_sequence_number:4");
  EXPECT_EQ(ext_community_text(core::ext::router_mac({{2, 0, 0, 0, 0, 1}})), "rtrmac:02:00:00:00:00:01");
  EXPECT_EQ(ext_community_text(community({0x06, 0x05, 0, 0, 0, 0, 0, 0})), "etree:root:0");
  EXPECT_EQ(ext_community_text(community({0x06, 0x05, 1, 0, 0, 0, 0x01, 0x90})), "etree:leaf:25");
  EXPECT_EQ(ext_community_text(community({0x06, 0x09, 0, 1, 0, 0, 0, 0})), "evpn-mcast-flags:1");
  EXPECT_EQ(ext_community_text(community({0x80, 0x84, 0xfc, 0, 0, 1, 0, 5})), "tag:64512:65541");
  EXPECT_EQ(ext_community_text(community({0x01, 0x0b, 10, 0, 0, 1, 0, 3})), "rt-import:10.0.0.1:3");
  EXPECT_EQ(ext_community_text(community({0x43, 0x99, 1, 2, 3, 4, 5, 0xab})), "ext community: 43990102030405ab");
}

TEST(RouteText, OtherCommunitiesPathsAndFlags) {
  EXPECT_EQ(community_text(64512u << 16 | 9), "64512:9");
  EXPECT_EQ(community_text(core::kNoExport), "no-export");
  EXPECT_EQ(community_text(core::kLlgrStale), "llgr-stale");
  EXPECT_EQ(large_community_text({{0, 0, 0xfc, 0, 1, 0, 0, 1, 0, 0, 0, 5}}), "tagLC:64512:4294967301");
  EXPECT_EQ(large_community_text({{0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0xff}}), "large community: 0000000102000000000000ff");
  EXPECT_EQ(as_path_text({{false, {64512}}, {true, {1, 2}}}), "64512 {1 2}");
  EXPECT_EQ(as_path_text({}), "");
  EXPECT_EQ(flag_texts(0), (std::vector<std::string>{"None"}));
  EXPECT_EQ(flag_texts(path_flag::kStale | path_flag::kNoTunnelEncap), (std::vector<std::string>{"Stale", "NoTunnelEncap"}));
  EXPECT_EQ(flag_texts(path_flag::kCheckGlobalErmVpnRoute), (std::vector<std::string>{"CheckGlobalErmVpnRoute"}));
  EXPECT_EQ(router_id_text(0), "");
  EXPECT_EQ(router_id_text(0x0a000001), "10.0.0.1");
}

TEST(RouteText, OfAPathWithLoadBalanceAndOneWithoutAttributes) {
  core::AttributeBuilder builder;
  builder.header.sub_protocol = core::SubProtocol::kServiceInterface;
  builder.add_ext_community(core::ext::load_balance(0xa8, false));
  RoutePath path;
  builder.append_to(path.attributes);
  const PathTexts texts = path_texts(path);
  EXPECT_EQ(texts.protocol, "XMPP (service-interface)");
  EXPECT_EQ(texts.load_balance_decision, "field-hash");
  EXPECT_EQ(texts.load_balance_fields, (std::vector<std::string>{"l3-source-address", "l4-protocol", "l4-destination-port"}));

  RoutePath bare;
  bare.source = PathSource::kLocal;
  EXPECT_EQ(path_texts(bare).protocol, "Local");
  EXPECT_EQ(path_texts(bare).local_preference, 100u);
}

}  // namespace
}  // namespace signalbox::control
