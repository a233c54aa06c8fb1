// The decoder of known forms, held against expat; what stanzas mean is tested in expat_decode_test.cpp and by the golden pairs.
#include "xmpp/pubsub_decode.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/xmpp/agent_text.hpp"
#include "tests/unit/xmpp/request_text.hpp"
#include "xmpp/expat_decode.hpp"

namespace signalbox::xmpp {
namespace {

using namespace agent_text;

constexpr DecodeContext kContext{64512};

PubsubRequest by_expat(std::string_view stanza, const DecodeContext& context = kContext) {
  PubsubRequest request;
  expat_decode(stanza, context, request);
  return request;
}

std::vector<std::string> known_stanzas() {
  std::string joined = publish(kNode, item(full_entry()));
  joined.erase(std::remove(joined.begin(), joined.end(), '\n'), joined.end());
  const std::string two_items = item(full_entry()) + "\n" + item(nlri(1, 1, "10.7.0.6/32") + next_hops());
  return {
      publish(kNode, item(full_entry())),
      joined,
      publish("1/1/default-domain:demo:blue:blue/10.7.0.5/32/4", item(full_entry())),
      publish("1/4/default-domain:default-project:ip-fabric:__default__/192.0.2.17/32", item(nlri(1, 4, "192.0.2.17/32") + next_hops())),
      publish("2/1/default-domain:demo:blue:blue/2001:db8::5/128", item(nlri(2, 1, "2001:db8::5/128") + next_hops())),
      publish(kNode, item(nlri())),
      publish(kNode, item(nlri() + "<next-hops />")),
      publish(kNode, item(nlri() + "<next-hops></next-hops>\n<version>1</version>")),
      publish(kNode, two_items),
      publish(kNode, item(nlri() +
                          next_hops("192.0.2.17", "29", "<tag-list>\n<tag>18446744073709551615</tag>\n<tag>327685</tag>\n</tag-list>\n"))),
      collection(),
      collection("dissociate"),
      subscribe(),
      subscribe("<options>\n<instance-id>9</instance-id>\n<no-ribout>true</no-ribout>\n</options>"),
      iq("<unsubscribe node=\"a:b:c:c\">\n<options>\n<instance-id>9</instance-id>\n</options>\n</unsubscribe>"),
      iq("<subscribe node=\"a:b:c:c\"/>\n<options>\n<instance-id>9</instance-id>\n<no-ribout>true</no-ribout>\n</options>"),
      iq("<subscribe node=\"virtual-router:default-global-system-config:vr7.example.net\" />",
         "network-control@contrailsystems.com/config"),
  };
}

TEST(KnownForms, AreReadWithoutExpatAndMeanTheSame) {
  for (const std::string& stanza : known_stanzas()) {
    PubsubDecoder decoder(kContext);
    PubsubRequest request;
    EXPECT_TRUE(decoder.decode_known(stanza, request)) << stanza;
    EXPECT_EQ(request, by_expat(stanza)) << stanza;
    EXPECT_NE(request.kind, RequestKind::kMalformed) << stanza;
  }
}

TEST(KnownForms, AttributesAreRecalledOnlyWhenTheyAreTheSame) {
  PubsubDecoder decoder(kContext);
  PubsubRequest request;
  const std::string base = publish(kNode, item(full_entry()));
  const auto check = [&](const std::string& stanza) {
    for (int round = 0; round < 3; ++round) {
      ASSERT_TRUE(decoder.decode_known(stanza, request)) << stanza;
      ASSERT_EQ(request, by_expat(stanza)) << stanza;
    }
  };
  check(base);
  check(replaced(base, "<label>29", "<label>30"));
  check(replaced(base, "3c:fd:fe:00:00:17", "3c:fd:fe:00:00:18"));
  check(replaced(base, "<mac>3c:fd:fe:00:00:17</mac>", "<mac></mac>"));
  check(replaced(base, "8000002", "8000003"));
  check(replaced(base, "<address>192.0.2.17", "<address>192.0.2.18"));
  check(replaced(base, "<label>29", "<label>16777216"));
  check(replaced(base, "<address>192.0.2.17", "<address>"));
  check(base);
  const std::string two = publish(kNode, item(full_entry()) + "\n" + item(full_entry()));
  check(two);
  check(base);
}

TEST(KnownForms, AnotherContextForgetsAttributes) {
  PubsubDecoder decoder(kContext);
  PubsubRequest request;
  const std::string stanza = publish(kNode, item(full_entry()));
  for (int round = 0; round < 3; ++round) decoder.decode(stanza, request);
  for (const DecodeContext context : {DecodeContext{64513}, DecodeContext{70000}}) {
    decoder.set_context(context);
    for (int round = 0; round < 3; ++round) {
      ASSERT_TRUE(decoder.decode_known(stanza, request));
      ASSERT_EQ(request, by_expat(stanza, context));
    }
  }
}

TEST(KnownForms, WhatIsUnusualIsLeftToExpat) {
  const std::string base = publish(kNode, item(full_entry()));
  const std::string unusual[] = {
      replaced(base, "<version>1", "<version><!-- x -->1"),
      replaced(base, "gre", "<![CDATA[gre]]>"),
      replaced(base, "blue", "bl&#117;e"),
      replaced(base, "gre", "g\r\nre"),
      replaced(base, "default-domain:demo:blue</virtual", "d\xc3\xa9</virtual"),
      replaced(base, "<af>1</af>\n<safi>1</safi>", "<safi>1</safi>\n<af>1</af>"),
      replaced(base, "<version>1</version>", "<version>1</version>\n<version>2</version>"),
      replaced(base, "<med>0</med>", "<med>0</med>\n<future>1</future>"),
      replaced(base, "<item>", "<item id=\"x\">"),
      replaced(base, "type=\"set\"", "type='set'"),
      replaced(base, "<iq", "<?xml version=\"1.0\"?><iq"),
      replaced(base, " id=\"pubsub4\"", ""),
      replaced(base, "</next-hops>", "<next-hop></next-hop></next-hops>"),
      replaced(base, "<med>0</med>", "<med>many</med>"),
  };
  for (const std::string& stanza : unusual) {
    PubsubDecoder decoder(kContext);
    PubsubRequest known, request;
    const bool is_known = decoder.decode_known(stanza, known);
    decoder.decode(stanza, request);
    EXPECT_EQ(request, by_expat(stanza)) << stanza;
    if (is_known) {
      EXPECT_EQ(known, request) << stanza;
    }
    EXPECT_EQ(request.kind, RequestKind::kPublish) << stanza;
  }
}

TEST(KnownForms, TruncatedStanzasAreNotRead) {
  for (const std::string& stanza : known_stanzas()) {
    PubsubDecoder decoder(kContext);
    PubsubRequest request;
    for (std::size_t n = 0; n < stanza.size(); ++n) {
      // A copy of its own, so that a read behind it is seen by the address sanitizer.
      const std::vector<char> cut(stanza.begin(), stanza.begin() + static_cast<std::ptrdiff_t>(n));
      ASSERT_FALSE(decoder.decode_known({cut.data(), n}, request)) << n;
      decoder.decode({cut.data(), n}, request);
      ASSERT_EQ(request.kind, RequestKind::kMalformed) << n;
    }
  }
}

// Changes of every kind, with texts that matter; what is still known must be what expat reads.
class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string operator()(std::string text, const std::vector<std::string>& others) {
    for (unsigned n = 1 + pick(3); n > 0; --n) change(text, others);
    return text;
  }

