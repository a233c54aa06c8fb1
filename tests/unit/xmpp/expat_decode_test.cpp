// What stanzas mean: the rules of spec/xmpp.md 2 and 3, with odd input. Every stanza goes through the whole decoder as well.
#include "xmpp/expat_decode.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/xmpp/agent_text.hpp"
#include "tests/unit/xmpp/request_text.hpp"
#include "xmpp/pubsub_decode.hpp"

namespace signalbox::xmpp {
namespace {

using namespace agent_text;

PubsubRequest decoded(std::string_view stanza, const DecodeContext& context = {64512}) {
  PubsubRequest request, again;
  expat_decode(stanza, context, request);
  decode_pubsub(stanza, context, again);
  EXPECT_EQ(request, again) << stanza;
  return request;
}

// The only item of a publish of the default node id.
PublishedItem decoded_item(const std::string& entry, std::string_view node = kNode) {
  const PubsubRequest request = decoded(publish(node, item(entry)));
  EXPECT_EQ(request.kind, RequestKind::kPublish);
  EXPECT_EQ(request.items.size(), 1u);
  return request.items.empty() ? PublishedItem{} : request.items.front();
}

// Its attributes as text.
std::string attributes_text(const std::string& entry, const DecodeContext& context = {64512}) {
  const PubsubRequest request = decoded(publish(kNode, item(entry)), context);
  if (request.items.size() != 1 || request.items[0].attributes_size == 0) return "none";
  EXPECT_EQ(request.items[0].attributes_hash, core::hash_bytes(request.attributes(request.items[0])));
  std::ostringstream out;
  write_attributes(out, core::AttributeView(request.attributes(request.items[0])));
  return out.str();
}

constexpr std::string_view kPlain = "  local_pref 100 med none origin 2 sub_protocol 1\n";

// ---- stanzas

TEST(Stanza, WhatIsNotWellFormedIsMalformed) {
  const std::string good = publish(kNode, item(full_entry()));
  for (const std::string& stanza :
       {std::string(), std::string("<iq"), std::string("<iq></iq"), "x" + good, good + "x", good + good,
        replaced(good, "</nlri>", "</nlr>"), replaced(good, "<version>1", "<version>1&"), replaced(good, "<version>1", "<version>&nosuch;"),
        replaced(good, "type=\"set\"", "type=\"set\" type=\"set\""), replaced(good, "<version>1", "<version>\x01"),
        replaced(good, "<version>1", "<version>\xff"), replaced(good, "<version>1", "<version>a]]>"),
        replaced(good, "<version>1", std::string("<version>\0", 10)), replaced(good, "<version>1", "<version>&#0;")}) {
    EXPECT_EQ(decoded(stanza).kind, RequestKind::kMalformed) << stanza;
  }
}

TEST(Stanza, ADoctypeIsMalformed) {
  EXPECT_EQ(decoded("<!DOCTYPE iq>" + collection()).kind, RequestKind::kMalformed);
  const std::string bomb =
      "<!DOCTYPE iq [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
      "<iq type=\"set\">&c;</iq>";
  EXPECT_EQ(decoded(bomb).kind, RequestKind::kMalformed);
}

TEST(Stanza, NestingHasALimit) {
  const auto nested = [](std::size_t depth) {
    std::string open, close;
    for (std::size_t i = 0; i < depth; ++i) {
      open += "<x>";
      close += "</x>";
    }
    return open + close;
  };
  EXPECT_EQ(decoded("<iq>" + nested(kMostDepth - 1) + "</iq>").kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded("<iq>" + nested(kMostDepth) + "</iq>").kind, RequestKind::kMalformed);
  EXPECT_EQ(decoded("<iq>" + nested(100000) + "</iq>").kind, RequestKind::kMalformed);
}

TEST(Stanza, WhatIsNotARequestIsIgnored) {
  EXPECT_EQ(decoded("<iq></iq>").kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded("<presence/>").kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded(replaced(collection(), "type=\"set\"", "type=\"get\"")).kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded(replaced(collection(), "type=\"set\"", "")).kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded(iq("<retract node=\"x\"><item/></retract>")).kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded(iq("")).kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded("<iq type=\"set\"><query><collection node=\"x\"/></query></iq>").kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded("<p:iq type=\"set\"><pubsub><collection node=\"x\"/></pubsub></p:iq>").kind, RequestKind::kIgnored);
}

TEST(Stanza, AMessageIsANoOp) {
  const PubsubRequest request = decoded(
      "<message from=\"vr7.example.net\" to=\"network-control@contrailsystems.com/bgp-peer\">\n\t<event "
      "xmlns=\"http://jabber.org/protocol/pubsub\">\n"
      "<items node=\"0/0/EndOfRib\"></items>\n\t</event>\n</message>");
  EXPECT_EQ(request.kind, RequestKind::kMessage);
  EXPECT_EQ(request.channels, kBgpChannel);
}

TEST(Stanza, TheFirstChildOfPubsubIsTheAction) {
  EXPECT_EQ(decoded(iq("<foo/><collection node=\"x\"/>")).kind, RequestKind::kIgnored);
  EXPECT_EQ(decoded(iq("<collection node=\"x\"/><publish node=\"y\"/>")).kind, RequestKind::kCollection);
  EXPECT_EQ(decoded(iq("text<!-- c --><collection node=\"x\"/>")).node, "x");
}

TEST(Stanza, ChannelsAreFoundInTo) {
  const auto channels = [](std::string_view to) { return decoded(iq("<collection node=\"x\"/>", to)).channels; };
  EXPECT_EQ(channels("network-control@contrailsystems.com/bgp-peer"), kBgpChannel);
  EXPECT_EQ(channels("network-control@contrailsystems.com/config"), kConfigChannel);
  EXPECT_EQ(channels("xbgp-peerx"), kBgpChannel);
  EXPECT_EQ(channels("dns-peer other-peer"), kDnsChannel | kOtherChannel);
  EXPECT_EQ(channels("network-control@contrailsystems.com/bgp-peer/config"), kBgpChannel | kConfigChannel);
  EXPECT_EQ(channels("network-control@contrailsystems.com/bgp"), 0);
  EXPECT_EQ(channels(""), 0);
}

// ---- subscribe, unsubscribe, collection

TEST(Subscribe, OptionsAreFoundAnywhere) {
  const std::string options = "<options><no-ribout>true</no-ribout><instance-id>9</instance-id></options>";
  for (const std::string& stanza :
       {subscribe(options), iq("<subscribe node=\"default-domain:demo:blue:blue\"/>" + options),
        replaced(subscribe(""), "<pubsub", options + "<pubsub"), replaced(subscribe(""), "</iq>", "<x><y>" + options + "</y></x></iq>")}) {
    const PubsubRequest request = decoded(stanza);
    EXPECT_EQ(request.kind, RequestKind::kSubscribe) << stanza;
    EXPECT_EQ(request.node, "default-domain:demo:blue:blue");
    EXPECT_EQ(request.instance_id, 9) << stanza;
    EXPECT_TRUE(request.no_ribout) << stanza;
  }
}

TEST(Subscribe, OptionsHaveDefaults) {
  const PubsubRequest request = decoded(subscribe(""));
  EXPECT_EQ(request.instance_id, -1);
  EXPECT_FALSE(request.no_ribout);
  EXPECT_EQ(decoded(subscribe("<options/>")).instance_id, -1);
}

TEST(Subscribe, OptionsAreReadLoosely) {
  const auto id = [](const std::string& text) {
    return decoded(subscribe("<options><instance-id>" + text + "</instance-id></options>")).instance_id;
  };
  EXPECT_EQ(id("12"), 12);
  EXPECT_EQ(id(" 12x"), 12);
  EXPECT_EQ(id(""), 0);
  EXPECT_EQ(id("x"), 0);
  EXPECT_EQ(id("<y/>7"), 7);
  const auto flag = [](const std::string& text) {
    return decoded(subscribe("<options><no-ribout>" + text + "</no-ribout></options>")).no_ribout;
  };
  for (const char* yes : {"true", "1", "yes", "Y", "T", "1000"}) EXPECT_TRUE(flag(yes)) << yes;
  for (const char* no : {"", "false", "0", "no", " true"}) EXPECT_FALSE(flag(no)) << no;
}

TEST(Subscribe, OnlyTheFirstOptionsCount) {
  const PubsubRequest request = decoded(iq(
      "<subscribe node=\"x\"><options><instance-id>1</instance-id></options></subscribe><options><instance-id>2</instance-id></options>"));
  EXPECT_EQ(request.instance_id, 1);
}

TEST(Subscribe, NamesMayHoldEntitiesAndAnyCharacter) {
  EXPECT_EQ(decoded(iq("<subscribe node=\"a&amp;b&lt;&#x2603;\"/>")).node, "a&b<\xe2\x98\x83");
  EXPECT_EQ(decoded(iq("<unsubscribe node='\xe2\x98\x83'/>")).node, "\xe2\x98\x83");
  EXPECT_EQ(decoded(iq("<subscribe node=\"a\tb\nc\"/>")).node, "a b c");
  EXPECT_EQ(decoded(iq("<subscribe/>")).node, "");
}

TEST(Subscribe, ConfigurationObjects) {
  const PubsubRequest request = decoded(iq("<unsubscribe node=\"virtual-machine:6f0c2d9e-0000-4000-8000-00000000c0de\" />", "x/config"));
  EXPECT_EQ(request.kind, RequestKind::kUnsubscribe);
  EXPECT_EQ(request.channels, kConfigChannel);
  EXPECT_EQ(request.node, "virtual-machine:6f0c2d9e-0000-4000-8000-00000000c0de");
}

TEST(Collection, AssociateAndDissociate) {
  const PubsubRequest add = decoded(collection());
  EXPECT_EQ(add.kind, RequestKind::kCollection);
  EXPECT_EQ(add.node, "default-domain:demo:blue:blue");
  EXPECT_TRUE(add.has_association);
  EXPECT_FALSE(add.withdraw);
  EXPECT_EQ(add.association_node, kNode);
  EXPECT_TRUE(decoded(collection("dissociate")).withdraw);
}

TEST(Collection, AssociateComesBeforeDissociate) {
  const PubsubRequest request =
      decoded(iq("<collection node=\"i\"><dissociate node=\"d\"/><associate node=\"a\"/><associate node=\"b\"/></collection>"));
  EXPECT_FALSE(request.withdraw);
  EXPECT_EQ(request.association_node, "a");
}

TEST(Collection, EndOfRibHalves) {
  const PubsubRequest first = decoded(iq("<publish />"));
  EXPECT_EQ(first.kind, RequestKind::kPublish);
  EXPECT_FALSE(first.has_items);
  const PubsubRequest second = decoded(iq("<collection />"));
  EXPECT_EQ(second.kind, RequestKind::kCollection);
  EXPECT_FALSE(second.has_association);
  EXPECT_EQ(second.association_node, first.node);
}

// ---- publish: node ids

TEST(Publish, FamilyComesFromTheNodeId) {
  const auto classified = [](std::string_view node) { return decoded(publish(node, "<item/>")); };
  EXPECT_EQ(classified("1/1/x/10.0.0.0/8").family, core::Family::kInet);
  EXPECT_EQ(classified("1/4/x/10.0.0.0/8").family, core::Family::kInetLabeled);
  EXPECT_EQ(classified("2/1/x/::/0").family, core::Family::kInet6);
  for (const auto& [node, afi, safi] :
       {std::tuple{"25/242/x", 25, 242}, {"1/241/x/y", 1, 241}, {"1/5/x/y", 1, 5}, {"1/128/x", 1, 128}, {"9/9/x", 9, 9}}) {
    const PubsubRequest request = classified(node);
    EXPECT_FALSE(request.family) << node;
    EXPECT_EQ(request.afi, afi) << node;
    EXPECT_EQ(request.safi, safi) << node;
    EXPECT_TRUE(request.has_items);
    EXPECT_TRUE(request.items.empty());
  }
  for (const char* node : {"", "1", "1/1", "x/y/z", "/1/x", "1//x", "-1/1/x", "99999/1/x", "1/999/x", " 1/1/x"}) {
    const PubsubRequest request = classified(node);
    EXPECT_FALSE(request.family) << node;
    EXPECT_EQ(request.afi, 0) << node;
    EXPECT_EQ(request.kind, RequestKind::kPublish);
  }
}

TEST(Publish, PrimaryInstanceIdFollowsThePrefix) {
  const auto id = [](std::string_view node) { return decoded(publish(node, item(nlri()))).primary_instance_id; };
  EXPECT_EQ(id("1/1/default-domain:demo:blue:blue/10.7.0.5/32/4"), 4u);
  EXPECT_EQ(id("1/1/default-domain:demo:blue:blue/10.7.0.5/32"), 0u);
  EXPECT_EQ(id("1/1/with/slash/10.7.0.5/32"), 0u);
  EXPECT_EQ(id("1/1/with/slash/10.7.0.5/32/70000"), 70000u);
  EXPECT_EQ(id("1/1/10/20/30"), 0u);
  EXPECT_EQ(id("1/1/x/10.7.0.5/32/"), 0u);
  EXPECT_EQ(id("1/1/x/10.7.0.5/33/4"), 0u);
  EXPECT_EQ(id("2/1/x/2001:db8::5/128/4"), 0u);
}

// ---- items: faults

TEST(Item, FaultsOfTheKeyAreFoundBeforeMembership) {
  const auto fault = [](const std::string& entry, std::string_view node = kNode) { return decoded_item(entry, node).key_fault; };
  EXPECT_EQ(fault(nlri()), ItemFault::kNone);
  EXPECT_EQ(fault(""), ItemFault::kWrongFamily);
  EXPECT_EQ(fault(nlri(2, 1)), ItemFault::kWrongFamily);
  EXPECT_EQ(fault(nlri(1, 2)), ItemFault::kWrongFamily);
  EXPECT_EQ(fault(nlri(2, 4, "::/0"), "2/1/x/::/0"), ItemFault::kWrongFamily);
  EXPECT_EQ(fault(nlri(1, 1, "::/0")), ItemFault::kBadPrefix);
  EXPECT_EQ(fault(nlri(2, 1, "10.0.0.0/8"), "2/1/x/::/0"), ItemFault::kBadPrefix);
  for (const char* prefix :
       {"", "10.0.0.1", "10.0.0.1/33", "10.0.0.1/", "/8", "10.0.0.256/8", "10.0.0.1/8 ", " 10.0.0.1/8", "10.0.0.1.2/8", "x"}) {
    EXPECT_EQ(fault(nlri(1, 1, prefix)), ItemFault::kBadPrefix) << prefix;
    EXPECT_TRUE(before_membership_check(ItemFault::kBadPrefix));
  }
  EXPECT_EQ(fault(replaced(nlri(), "<af>1", "<af>1x")), ItemFault::kNotParsed);
  EXPECT_EQ(fault(nlri() + next_hops("192.0.2.17", "x")), ItemFault::kNotParsed);
  EXPECT_EQ(fault(nlri() + next_hops("192.0.2.17", "1", "<vni>1 2</vni>")), ItemFault::kNotParsed);
  EXPECT_EQ(fault(nlri() + "<mobility seqno=\"a\"/>"), ItemFault::kNotParsed);
  EXPECT_EQ(fault(nlri() + next_hops("192.0.2.17", "1", "<tag-list><tag>1</tag><tag>x</tag></tag-list>")), ItemFault::kNotParsed);
  EXPECT_EQ(fault(nlri() + "<security-group-list><security-group>-</security-group></security-group-list>"), ItemFault::kNotParsed);
}

TEST(Item, ANumberThatIsIgnoredMustBeOneToo) {
  EXPECT_EQ(decoded_item(nlri() + "<version>one</version>").key_fault, ItemFault::kNotParsed);
  EXPECT_EQ(decoded_item(nlri() + "<unknown>one</unknown><virtual-network>1 2</virtual-network>").key_fault, ItemFault::kNone);
}

TEST(Item, PrefixesAreMasked) {
  EXPECT_EQ(decoded_item(nlri(1, 1, "10.7.255.5/17")).prefix.to_string(), "10.7.128.0/17");
  EXPECT_EQ(decoded_item(nlri(1, 1, "10.7/16")).prefix.to_string(), "10.7.0.0/16");
  EXPECT_EQ(decoded_item(nlri(2, 1, "2001:DB8:0:0::7/64"), "2/1/x/y").prefix.to_string(), "2001:db8::/64");
}

ItemFault checked(const std::string& entry, std::string_view node, bool default_instance, bool withdraw = false) {
  return check_item(decoded_item(entry, node), withdraw, default_instance);
}

TEST(Item, NextHopsOfAdds) {
  const auto fault = [](const std::string& hops, bool default_instance = false) { return checked(nlri() + hops, kNode, default_instance); };
  EXPECT_EQ(fault(next_hops()), ItemFault::kNone);
  EXPECT_EQ(fault(""), ItemFault::kNoNextHop);
  EXPECT_EQ(fault("<next-hops/>"), ItemFault::kNoNextHop);
  EXPECT_EQ(fault(next_hops() + next_hops()), ItemFault::kManyNextHops);
  for (const char* address : {"", "0.0.0.0", "::", "x", "1.2.3", "1.2.3.4 ", "::1"}) {
    EXPECT_EQ(fault(next_hops(address)), ItemFault::kBadNextHop) << address;
  }
  EXPECT_EQ(fault(next_hops("2001:db8::1", "0"), true), ItemFault::kNone);
  EXPECT_EQ(fault(replaced(next_hops(), "<af>1", "<af>2")), ItemFault::kNone);
  EXPECT_EQ(fault(replaced(next_hops(), "<af>1", "<af>25")), ItemFault::kNone);
  EXPECT_EQ(fault(replaced(next_hops(), "<af>1", "<af>3")), ItemFault::kBadNextHop);
  EXPECT_EQ(fault(replaced(next_hops(), "<af>1</af>", "")), ItemFault::kBadNextHop);
  EXPECT_EQ(fault(replaced(next_hops(), "<mac>", "<mac>zz")), ItemFault::kBadMac);
  EXPECT_FALSE(before_membership_check(ItemFault::kBadNextHop));
  EXPECT_TRUE(before_membership_check(ItemFault::kNoNextHop));
}

TEST(Item, LabelsOfAdds) {
  const auto fault = [](int af, int safi, const char* label, bool default_instance) {
    const char* prefix = af == 2 ? "::/0" : "10.0.0.0/8";
    return checked(nlri(af, safi, prefix) + next_hops("192.0.2.17", label),
                   af == 2     ? "2/1/x/y"
                   : safi == 4 ? "1/4/x/y"
                               : "1/1/x/y",
                   default_instance);
  };
  EXPECT_EQ(fault(1, 1, "1", false), ItemFault::kNone);
  EXPECT_EQ(fault(1, 1, "16777215", false), ItemFault::kNone);
  EXPECT_EQ(fault(1, 1, "16777216", false), ItemFault::kBadLabel);
  EXPECT_EQ(fault(1, 1, "-1", false), ItemFault::kBadLabel);
  EXPECT_EQ(fault(1, 1, "0", false), ItemFault::kBadLabel);
  EXPECT_EQ(fault(1, 1, "0", true), ItemFault::kNone);
  EXPECT_EQ(fault(1, 1, "1", true), ItemFault::kBadLabel);
  EXPECT_EQ(fault(1, 4, "1", true), ItemFault::kNone);
  EXPECT_EQ(fault(1, 4, "0", true), ItemFault::kBadLabel);
  EXPECT_EQ(fault(1, 4, "1", false), ItemFault::kWrongInstance);
  EXPECT_EQ(fault(2, 1, "1", false), ItemFault::kNone);
  EXPECT_EQ(fault(2, 1, "0", false), ItemFault::kZeroLabel);
  EXPECT_EQ(fault(2, 1, "0", true), ItemFault::kNone);
  EXPECT_EQ(fault(2, 1, "1", true), ItemFault::kBadLabel);
}

TEST(Item, OnlyTheKeyOfAWithdrawCounts) {
  EXPECT_EQ(checked(nlri(), kNode, false, true), ItemFault::kNone);
  EXPECT_EQ(checked(nlri() + next_hops("x", "0") + next_hops(), kNode, false, true), ItemFault::kNone);
  EXPECT_EQ(checked(nlri(1, 1, "x"), kNode, false, true), ItemFault::kBadPrefix);
  EXPECT_EQ(checked(nlri(1, 4), "1/4/x/y", false, true), ItemFault::kWrongInstance);
  EXPECT_EQ(checked(nlri(1, 4), "1/4/x/y", true, true), ItemFault::kNone);
}

TEST(Item, TheFamilyOfAnItemComesFromItsSafi) {
  EXPECT_EQ(decoded_item(nlri(1, 4), "1/1/x/y").family, core::Family::kInetLabeled);
  EXPECT_EQ(decoded_item(nlri(1, 1), "1/4/x/y").family, core::Family::kInet);
}

TEST(Item, SeveralItemsStandForThemselves) {
  const PubsubRequest request = decoded(
      publish(kNode, item(nlri(1, 1, "x")) + item(nlri() + next_hops()) + "<other/>" + item(nlri(1, 1, "10.9.0.0/16") + next_hops("x"))));
  ASSERT_EQ(request.items.size(), 3u);
  EXPECT_EQ(request.items[0].key_fault, ItemFault::kBadPrefix);
  EXPECT_EQ(check_item(request.items[1], false, false), ItemFault::kNone);
  EXPECT_EQ(request.items[2].prefix.to_string(), "10.9.0.0/16");
  EXPECT_EQ(request.items[2].add_fault, ItemFault::kBadNextHop);
}

// ---- items: how fields are read

TEST(Item, TheLastOfRepeatedScalarsCountsAndListsGrow) {
  const std::string entry =
      "<nlri><af>7</af><af>1</af><safi>1</safi></nlri><nlri><address>1.0.0.0/8</address><address>10.7.0.5/32</address></nlri>"
      "<next-hops><next-hop><af>1</af><label>1</label><address>x</address><address>192.0.2.17</address><label>29</label>"
      "<tunnel-encapsulation-list><tunnel-encapsulation>gre</tunnel-encapsulation></tunnel-encapsulation-list>"
      "<tunnel-encapsulation-list><tunnel-encapsulation>udp</tunnel-encapsulation></tunnel-encapsulation-list></next-hop></next-hops>"
      "<security-group-list><security-group>1</security-group></security-group-list>"
      "<security-group-list><security-group>2</security-group></security-group-list><med>5</med><med>6</med>";
  const PublishedItem item = decoded_item(entry);
  EXPECT_EQ(check_item(item, false, false), ItemFault::kNone);
  EXPECT_EQ(item.label, 29u);
  EXPECT_EQ(attributes_text(entry),
            "  local_pref 100 med 6 origin 2 sub_protocol 1\n  ext 030c000000000002\n  ext 030c00000000000d\n  ext 8004fc0000000001\n  ext "
            "8004fc0000000002\n");
}

TEST(Item, OrderMeansNothingAndTheUnknownIsIgnored) {
  const std::string entry =
      "<sub-protocol>bgpaas</sub-protocol><future><af>9</af><label>1</label></future>"
      "<next-hops "
      "x=\"y\"><foo/><next-hop><label>29</label><x:address>1.1.1.1</x:address><address>192.0.2.17</address><af>1</af></next-hop></"
      "next-hops>"
      "<nlri><address>10.7.0.5/32</address><safi>1</safi><af z=\"1\">1</af></nlri><af>5</af>";
  EXPECT_EQ(check_item(decoded_item(entry), false, false), ItemFault::kNone);
  EXPECT_EQ(attributes_text(entry), "  local_pref 100 med none origin 2 sub_protocol 4\n");
}

TEST(Item, TextIsTheFirstRunOfIt) {
  const auto label = [](const std::string& text) { return decoded_item(nlri() + next_hops("192.0.2.17", text)).label; };
  EXPECT_EQ(label("29"), 29u);
  EXPECT_EQ(label("<!-- 1 -->29"), 29u);
  EXPECT_EQ(label("29<!-- 1 -->30"), 29u);
  EXPECT_EQ(label("29<x>5</x>30"), 29u);
  EXPECT_EQ(label("<x>5</x>30"), 30u);
  EXPECT_EQ(label("\n<x>5</x>\n30"), 30u);
  EXPECT_EQ(label("<![CDATA[29]]>30"), 29u);
  EXPECT_EQ(label(" <![CDATA[29]]>"), 29u);
  EXPECT_EQ(label("29<![CDATA[30]]>"), 29u);
  EXPECT_EQ(label("<?p i?>29"), 29u);
  EXPECT_EQ(label("&#50;9"), 29u);
  EXPECT_EQ(label("<![CDATA[]]>29"), 0u);
  EXPECT_EQ(label("<x/>"), 0u);
}

TEST(Item, NumbersAreReadAsAgentsMayWriteThem) {
  const auto label = [](const std::string& text) {
    const PublishedItem item = decoded_item(nlri() + next_hops("192.0.2.17", text));
    return item.key_fault == ItemFault::kNone ? static_cast<int>(item.label) : -1;
  };
  for (const auto& [text, value] : {std::pair{"", 0},
                                    {"   ", 0},
                                    {"0", 0},
                                    {"0029", 29},
                                    {"29 \n", 29},
                                    {" 29", 29},
                                    {"+29", 29},
                                    {"4294967325", 29},
                                    {"-4294967267", 29},
                                    {"29x", -1},
                                    {"x29", -1},
                                    {"2 9", -1},
                                    {"-", -1},
                                    {"+", -1},
                                    {"0x1d", -1},
                                    {"29.0", -1},
                                    {"--29", -1}}) {
    EXPECT_EQ(label(text), value) << text;
  }
}

TEST(Item, NumbersKeepThirtyTwoBits) {
  std::int32_t n = 0;
  EXPECT_TRUE(parse_field_int("4294967294", n));
  EXPECT_EQ(n, -2);
  EXPECT_TRUE(parse_field_int("-2", n));
  EXPECT_EQ(n, -2);
  EXPECT_TRUE(parse_field_int("99999999999999999999999999", n));
  EXPECT_EQ(n, -1);
  EXPECT_TRUE(parse_field_int("-99999999999999999999999999", n));
  EXPECT_EQ(n, -1);
  EXPECT_EQ(parse_field_number("18446744073709551615"), 18446744073709551615u);
  EXPECT_EQ(parse_field_number("18446744073709551616"), 18446744073709551615u);
  EXPECT_EQ(parse_field_number("18446744073709551609"), 18446744073709551609u);
}

// ---- items: attributes (spec/xmpp.md 5)

std::string with(const std::string& next_hop_rest, const std::string& entry_rest = "") {
  return attributes_text(nlri() + next_hops("192.0.2.17", "29", next_hop_rest) + entry_rest);
}

TEST(Attributes, WithNothingGiven) { EXPECT_EQ(with(""), kPlain); }

TEST(Attributes, PreferenceAndMed) {
  const auto text = [](const char* preference, const char* med) {
    return with("", "<local-preference>" + std::string(preference) + "</local-preference><med>" + med + "</med>");
  };
  EXPECT_EQ(text("0", "0"), kPlain);
  EXPECT_EQ(text("100", "0"), "  local_pref 100 med 200 origin 2 sub_protocol 1\n");
  EXPECT_EQ(text("200", "0"), "  local_pref 200 med 100 origin 2 sub_protocol 1\n");
  EXPECT_EQ(text("1", "0"), "  local_pref 1 med 4294967294 origin 2 sub_protocol 1\n");
  EXPECT_EQ(text("4294967295", "0"), "  local_pref 4294967295 med none origin 2 sub_protocol 1\n");
  EXPECT_EQ(text("100", "7"), "  local_pref 100 med 7 origin 2 sub_protocol 1\n");
  EXPECT_EQ(text("0", "-2"), "  local_pref 100 med 4294967294 origin 2 sub_protocol 1\n");
}

TEST(Attributes, Encapsulations) {
  const auto text = [](const std::string& names) { return with("<tunnel-encapsulation-list>" + names + "</tunnel-encapsulation-list>"); };
  const auto e = [](const std::string& name) { return "<tunnel-encapsulation>" + name + "</tunnel-encapsulation>"; };
  EXPECT_EQ(text(""), kPlain);
  EXPECT_EQ(text(e("udp") + e("gre") + e("udp")), std::string(kPlain) + "  ext 030c000000000002\n  ext 030c00000000000d\n");
  EXPECT_EQ(text(e("teleport") + e("vxlan")), std::string(kPlain) + "  ext 030c000000000008\n");
  EXPECT_EQ(text(e("teleport")), "  local_pref 100 med none origin 2 sub_protocol 1 infeasible\n");
  EXPECT_EQ(text(e("")), "  local_pref 100 med none origin 2 sub_protocol 1 infeasible\n");
}

TEST(Attributes, RouterMac) {
  const std::string entry = nlri() + next_hops();
  EXPECT_EQ(attributes_text(replaced(entry, "<mac>", "<mac>3c:fd:fe:00:00:17")), std::string(kPlain) + "  ext 06033cfdfe000017\n");
  EXPECT_EQ(attributes_text(replaced(entry, "<mac>", "<mac>00:00:00:00:00:00")), kPlain);
}

TEST(Attributes, SecurityGroups) {
  const std::string entry =
      nlri() + next_hops() +
      "<security-group-list><security-group>8000002</security-group><security-group>4</security-group></security-group-list>";
  EXPECT_EQ(attributes_text(entry), std::string(kPlain) + "  ext 8004fc0000000004\n  ext 8004fc00007a1202\n");
  EXPECT_EQ(attributes_text(entry, {70000}),
            std::string(kPlain) + "  ext 80040000007a1202\n  ext 8004000100000004\n  ext 8204000111700000\n  ext 8204000111700001\n");
}

TEST(Attributes, Tags) {
  const auto text = [](const std::string& tags, const char* is_new) {
    return with("<tag-list>" + tags + "</tag-list><is-new-tags-list>" + is_new + "</is-new-tags-list>");
  };
  EXPECT_EQ(text("<tag>4294967301</tag>", "true"), std::string(kPlain) + "  large 0000fc000100000100000005\n");
  EXPECT_EQ(text("<tag>65541</tag>", "false"), std::string(kPlain) + "  large 0000fc000100000100000005\n");
  EXPECT_EQ(text("<tag>65541</tag>", "True"), std::string(kPlain) + "  large 0000fc000100000100000005\n");
  EXPECT_EQ(text("<tag>18446744073709551615</tag>", "true"), std::string(kPlain) + "  large 0000fc0001ffffffffffffff\n");
  EXPECT_EQ(text("<tag>6</tag><tag>5</tag><tag>6</tag>", "true"),
            std::string(kPlain) + "  large 0000fc000100000000000005\n  large 0000fc000100000000000006\n");
}

TEST(Attributes, Communities) {
  EXPECT_EQ(
      with("",
           "<community-tag-list><community-tag>2:2</community-tag><community-tag>x</community-tag><community-tag>no-export</community-tag>"
           "<community-tag>1:1</community-tag></community-tag-list>"),
      std::string(kPlain) + "  community 1:1\n  community 2:2\n  community 65535:65281\n");
}

TEST(Attributes, Mobility) {
  EXPECT_EQ(with("", "<sequence-number>3</sequence-number>"), std::string(kPlain) + "  ext 0600000000000003\n");
  EXPECT_EQ(with("", "<mobility sticky=\"true\" seqno=\"5\"/><sequence-number>3</sequence-number>"),
            std::string(kPlain) + "  ext 0600010000000005\n");
  EXPECT_EQ(with("", "<mobility sticky=\"true\" seqno=\"0\"/><sequence-number>3</sequence-number>"),
            std::string(kPlain) + "  ext 0600000000000003\n");
  EXPECT_EQ(with("", "<mobility seqno=\"-1\" sticky=\"no\"/>"), std::string(kPlain) + "  ext 06000000ffffffff\n");
  EXPECT_EQ(with("", "<mobility/>"), kPlain);
}

TEST(Attributes, LocalSequence) {
  EXPECT_EQ(with("<local-sequence-number>7</local-sequence-number>"), std::string(kPlain) + "  ext c000000000070000\n");
}

TEST(Attributes, LoadBalance) {
  const auto text = [](const std::string& fields, const std::string& decision) {
    return with("", "<load-balance><load-balance-fields>" + fields + "</load-balance-fields><load-balance-decision>" + decision +
                        "</load-balance-decision></load-balance>");
  };
  const auto f = [](const std::string& name) { return "<load-balance-field-list>" + name + "</load-balance-field-list>"; };
  EXPECT_EQ(text("", "field-hash"), kPlain);
  EXPECT_EQ(text("", "anything"), kPlain);
  EXPECT_EQ(text("", "source-bias"), std::string(kPlain) + "  ext 03aaf80080000000\n");
  EXPECT_EQ(text(f("l4-protocol") + f("l3-source-address"), "field-hash"), std::string(kPlain) + "  ext 03aaa00000000000\n");
  EXPECT_EQ(text(f("unknown"), "field-hash"), std::string(kPlain) + "  ext 03aa000000000000\n");
  std::string all;
  for (const char* name : {"l3-source-address", "l3-destination-address", "l4-protocol", "l4-source-port", "l4-destination-port"})
    all += f(name);
  EXPECT_EQ(text(all, "field-hash"), kPlain);
}

TEST(Attributes, SubProtocol) {
  EXPECT_EQ(with("", "<sub-protocol>service-interface</sub-protocol>"), "  local_pref 100 med none origin 2 sub_protocol 3\n");
  EXPECT_EQ(with("", "<sub-protocol/>"), "  local_pref 100 med none origin 2 sub_protocol 0\n");
}

TEST(Attributes, TheDefaultInstanceHasNoExtendedAndLargeOnes) {
  const PubsubRequest request = decoded(publish(
      kNode, item(nlri() +
                  next_hops("192.0.2.17", "0",
                            "<tunnel-encapsulation-list><tunnel-encapsulation>x</tunnel-encapsulation></tunnel-encapsulation-list>"
                            "<tag-list><tag>5</tag></tag-list>") +
                  "<security-group-list><security-group>1</security-group></security-group-list>"
                  "<community-tag-list><community-tag>1:1</community-tag></community-tag-list><local-preference>200</local-preference>")));
  ASSERT_EQ(request.items.size(), 1u);
  EXPECT_TRUE(core::AttributeView(request.attributes(request.items[0])).header().infeasible_encap);
  core::AttributeBuilder scratch;
  std::vector<std::uint8_t> bytes{1, 2, 3};
  const std::size_t size = append_for_default_instance(request.attributes(request.items[0]), scratch, bytes);
  ASSERT_EQ(bytes.size(), 3 + size);
  std::ostringstream out;
  write_attributes(out, core::AttributeView(std::span(bytes).subspan(3)));
  EXPECT_EQ(out.str(), "  local_pref 200 med 100 origin 2 sub_protocol 1\n  community 1:1\n");
}

}  // namespace
}  // namespace signalbox::xmpp
