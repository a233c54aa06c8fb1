#include "xmpp/item_encode.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/xmpp/agent_text.hpp"
#include "tests/unit/xmpp/request_text.hpp"
#include "tests/unit/xmpp/xml_tree.hpp"
#include "xmpp/pubsub_decode.hpp"
#include "xmpp/scanner.hpp"

namespace signalbox::xmpp {
namespace {

using namespace agent_text;

constexpr std::uint32_t kAs = 64512;

core::IpAddress address(std::string_view text) { return *core::IpAddress::parse(text); }
core::Prefix prefix(std::string_view text) { return *core::Prefix::parse(text); }

// Attribute sets made by hand; they live as long as the fixture.
class ItemEncode : public ::testing::Test {
 protected:
  std::span<const std::uint8_t> attributes(const std::function<void(core::AttributeBuilder&)>& fill = {}) {
    core::AttributeBuilder builder;
    if (fill) fill(builder);
    sets_.push_back(std::make_unique<std::vector<std::uint8_t>>());
    builder.append_to(*sets_.back());
    return *sets_.back();
  }

  NextHopView hop(std::span<const std::uint8_t> set, std::uint32_t label = 29, std::string_view to = "192.0.2.17") {
    return {address(to), label, ++key_, set, "default-domain:demo:blue"};
  }

  std::string encoded(const std::vector<NextHopView>& hops, core::Family family = core::Family::kInet,
                      std::string_view to = "10.7.0.5/32") {
    TextBuffer out;
    EXPECT_TRUE(encoder_.add_item(out, {family, prefix(to), hops}));
    return std::string(out.view());
  }

  XmlTree tree(const std::vector<NextHopView>& hops) {
    const auto parsed = parse_xml_tree(encoded(hops));
    EXPECT_TRUE(parsed);
    return parsed ? *parsed->child("entry") : XmlTree{};
  }

  // The children's texts of the element at the end of the path.
  static std::vector<std::string> list(const XmlTree& entry, std::initializer_list<const char*> path) {
    const XmlTree* at = &entry;
    for (const char* name : path) {
      at = at->child(name);
      if (at == nullptr) return {"missing"};
    }
    std::vector<std::string> texts;
    for (const XmlTree& c : at->children) texts.push_back(c.text);
    return texts;
  }