  std::size_t pick(std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random_); }

 private:
  // A span from one '<' or '>' to another, mostly.
  std::pair<std::size_t, std::size_t> span(const std::string& text) {
    const auto boundary = [&](std::size_t at) {
      const auto found = pick(4) == 0 ? at : text.find_first_of("<>", at);
      return found == std::string::npos ? at : found + (text[found] == '>' ? 1 : 0);
    };
    std::size_t a = boundary(pick(text.size())), b = boundary(std::min(text.size() - 1, a + pick(120)));
    if (a > b) std::swap(a, b);
    return {a, b - a};
  }

  void change(std::string& text, const std::vector<std::string>& others) {
    static constexpr std::array<std::string_view, 44> kTexts{"\n",
                                                             " ",
                                                             "\t",
                                                             "\r",
                                                             "<!-- -->",
                                                             "<![CDATA[x]]>",
                                                             "&amp;",
                                                             "&#49;",
                                                             "]]>",
                                                             "<?p i?>",
                                                             "-",
                                                             "+",
                                                             "00",
                                                             "4294967295",
                                                             "99999999999999999999",
                                                             "/",
                                                             "\"",
                                                             "'",
                                                             "<",
                                                             ">",
                                                             "<af>2</af>",
                                                             "<item>",
                                                             "</item>",
                                                             "<options>",
                                                             "</options>",
                                                             "<instance-id>5x</instance-id>",
                                                             "<no-ribout>yes</no-ribout>",
                                                             "node=\"x\"",
                                                             "<associate node=\"x\"/>",
                                                             "<dissociate node=\"x\"/>",
                                                             "<tag>1</tag>",
                                                             "<next-hops/>",
                                                             "<next-hop></next-hop>",
                                                             "<mac/>",
                                                             "<af> 1 </af>",
                                                             "true",
                                                             "false",
                                                             "field-hash",
                                                             "source-bias",
                                                             "<peer>p</peer>",
                                                             "\xc3\xa9",
                                                             "\xff",
                                                             "<!DOCTYPE iq>",
                                                             "0.0.0.0"};
    if (text.empty()) text = "<";
    const auto [at, size] = span(text);
    switch (pick(7)) {
      case 0: text.erase(at, size); break;
      case 1: text.insert(at, text.substr(at, size)); break;
      case 2: text.insert(at, kTexts[pick(kTexts.size())]); break;
      case 3: text.replace(at, size, kTexts[pick(kTexts.size())]); break;
      case 4: text[pick(text.size())] = static_cast<char>(pick(128)); break;
      case 5: {
        const std::string& other = others[pick(others.size())];
        const auto [from, n] = span(other);
        text.insert(at, other, from, n);
        break;
      }
      default: {
        const auto digit = text.find_first_of("0123456789", at);
        if (digit != std::string::npos) text[digit] = static_cast<char>('0' + pick(10));
        break;
      }
    }
  }

