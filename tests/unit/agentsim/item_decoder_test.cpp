#include "bench/agentsim/item_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

#include "bench/agentsim/decode_cache.hpp"
#include "bench/agentsim/model.hpp"

namespace signalbox::bench {
namespace {

// spec/xmpp.md 7.5, with values that agent 0 of the test's topology publishes.
const char* const kItem = R"(
<item id="10.0.0.1/32">
  <entry>
    <nlri>
      <af>1</af>
      <safi>1</safi>
      <address>10.0.0.1/32</address>
    </nlri>
    <next-hops>
      <next-hop>
        <af>1</af>
        <address>127.16.0.1</address>
        <mac></mac>
        <label>16</label>
        <vni>0</vni>
        <tunnel-encapsulation-list>
          <tunnel-encapsulation>gre</tunnel-encapsulation>
          <tunnel-encapsulation>udp</tunnel-encapsulation>
        </tunnel-encapsulation-list>
        <virtual-network>default-domain:demo:net0</virtual-network>
        <tag-list>
          <tag>4294967301</tag>
        </tag-list>
        <is-new-tags-list>true</is-new-tags-list>
        <local-sequence-number>0</local-sequence-number>
      </next-hop>
    </next-hops>
    <version>1</version>
    <virtual-network>default-domain:demo:net0</virtual-network>
    <mobility sticky="false" seqno="0" />
    <peers />
    <sequence-number>0</sequence-number>
    <security-group-list>
      <security-group>8000002</security-group>
    </security-group-list>
    <community-tag-list />
    <local-preference>100</local-preference>
    <med>200</med>
    <load-balance>
      <load-balance-fields />
      <load-balance-decision>field-hash</load-balance-decision>
    </load-balance>
    <sub-protocol>interface</sub-protocol>
  </entry>
</item>
)";

std::string body(const std::string& inner, const std::string& node = "1/1/default-domain:demo:net0:net0") {
  return "\n\t<event xmlns=\"http://jabber.org/protocol/pubsub\">\n\t\t<items node=\"" + node + "\">\n" + inner +
         "\t\t</items>\n\t</event>\n</message>";
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string compact(const std::string& text) {
  std::string out;
  bool indent = false;
  for (const char c : text) {
    indent = c == '\n' || (indent && (c == ' ' || c == '\t'));
    if (!indent) out += c;
  }
  return out;
}

class ItemDecoderTest : public testing::Test {
 protected:
  ItemDecoderTest() : topology_(options(), make_instances(options())), model_(topology_, values_) {
    for (std::uint32_t p = 0; p < 2; ++p) {
      model_.set_live(p, true);
      model_.set_path(p, 0, {1, 0, 0});
    }
  }
  static Options options() {
    Options o;
    o.agents = 2;
    o.publishers = 2;
    o.routes = 300;
    return o;
  }
  DecodedBody decode(const std::string& text) { return decode_body(text, topology_, values_); }
  std::uint32_t value(const std::string& item) {
    const DecodedBody b = decode(body(item));
    EXPECT_EQ(b.violation, "");
    return b.entries.size() == 1 ? b.entries[0].value : kAbsent;
  }

  ValueStore values_;
  Topology topology_;
  Model model_;
};

TEST_F(ItemDecoderTest, ReadsWhatTheModelExpects) {
  const std::uint32_t expected = model_.slots(0)[0].expected;
  for (const std::string& text : {body(kItem), compact(body(kItem)), body(with(compact(kItem), "<mac></mac>", "<mac />"))}) {
    const DecodedBody b = decode(text);
    EXPECT_EQ(b.violation, "");
    EXPECT_EQ(b.kind, BodyKind::kItems);
    EXPECT_EQ(b.table, 0u);
    ASSERT_EQ(b.entries.size(), 1u);
    EXPECT_EQ(b.entries[0].slot, 0u);
    EXPECT_EQ(values_.describe(b.entries[0].value), values_.describe(expected));
    EXPECT_EQ(b.entries[0].value, expected);
  }
}

TEST_F(ItemDecoderTest, SeesEveryDifference) {
  const std::uint32_t good = value(kItem);
  const std::pair<const char*, const char*> changes[] = {
      {"<label>16<", "<label>17<"},
      {"<address>127.16.0.1<", "<address>127.16.0.2<"},
      {">udp<", ">native<"},
      {"<virtual-network>default-domain:demo:net0<", "<virtual-network>unresolved<"},
      {"<tag>4294967301<", "<tag>4294967302<"},
      {"sticky=\"false\"", "sticky=\"true\""},
      {"seqno=\"0\"", "seqno=\"3\""},
      {"<sequence-number>0<", "<sequence-number>3<"},
      {"<sequence-number>0</sequence-number>", ""},
      {"<security-group>8000002<", "<security-group>8000003<"},
      {"<community-tag-list />", "<community-tag-list><community-tag>1:1</community-tag></community-tag-list>"},
      {"<local-preference>100<", "<local-preference>200<"},
      {"<med>200<", "<med>100<"},
      {"<load-balance-fields />",
       "<load-balance-fields><load-balance-field-list>l4-protocol</load-balance-field-list></load-balance-fields>"},
      {">field-hash<", ">source-bias<"},
      {">interface<", ">bgpaas<"},
      {"<nlri>\n      <af>1<", "<nlri>\n      <af>2<"},
      {"<safi>1<", "<safi>4<"},
      {"<address>10.0.0.1/32<", "<address>10.0.0.2/32<"},
  };
  for (const auto& [from, to] : changes) EXPECT_NE(value(with(kItem, from, to)), good) << from;
}

TEST_F(ItemDecoderTest, TakesNextHopsAsASetAndNoticesTheWrongBest) {
  const std::string item = compact(kItem);
  const auto begin = item.find("<next-hop>");
  const auto end = item.find("</next-hops>");
  const std::string first = item.substr(begin, end - begin);
  const std::string second = with(first, "127.16.0.1", "127.16.0.2");
  const std::string third = with(first, "127.16.0.1", "127.16.0.3");
  const auto of = [&](const std::string& hops) { return value(item.substr(0, begin) + hops + item.substr(end)); };
  EXPECT_EQ(of(first + second + third), of(first + third + second));
  EXPECT_NE(of(first + second + third), of(second + first + third));
  EXPECT_NE(of(first + second), of(first));
  EXPECT_NE(of(first + first), of(first));
  const std::string other = with(second, "default-domain:demo:net0", "default-domain:demo:net9");
  EXPECT_NE(of(first + other), of(first + second));
}

TEST_F(ItemDecoderTest, ReadsRetractsAndEndOfRib) {
  const DecodedBody b = decode(body("\t\t\t<retract id=\"10.0.0.2/32\" />\n\t\t\t<retract id=\"10.0.0.9/32\" />\n"));
  EXPECT_EQ(b.kind, BodyKind::kRetracts);
  EXPECT_EQ(b.violation, "");
  ASSERT_EQ(b.entries.size(), 2u);
  EXPECT_EQ(b.entries[0].slot, 1u);
  EXPECT_EQ(b.entries[0].value, kAbsent);
  EXPECT_EQ(b.entries[1].slot, 8u);
  const DecodedBody eor = decode(body("", "0/0/EndOfRib"));
  EXPECT_EQ(eor.kind, BodyKind::kEndOfRib);
  EXPECT_EQ(eor.violation, "");
}

TEST_F(ItemDecoderTest, KeepsStraysApart) {
  const DecodedBody b = decode(body(with(with(kItem, "\"10.0.0.1/32", "\"10.9.9.9/32"), ">10.0.0.1/32", ">10.9.9.9/32")));
  ASSERT_EQ(b.entries.size(), 1u);
  EXPECT_EQ(b.entries[0].slot, kNoIndex);
  EXPECT_EQ(b.entries[0].value, 1u);
  EXPECT_EQ(b.strays.at(0), "10.9.9.9/32");
  EXPECT_EQ(decode(body("<retract id=\"10.9.9.9/32\" />")).entries.at(0).value, 0u);
}

TEST_F(ItemDecoderTest, ComplainsOfWhatMustNotBe) {
  const std::string retract = "<retract id=\"10.0.0.2/32\" />";
  EXPECT_NE(decode(body(kItem + retract)).violation, "");
  EXPECT_NE(decode(body(kItem, "1/1/default-domain:demo:nowhere:nowhere")).violation, "");
  EXPECT_NE(decode(body(with(compact(kItem), "<address>127.16.0.1<", "<address>::1<"))).violation, "");
  EXPECT_NE(decode(body("<item id=\"10.0.0.1/32\"><entry></entry></item>")).violation, "");
  EXPECT_NE(decode(body("<item id=\"10.0.0.1/32\"><entry>")).violation, "");
  EXPECT_NE(decode("<event></event></message>").violation, "");
  std::string items, retracts;
  for (int i = 0; i < 32; ++i) items += compact(kItem);
  for (int i = 0; i < 256; ++i) retracts += retract;
  EXPECT_EQ(decode(body(items)).violation, "");
  EXPECT_EQ(decode(body(retracts)).violation, "");
  EXPECT_NE(decode(body(items + compact(kItem))).violation, "");
  EXPECT_NE(decode(body(retracts + retract)).violation, "");
}

TEST_F(ItemDecoderTest, CacheGivesTheSameAndForgets) {
  DecodeCache cache(topology_, values_);
  const auto first = cache.decode(body(kItem));
  EXPECT_EQ(cache.decode(body(kItem)), first);
  EXPECT_EQ(cache.hits(), 1u);
  EXPECT_EQ(cache.misses(), 1u);
  // Two generations of other bodies push it out.
  for (int i = 0; i < 300'000 && cache.misses() < 200'000; ++i)
    cache.decode(body("<retract id=\"10.0.0.2/32\" /><!-- " + std::to_string(i) + " -->"));
  const auto misses = cache.misses();
  EXPECT_EQ(cache.decode(body(kItem))->entries[0].value, first->entries[0].value);
  EXPECT_EQ(cache.misses(), misses + 1);
}

}  // namespace
}  // namespace signalbox::bench
