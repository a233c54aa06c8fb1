#include "xmpp/scanner.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <ostream>
#include <string>
#include <vector>

#include "tests/unit/xmpp/agent_text.hpp"

namespace signalbox::xmpp {
namespace {

using namespace agent_text;

constexpr std::string_view kOpen =
    "<stream:stream from=\"vr7.example.net\" to=\"network-control@contrailsystems.com\" version=\"1.0\" xml:lang=\"en\" xmlns=\"\" "
    "xmlns:stream=\"http://etherx.jabber.org/streams\" >";
constexpr std::string_view kStartTls = "<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />";

struct Seen {
  TokenKind kind;
  std::string bytes;
  bool operator==(const Seen&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) { return out << static_cast<int>(seen.kind) << " [" << seen.bytes << ']'; }

// All tokens of `text`, given in pieces of `step` bytes. Runs of filler are joined: how they are cut depends on the pieces.
std::vector<Seen> tokens(std::string_view text, Awaiting awaiting = Awaiting::kStanza, std::size_t step = std::string_view::npos,
                         std::size_t most = kDefaultMostStanzaBytes) {
  Scanner scanner(most);
  scanner.await(awaiting);
  std::vector<Seen> seen;
  std::string unread;
  while (!text.empty()) {
    unread += text.substr(0, step);
    text.remove_prefix(std::min(step, text.size()));
    for (;;) {
      const Token token = scanner.next(unread);
      if (token.kind == TokenKind::kNeedMore) break;
      if (token.kind == TokenKind::kKeepalive && !seen.empty() && seen.back().kind == TokenKind::kKeepalive) {
        seen.back().bytes += token.bytes;
      } else {
        seen.push_back({token.kind, std::string(token.bytes)});
      }
      if (token.kind == TokenKind::kBad || token.kind == TokenKind::kTooBig) return seen;
      unread.erase(0, token.bytes.size());
    }
  }
  return seen;
}

TEST(Scanner, CutsStanzasAndFiller) {
  const std::string a = publish(kNode, item(full_entry())), b = collection();
  const auto seen = tokens(a + "\n" + b + "\n\xc8\x80 \r\t");
  const std::vector<Seen> expected{
      {TokenKind::kIq, a}, {TokenKind::kKeepalive, "\n"}, {TokenKind::kIq, b}, {TokenKind::kKeepalive, "\n\xc8\x80 \r\t"}};
  EXPECT_EQ(seen, expected);
}

TEST(Scanner, CutsTheSameHoweverBytesArrive) {
  const std::string text = "\xc8\x80" + publish(kNode, item(full_entry())) + "\n\n" + collection() +
                           "<message from=\"vr7\" to=\"x/bgp-peer\"><event><items node=\"0/0/EndOfRib\"></items></event></message \n >" +
                           subscribe();
  const auto whole = tokens(text);
  ASSERT_EQ(whole.size(), 6u);
  EXPECT_EQ(whole[4].kind, TokenKind::kMessage);
  for (std::size_t step = 1; step < 80; ++step) EXPECT_EQ(tokens(text, Awaiting::kStanza, step), whole) << step;
}

TEST(Scanner, AStanzaEndsAtTheFirstEndTagOfItsKind) {
  EXPECT_EQ(tokens("<iq><message></message></iq>"), (std::vector<Seen>{{TokenKind::kIq, "<iq><message></message></iq>"}}));
  EXPECT_EQ(tokens("<message><iq></iq></message>"), (std::vector<Seen>{{TokenKind::kMessage, "<message><iq></iq></message>"}}));
  EXPECT_EQ(tokens("<iq></iq x></iq\t\r\n >"), (std::vector<Seen>{{TokenKind::kIq, "<iq></iq x></iq\t\r\n >"}}));
  EXPECT_EQ(tokens("<iq></iq</iq>"), (std::vector<Seen>{{TokenKind::kIq, "<iq></iq</iq>"}}));
  EXPECT_EQ(tokens("<iqs></iqs></iq>"), (std::vector<Seen>{{TokenKind::kIq, "<iqs></iqs></iq>"}}));
}

TEST(Scanner, SelfClosedStanzasAreNotSeen) {
  EXPECT_TRUE(tokens("<iq/>").empty());
  EXPECT_EQ(tokens("<iq/><iq></iq>"), (std::vector<Seen>{{TokenKind::kIq, "<iq/><iq></iq>"}}));
}

TEST(Scanner, WhatStandsInFrontBelongsToTheStanza) {
  EXPECT_EQ(tokens("<?xml version=\"1.0\"?>\n<iq></iq>"), (std::vector<Seen>{{TokenKind::kIq, "<?xml version=\"1.0\"?>\n<iq></iq>"}}));
  EXPECT_EQ(tokens("<presence/><<message></message>"), (std::vector<Seen>{{TokenKind::kMessage, "<presence/><<message></message>"}}));
  EXPECT_EQ(tokens("</iq><iq></iq>"), (std::vector<Seen>{{TokenKind::kIq, "</iq><iq></iq>"}}));
}

TEST(Scanner, WhatCannotBeAStanzaIsBad) {
  EXPECT_EQ(tokens("\nhello<iq></iq>"), (std::vector<Seen>{{TokenKind::kKeepalive, "\n"}, {TokenKind::kBad, ""}}));
  EXPECT_EQ(tokens(std::string(1, '\0')), (std::vector<Seen>{{TokenKind::kBad, ""}}));
}

TEST(Scanner, TheEndOfTheStreamIsAToken) {
  const std::vector<Seen> expected{{TokenKind::kStreamEnd, "</stream:stream >"}, {TokenKind::kIq, "<iq></iq>"}};
  for (std::size_t step = 1; step < 20; ++step) EXPECT_EQ(tokens("</stream:stream ><iq></iq>", Awaiting::kStanza, step), expected) << step;
  EXPECT_EQ(tokens("</stream:stream" + std::string(100, ' '), Awaiting::kStanza, 1).back().kind, TokenKind::kBad);
  EXPECT_EQ(tokens("</stream:streams><iq></iq>"), (std::vector<Seen>{{TokenKind::kIq, "</stream:streams><iq></iq>"}}));
}

TEST(Scanner, StanzasOverTheLimitAreTooBig) {
  const std::string body(100, 'x');
  EXPECT_EQ(tokens("<iq>" + body + "</iq>", Awaiting::kStanza, 7, 109), (std::vector<Seen>{{TokenKind::kIq, "<iq>" + body + "</iq>"}}));
  EXPECT_EQ(tokens("<iq>" + body + "</iq>", Awaiting::kStanza, 7, 108), (std::vector<Seen>{{TokenKind::kTooBig, ""}}));
  EXPECT_EQ(tokens("<iq>" + body + "</iq>", Awaiting::kStanza, 1000, 108), (std::vector<Seen>{{TokenKind::kTooBig, ""}}));
  EXPECT_EQ(tokens("<iq" + body, Awaiting::kStanza, 7, 50), (std::vector<Seen>{{TokenKind::kTooBig, ""}}));
  EXPECT_EQ(tokens("<x" + body, Awaiting::kStanza, 7, 50), (std::vector<Seen>{{TokenKind::kTooBig, ""}}));
}

TEST(Scanner, OnlyOneTokenCountsAgainstTheLimit) {
  std::string text;
  for (int i = 0; i < 50; ++i) text += "<iq>........</iq>";
  EXPECT_EQ(tokens(text, Awaiting::kStanza, 1000, 20).size(), 50u);
}

TEST(Scanner, StreamOpens) {
  const std::string_view forms[] = {
      kOpen,
      "<?xml version=\"1.0\"?><stream:stream from='vr7' xmlns:stream='http://etherx.jabber.org/streams'>",
      "<?xml version='1.0' encoding=\"utf-8\"?>\r\n<stream:stream\nfrom='vr7'\nxmlns:stream='http://etherx.jabber.org/streams'\r\n\t >",
      "<stream:stream a='http://etherx.jabber.org/streamsX' xmlns:stream=\"http://etherx.jabber.org/streams\"  >",
  };
  for (const std::string_view form : forms) {
    for (std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{13}, std::size_t{5000}}) {
      EXPECT_EQ(tokens(form, Awaiting::kStreamOpen, step), (std::vector<Seen>{{TokenKind::kStreamOpen, std::string(form)}}));
    }
  }
}

TEST(Scanner, WhatCannotBeAStreamOpenIsBad) {
  for (const std::string_view text :
       {"x", "<iq></iq>", "<?xml?><foo><stream:stream x='http://etherx.jabber.org/streams'>", "<stream:features>",
        "<?xml version=\"1.0\"?>x<stream:stream x='http://etherx.jabber.org/streams'>", "\x16\x03\x01"}) {
    EXPECT_EQ(tokens(text, Awaiting::kStreamOpen, 1).back().kind, TokenKind::kBad) << text;
  }
  EXPECT_TRUE(tokens("<stream:stream from='a' >", Awaiting::kStreamOpen).empty());
  EXPECT_TRUE(tokens("<stream:stream xmlns:stream='http://etherx.jabber.org/streams' from='a'>", Awaiting::kStreamOpen).empty());
  EXPECT_EQ(tokens("<stream:stream " + std::string(kMostHeaderBytes, ' '), Awaiting::kStreamOpen, 999).back().kind, TokenKind::kTooBig);
}

TEST(Scanner, StartTls) {
  for (std::size_t step = 1; step < 60; ++step) {
    EXPECT_EQ(tokens("\n" + std::string(kStartTls) + "\n\xc8", Awaiting::kStartTls, step),
              (std::vector<Seen>{
                  {TokenKind::kKeepalive, "\n"}, {TokenKind::kStartTls, std::string(kStartTls)}, {TokenKind::kKeepalive, "\n\xc8"}}));
  }
  const std::string declared = "<?xml version=\"1.0\"?>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\"/>";
  EXPECT_EQ(tokens(declared, Awaiting::kStartTls), (std::vector<Seen>{{TokenKind::kStartTls, declared}}));
  EXPECT_EQ(tokens("<starttls xmlns=\"other\" />", Awaiting::kStartTls).back().kind, TokenKind::kBad);
  EXPECT_EQ(tokens(kOpen, Awaiting::kStartTls).back().kind, TokenKind::kBad);
}

TEST(Scanner, AwaitingChangesBetweenTokens) {
  Scanner scanner;
  std::string text = std::string(kOpen) + "\n<iq></iq>";
  std::string_view unread = text;
  EXPECT_EQ(scanner.next(unread).kind, TokenKind::kStreamOpen);
  unread.remove_prefix(kOpen.size());
  scanner.await(Awaiting::kStanza);
  EXPECT_EQ(scanner.next(unread).kind, TokenKind::kKeepalive);
  unread.remove_prefix(1);
  EXPECT_EQ(scanner.next(unread).kind, TokenKind::kIq);
}

// Cost is linear in the bytes even when they come one by one and nearly match all the time. A scanner that starts again with each byte would
// look at some 10^11 of them here.
TEST(Scanner, HostileBytesCostNoMoreThanOthers) {
  for (const std::string_view unit : {"</iq ", "</i", "<", " ", "qq", "</iq                    ", "x"}) {
    std::string text = unit == "x" ? "<iw>" : "<iq>";
    while (text.size() < 500000) text += unit;
    Scanner scanner;
    scanner.await(Awaiting::kStanza);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t n = 4; n <= text.size(); ++n) {
      ASSERT_EQ(scanner.next(std::string_view(text).substr(0, n)).kind, TokenKind::kNeedMore);
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << unit;
  }
}

TEST(StreamOpenParse, ReadsAttributesAndDecodesEntities) {
  const auto open = parse_stream_open(kOpen);
  ASSERT_TRUE(open.ok());
  EXPECT_EQ(open->from, "vr7.example.net");
  EXPECT_EQ(open->to, "network-control@contrailsystems.com");
  EXPECT_EQ(open->version, "1.0");
  EXPECT_EQ(open->xmlns, "");
  const auto other = parse_stream_open(
      "<?xml version=\"1.0\"?>\n<stream:stream id='i' from='a&amp;b&#x41;' xmlns='rack\n1' "
      "xmlns:stream='http://etherx.jabber.org/streams'\n>");
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->from, "a&bA");
  EXPECT_EQ(other->xmlns, "rack 1");
  EXPECT_EQ(other->id, "i");
}

TEST(StreamOpenParse, RefusesWhatIsNotWellFormed) {
  for (const std::string_view text :
       {"<stream:stream from='a' from='b' xmlns:stream='http://etherx.jabber.org/streams'>",
        "<stream:stream from='&nosuch;' xmlns:stream='http://etherx.jabber.org/streams'>",
        "<stream:stream from=\"\xff\" xmlns:stream='http://etherx.jabber.org/streams'>",
        "<stream:stream <x='http://etherx.jabber.org/streams'>", "<stream:streams x='http://etherx.jabber.org/streams'>"}) {
    EXPECT_FALSE(parse_stream_open(text).ok()) << text;
  }
}

}  // namespace
}  // namespace signalbox::xmpp