  std::mt19937 random_;
};

TEST(KnownForms, MeanWhatExpatReadsUnderChangesOfEveryKind) {
  const std::vector<std::string> stanzas = known_stanzas();
  Mutator mutate(20240607);
  PubsubDecoder decoder(kContext);
  PubsubRequest request;
  unsigned known = 0;
  for (unsigned i = 0; i < 100000; ++i) {
    const std::string stanza = mutate(stanzas[mutate.pick(stanzas.size())], stanzas);
    if (!decoder.decode_known(stanza, request)) continue;
    ++known;
    ASSERT_EQ(request, by_expat(stanza)) << stanza;
  }
  EXPECT_GT(known, 5000u);
}

// ---- golden pairs: NAME.xml is a stanza, NAME.txt what it means

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(GoldenPairs, StanzasMeanWhatIsWrittenBesideThem) {
  unsigned pairs = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/golden/xmpp/request")) {
    if (entry.path().extension() != ".xml") continue;
    ++pairs;
    std::string stanza = contents(entry.path());
    ASSERT_TRUE(!stanza.empty() && stanza.back() == '\n') << entry.path();
    stanza.pop_back();
    PubsubRequest request;
    decode_pubsub(stanza, kContext, request);
    EXPECT_EQ(request_text(request), contents(std::filesystem::path(entry.path()).replace_extension(".txt"))) << entry.path();
    EXPECT_EQ(request, by_expat(stanza)) << entry.path();
  }
  EXPECT_GE(pairs, 10u);
}

}  // namespace
}  // namespace signalbox::xmpp