  ItemEncoder encoder_{{kAs, false}};
  std::uint64_t key_ = 0;
  std::vector<std::unique_ptr<std::vector<std::uint8_t>>> sets_;
};

using Texts = std::vector<std::string>;
constexpr std::initializer_list<const char*> kEncaps{"next-hops", "next-hop", "tunnel-encapsulation-list"};
constexpr std::initializer_list<const char*> kTags{"next-hops", "next-hop", "tag-list"};

// ---- envelope

TEST(Envelope, FirstLine) {
  EXPECT_EQ(first_line("vr7.example.net"), "\n<message from=\"network-control@contrailsystems.com\" to=\"vr7.example.net/bgp-peer\">");
  EXPECT_EQ(first_line("a\"&<>b"), "\n<message from=\"network-control@contrailsystems.com\" to=\"a&quot;&amp;&lt;&gt;b/bgp-peer\">");
}

TEST(Envelope, EndOfRibByteForByte) {
  EXPECT_EQ(first_line("vr7.example.net") + std::string(end_of_rib_body()),
            "\n<message from=\"network-control@contrailsystems.com\" to=\"vr7.example.net/bgp-peer\">\n"
            "\t<event xmlns=\"http://jabber.org/protocol/pubsub\">\n<items node=\"0/0/EndOfRib\"></items>\n\t</event>\n</message>\n");
}

TEST(Envelope, Retracts) {
  TextBuffer out;
  open_items(out, core::Family::kInet, "default-domain:demo:blue:blue");
  add_retract(out, prefix("10.7.0.5/32"));
  add_retract(out, prefix("10.7.0.6/32"));
  close_items(out);
  EXPECT_EQ(out.view(),
            "<event xmlns=\"http://jabber.org/protocol/pubsub\"><items node=\"1/1/default-domain:demo:blue:blue\">"
            "<retract id=\"10.7.0.5/32\" /><retract id=\"10.7.0.6/32\" /></items></event></message>\n");
}

TEST(Envelope, NodesNameFamilyAndInstance) {
  const auto node = [](core::Family family, std::string_view instance) {
    TextBuffer out;
    open_items(out, family, instance);
    close_items(out);
    const auto parsed = parse_xml_tree("<message>" + std::string(out.view()));
    return parsed ? parsed->children.at(0).children.at(0).attributes.at("node") : "not well-formed";
  };
  EXPECT_EQ(node(core::Family::kInet, "a:b:c:c"), "1/1/a:b:c:c");
  EXPECT_EQ(node(core::Family::kInetLabeled, "a:b:c:c"), "1/4/a:b:c:c");
  EXPECT_EQ(node(core::Family::kInet6, "a:b:c:c"), "2/1/a:b:c:c");
  EXPECT_EQ(node(core::Family::kInet, "a<b>\"&'\xe2\x98\x83"), "1/1/a<b>\"&'\xe2\x98\x83");
}

TEST(Envelope, AMessageIsOneStanza) {
  TextBuffer out;
  open_items(out, core::Family::kInet, "x");
  add_retract(out, prefix("10.7.0.5/32"));
  close_items(out);
  const std::string message = first_line("vr7") + std::string(out.view());
  Scanner scanner;
  scanner.await(Awaiting::kStanza);
  EXPECT_EQ(scanner.next(message).bytes, "\n");
  const Token token = scanner.next(std::string_view(message).substr(1));
  EXPECT_EQ(token.kind, TokenKind::kMessage);
  EXPECT_EQ(token.bytes.size(), message.size() - 2);
}

// ---- items

TEST_F(ItemEncode, ByteForByte) {
  const auto set = attributes([](core::AttributeBuilder& b) {
    b.header.local_pref = 200;
    b.header.has_med = true;
    b.header.med = 100;
    b.add_ext_community(core::ext::tunnel_encap(13));
    b.add_ext_community(core::ext::tunnel_encap(2));
    b.add_ext_community(core::ext::security_group(kAs, 8000002));
    b.add_ext_community(core::ext::mac_mobility(3, false));
    b.add_large_community({{0, 0, 0xfc, 0, 1, 0, 0, 1, 0, 0, 0, 5}});
  });
  EXPECT_EQ(
      encoded({hop(set)}),
      "<item id=\"10.7.0.5/32\"><entry><nlri><af>1</af><safi>1</safi><address>10.7.0.5/32</address></nlri><next-hops><next-hop><af>1</af>"
      "<address>192.0.2.17</address><mac></mac><label>29</label><vni>0</vni><tunnel-encapsulation-list>"
      "<tunnel-encapsulation>gre</tunnel-encapsulation><tunnel-encapsulation>udp</tunnel-encapsulation></tunnel-encapsulation-list>"
      "<virtual-network>default-domain:demo:blue</virtual-network><tag-list><tag>4294967301</tag></tag-list>"
      "<is-new-tags-list>true</is-new-tags-list><local-sequence-number>0</local-sequence-number></next-hop></next-hops><version>1</version>"
      "<virtual-network>default-domain:demo:blue</virtual-network><mobility sticky=\"false\" seqno=\"3\" /><peers />"
      "<sequence-number>3</sequence-number><security-group-list><security-group>8000002</security-group></security-group-list>"
      "<community-tag-list /><local-preference>200</local-preference><med>100</med><load-balance><load-balance-fields />"
      "<load-balance-decision>field-hash</load-balance-decision></load-balance><sub-protocol>interface</sub-protocol></entry></item>");
}

TEST_F(ItemEncode, WithoutNextHopNothingIsWritten) {
  TextBuffer out;
  EXPECT_FALSE(encoder_.add_item(out, {core::Family::kInet, prefix("10.7.0.5/32"), {}}));
  EXPECT_TRUE(out.empty());
}

TEST_F(ItemEncode, FamiliesAndAddresses) {
  const std::string six = encoded({hop(attributes(), 29, "2001:db8::1")}, core::Family::kInet6, "2001:db8::5/128");
  EXPECT_NE(six.find("<item id=\"2001:db8::5/128\"><entry><nlri><af>2</af><safi>1</safi><address>2001:db8::5/128<"), std::string::npos)
      << six;
  EXPECT_NE(six.find("<next-hop><af>2</af><address>2001:db8::1</address>"), std::string::npos) << six;
  const std::string labeled = encoded({hop(attributes())}, core::Family::kInetLabeled, "192.0.2.40/32");
  EXPECT_NE(labeled.find("<af>1</af><safi>4</safi><address>192.0.2.40/32<"), std::string::npos) << labeled;
}

TEST_F(ItemEncode, EncapsulationsOnlyWithALabel) {
  const auto udp = attributes([](core::AttributeBuilder& b) { b.add_ext_community(core::ext::tunnel_encap(13)); });
  EXPECT_EQ(list(tree({hop(udp)}), kEncaps), (Texts{"udp"}));
  EXPECT_EQ(list(tree({hop(udp, 0)}), kEncaps), Texts{});
  EXPECT_EQ(list(tree({hop(attributes())}), kEncaps), (Texts{"gre"}));
  const auto unknown = attributes([](core::AttributeBuilder& b) { b.add_ext_community(core::ext::tunnel_encap(99)); });
  EXPECT_EQ(list(tree({hop(unknown)}), kEncaps), (Texts{"gre"}));
}

TEST_F(ItemEncode, EncapsulationsAreSortedByNameAndUnique) {
  const auto all = attributes([](core::AttributeBuilder& b) {
    for (const int type : {2, 8, 9, 10, 11, 12, 13, 16, 99}) b.add_ext_community(core::ext::tunnel_encap(static_cast<std::uint16_t>(type)));
  });
  EXPECT_EQ(list(tree({hop(all)}), kEncaps), (Texts{"gre", "mpls", "native", "nvgre", "udp", "vxlan", "vxlan-gpe"}));
}

TEST_F(ItemEncode, NumbersAreSigned) {
  const auto set = attributes([](core::AttributeBuilder& b) {
    b.header.local_pref = 4294967295u;
    b.header.med = 4294967294u;
    b.header.has_med = true;
    b.add_ext_community(core::ext::mac_mobility(0x80000000u, true));
  });
  const XmlTree entry = tree({hop(set, 0x80000001u)});
  EXPECT_EQ(entry.at("local-preference"), "-1");
  EXPECT_EQ(entry.at("med"), "-2");
  EXPECT_EQ(entry.at("sequence-number"), "-2147483648");
  EXPECT_EQ(entry.child("mobility")->attributes.at("seqno"), "-2147483648");
  EXPECT_EQ(entry.child("mobility")->attributes.at("sticky"), "true");
  EXPECT_EQ(entry.at("next-hops/next-hop/label"), "-2147483647");
}

TEST_F(ItemEncode, AMedThatIsNoneIsZero) {
  const auto set = attributes([](core::AttributeBuilder& b) { b.header.med = 5; });
  EXPECT_EQ(tree({hop(set)}).at("med"), "0");
}

core::LargeCommunity tag(std::uint32_t as, std::uint64_t value, std::uint8_t type = 1) {
  core::LargeCommunity c;
  for (unsigned i = 0; i < 4; ++i) c.bytes[i] = static_cast<std::uint8_t>(as >> (24 - 8 * i));
  c.bytes[4] = type;
  for (unsigned i = 0; i < 7; ++i) c.bytes[5 + i] = static_cast<std::uint8_t>(value >> (48 - 8 * i));
  return c;
}

TEST_F(ItemEncode, TagsOfOthersAreShownOnlyWhenGlobal) {
  const auto set = attributes([](core::AttributeBuilder& b) {
    b.add_large_community(tag(kAs, 7));
    b.add_large_community(tag(65001, 8));
    b.add_large_community(tag(65001, 7));
    b.add_large_community(tag(65001, 8000000));
    b.add_large_community(tag(1, 4294967301));
    b.add_large_community(tag(kAs, 3, 2));
  });
  const auto one = hop(set);
  EXPECT_EQ(list(tree({one}), kTags), (Texts{"7", "8000000", "4294967301"}));
  encoder_.set_context({kAs, true});
  EXPECT_EQ(list(tree({one}), kTags), (Texts{"7", "8", "8000000", "4294967301"}));
  encoder_.set_context({65001, false});
  EXPECT_EQ(list(tree({one}), kTags), (Texts{"7", "8", "8000000", "4294967301"}));
  encoder_.set_context({9, false});
  EXPECT_EQ(list(tree({one}), kTags), (Texts{"8000000", "4294967301"}));
}

TEST_F(ItemEncode, SecurityGroupsWithATwoOctetAs) {
  const auto set = attributes([](core::AttributeBuilder& b) {
    b.add_ext_community(core::ext::security_group(kAs, 8000002));
    b.add_ext_community(core::ext::security_group(65001, 8000003));
    b.add_ext_community(core::ext::security_group(65001, 4));
    b.add_ext_community(core::ext::security_group(65001, 7999999));
    b.add_ext_community(core::ext::security_group(65001, 8000000));
    b.add_ext_community(core::ext::security_group(kAs, 4));
    b.add_ext_community({{0x82, 4, 0, 1, 0x11, 0x70, 0, 0}});
  });
  EXPECT_EQ(list(tree({hop(set)}), {"security-group-list"}), (Texts{"4", "7999999", "8000002"}));
}

TEST_F(ItemEncode, SecurityGroupsWithAFourOctetAs) {
  encoder_.set_context({70000, false});
  const auto fill = [](std::uint32_t as) {
    return [as](core::AttributeBuilder& b) {
      for (std::uint8_t i = 0; i < 2; ++i) {
        b.add_ext_community({{0x82, 4, static_cast<std::uint8_t>(as >> 24), static_cast<std::uint8_t>(as >> 16),
                              static_cast<std::uint8_t>(as >> 8), static_cast<std::uint8_t>(as), 0, i}});
        b.add_ext_community(core::ext::security_group(i, 8000005u - i));
      }
    };
  };
  EXPECT_EQ(list(tree({hop(attributes(fill(70000)))}), {"security-group-list"}), (Texts{"8000004", "8000005"}));
  EXPECT_EQ(list(tree({hop(attributes(fill(70001)))}), {"security-group-list"}), Texts{});
}

TEST_F(ItemEncode, Communities) {
  const auto set = attributes([](core::AttributeBuilder& b) {
    for (const std::uint32_t c : {core::kNoExport, core::kLlgrStale, core::kNoLlgr, 1u << 16 | 1u, core::kAcceptOwnNexthop})
      b.add_community(c);
  });
  EXPECT_EQ(list(tree({hop(set)}), {"community-tag-list"}), (Texts{"1:1", "llgr-stale", "no-llgr", "accept-own-nexthop", "no-export"}));
}

TEST_F(ItemEncode, LoadBalance) {
  const auto shown = [this](std::uint8_t bits, bool bias) {
    const auto entry =
        tree({hop(attributes([&](core::AttributeBuilder& b) { b.add_ext_community(core::ext::load_balance(bits, bias)); }))});
    Texts texts = list(entry, {"load-balance", "load-balance-fields"});
    texts.push_back(entry.at("load-balance/load-balance-decision"));
    return texts;
  };
  EXPECT_EQ(shown(0xa0, false), (Texts{"l3-source-address", "l4-protocol", "field-hash"}));
  EXPECT_EQ(shown(0xf8, false), (Texts{"field-hash"}));
  EXPECT_EQ(shown(0, true), (Texts{"source-bias"}));
  EXPECT_EQ(shown(0x08, true), (Texts{"l4-destination-port", "source-bias"}));
}

TEST_F(ItemEncode, WhatIsSaidOnceComesFromTheBestPath) {
  const auto best = attributes([](core::AttributeBuilder& b) {
    b.header.local_pref = 7;
    b.add_ext_community(core::ext::tunnel_encap(8));
    b.add_large_community(tag(kAs, 1));
  });
  const auto other = attributes([](core::AttributeBuilder& b) {
    b.header.local_pref = 8;
    b.add_ext_community(core::ext::tunnel_encap(13));
    b.add_large_community(tag(kAs, 2));
  });
  NextHopView second = hop(other, 30, "192.0.2.18");
  second.virtual_network = "unresolved";
  const std::vector<NextHopView> hops{hop(best), second};
  const auto check = [&] {
    const XmlTree entry = tree(hops);
    EXPECT_EQ(entry.at("local-preference"), "7");
    EXPECT_EQ(entry.at("virtual-network"), "default-domain:demo:blue");
    ASSERT_EQ(entry.child("next-hops")->children.size(), 2u);
    const XmlTree& a = entry.child("next-hops")->children[0];
    const XmlTree& b = entry.child("next-hops")->children[1];
    EXPECT_EQ(a.at("tunnel-encapsulation-list/tunnel-encapsulation"), "vxlan");
    EXPECT_EQ(b.at("tunnel-encapsulation-list/tunnel-encapsulation"), "udp");
    EXPECT_EQ(a.at("tag-list/tag"), "1");
    EXPECT_EQ(b.at("tag-list/tag"), "2");
    EXPECT_EQ(b.at("address"), "192.0.2.18");
    EXPECT_EQ(b.at("label"), "30");
    EXPECT_EQ(b.at("virtual-network"), "unresolved");
  };
  check();
  check();
}

TEST_F(ItemEncode, NamesAreEscaped) {
  NextHopView one = hop(attributes());
  one.virtual_network = "a<b>&\"c'";
  const XmlTree entry = tree({one});
  EXPECT_EQ(entry.at("virtual-network"), "a<b>&\"c'");
  EXPECT_EQ(entry.at("next-hops/next-hop/virtual-network"), "a<b>&\"c'");
}

// Far more keys than slots, met again in another order: a slot never answers for another key.
TEST_F(ItemEncode, ManyAttributeSetsDoNotGetMixedUp) {
  std::vector<NextHopView> hops;
  for (std::uint32_t i = 0; i < 3 * ItemEncoder::kSlots; ++i) {
    hops.push_back(hop(attributes([i](core::AttributeBuilder& b) { b.header.local_pref = i + 1; })));
  }
  for (std::size_t step : {1u, 7u}) {
    for (std::size_t n = 0; n < hops.size(); ++n) {
      const std::size_t i = n * step % hops.size();
      const std::string text = encoded({hops[i], hops[(i + 1) % hops.size()]});
      ASSERT_NE(text.find("<local-preference>" + std::to_string(i + 1) + "</local-preference>"), std::string::npos) << i;
    }
  }
}

TEST_F(ItemEncode, SetsWithoutAKeyAndHugeSetsAreNotRemembered) {
  for (std::uint32_t i = 1; i <= 3; ++i) {
    NextHopView unkeyed = hop(attributes([i](core::AttributeBuilder& b) { b.header.local_pref = i; }));
    unkeyed.attributes_key = 0;
    EXPECT_EQ(tree({unkeyed, unkeyed}).at("local-preference"), std::to_string(i));
  }
  const auto huge = attributes([](core::AttributeBuilder& b) {
    for (std::uint32_t i = 0; i < 4000; ++i) b.add_ext_community(core::ext::security_group(kAs, 9000000 + i));
  });
  EXPECT_EQ(list(tree({hop(huge), hop(huge)}), {"security-group-list"}).size(), 4000u);
}

TEST_F(ItemEncode, ManyHugeSetsStayWithinTheMemoryBound) {
  for (std::uint32_t round = 0; round < 3000; ++round) {
    const auto set = attributes([round](core::AttributeBuilder& b) {
      for (std::uint32_t i = 0; i < 400; ++i) b.add_ext_community(core::ext::security_group(kAs, 8000000 + round * 400 + i));
    });
    const std::string text = encoded({hop(set)});
    ASSERT_NE(text.find("<security-group>" + std::to_string(8000000 + round * 400 + 399) + "<"), std::string::npos);
    ASSERT_LE(encoder_.cached_bytes(), ItemEncoder::kMostCachedBytes + 100000);
    sets_.clear();
  }
}

// ---- what agents publish comes back as it was, and as the incumbent wrote it

struct Hop {
  PubsubRequest request;
  std::string virtual_network;
};

// The next hop of an entry as an agent would publish it alone.
std::optional<Hop> published(const XmlTree& entry, std::size_t index) {
  XmlTree single = entry;
  for (XmlTree& c : single.children) {
    if (c.name == "next-hops") c.children = {XmlTree(c.children.at(index))};
  }
  Hop hop;
  const std::string node = entry.at("nlri/af") + "/" + entry.at("nlri/safi") + "/x/y";
  decode_pubsub(publish(node, "<item>" + xml_text(single) + "</item>"), {kAs}, hop.request);
  if (hop.request.items.size() != 1 || hop.request.items[0].attributes_size == 0) return std::nullopt;
  hop.virtual_network = entry.child("next-hops")->children.at(index).at("virtual-network");
  return hop;
}

// Decodes an item that was sent to an agent and encodes it again.
std::string encoded_again(const XmlTree& item) {
  const XmlTree& entry = item.children.at(0);
  std::vector<std::unique_ptr<Hop>> hops;
  std::vector<NextHopView> views;
  for (std::size_t i = 0; i < entry.child("next-hops")->children.size(); ++i) {
    auto hop = published(entry, i);
    if (!hop) return "next hop " + std::to_string(i) + " does not decode";
    hops.push_back(std::make_unique<Hop>(std::move(*hop)));
    const PublishedItem& p = hops.back()->request.items.front();
    views.push_back({p.next_hop, p.label, i + 1, hops.back()->request.attributes(p), hops.back()->virtual_network});
  }
  const PublishedItem& first = hops.front()->request.items.front();
  ItemEncoder encoder({kAs, false});
  TextBuffer out;
  encoder.add_item(out, {first.family, first.prefix, views});
  return std::string(out.view());
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(GoldenItems, ReadAndWrittenAgainTheyAreTheSameBytes) {
  unsigned items = 0;
  for (const auto& file : std::filesystem::directory_iterator("tests/golden/xmpp/item")) {
    std::string text = contents(file.path());
    ASSERT_TRUE(!text.empty() && text.back() == '\n') << file.path();
    text.pop_back();
    const auto tree = parse_xml_tree(text);
    ASSERT_TRUE(tree) << file.path();
    EXPECT_EQ(encoded_again(*tree), text) << file.path();
    EXPECT_LE(text.size(), tree->children.at(0).child("next-hops")->children.size() * 600 + 600);
    ++items;
  }
  EXPECT_GE(items, 5u);
}

// The recordings of the incumbent, beside the repository where they are installed.
class Recorded : public ::testing::TestWithParam<const char*> {};

TEST_P(Recorded, ItemsHaveTheSameStructure) {
  const std::filesystem::path path = std::string("../shared/recorded/xmpp/") + GetParam() + ".txt";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no recordings here";
  const std::string text = contents(path);
  unsigned items = 0, retracts = 0;
  for (auto at = text.find("<message"); at != std::string::npos; at = text.find("<message", at + 1)) {
    const auto message = parse_xml_tree(std::string_view(text).substr(at, text.find("</message>", at) + 10 - at));
    ASSERT_TRUE(message);
    const XmlTree& list = message->children.at(0).children.at(0);
    for (const XmlTree& child : list.children) {
      if (child.name == "retract") {
        TextBuffer out;
        add_retract(out, prefix(child.attributes.at("id")));
        EXPECT_EQ(parse_xml_tree(out.view()), child);
        ++retracts;
        continue;
      }
      ++items;
      EXPECT_EQ(parse_xml_tree(encoded_again(child)), child);
    }
  }
  EXPECT_GT(items, 2u);
  if (std::string_view(GetParam()) == "inet_basic") {
    EXPECT_GT(retracts, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Recorded, ::testing::Values("inet_basic", "inet_ecmp", "inet6"));

}  // namespace
}  // namespace signalbox::xmpp
