#include "bench/agentsim/stream_opening.hpp"

#include <gtest/gtest.h>

namespace signalbox::bench {
namespace {

using Step = StreamOpening::Step;

const std::string kOpen =
    "<stream:stream from=\"vr7.example.net\" to=\"network-control@contrailsystems.com\" version=\"1.0\" xml:lang=\"en\" xmlns=\"\" "
    "xmlns:stream=\"http://etherx.jabber.org/streams\" >";
const std::string kReply =
    "<stream:stream from=\"ctrl1\" to=\"vr7.example.net\" id=\"++123\" version=\"1.0\" xml:lang=\"en\" xmlns=\"jabber:client\" "
    "xmlns:stream=\"http://etherx.jabber.org/streams\" >";
const std::string kFeatures =
    "<?xml version=\"1.0\"?>\n<stream:features>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\">\n<required "
    "/>\n</starttls>\n</stream:features>\n";
const std::string kProceed = "<?xml version=\"1.0\"?>\n<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />";

/// Feeds `text` in pieces of `piece` bytes; returns what was not used up.
std::string feed(StreamOpening& s, const std::string& text, std::size_t piece, std::string& out) {
  std::string buffer;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    buffer += text.substr(at, piece);
    for (std::size_t used = 1; used > 0 && s.step() != Step::kUp && s.step() != Step::kStartTls;) {
      used = s.feed(buffer, out);
      buffer.erase(0, used);
    }
  }
  return buffer;
}

TEST(StreamOpening, PlainIsUpAfterTheReply) {
  for (std::size_t piece = 1; piece < 300; ++piece) {
    StreamOpening s("vr7.example.net", false);
    EXPECT_EQ(s.start(), kOpen);
    std::string out;
    EXPECT_EQ(feed(s, kReply + "\n<message>", piece, out), "\n<message>");
    EXPECT_EQ(s.step(), Step::kUp);
    EXPECT_EQ(out, "\xC8\x80");
  }
}

TEST(StreamOpening, StartTlsOpensTwice) {
  for (std::size_t piece = 1; piece < 300; ++piece) {
    StreamOpening s("vr7.example.net", true);
    s.start();
    std::string out;
    feed(s, kReply + kFeatures, piece, out);
    EXPECT_EQ(s.step(), Step::kAwaitProceed);
    EXPECT_EQ(out, "<?xml version=\"1.0\"?>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />\n");
    out.clear();
    feed(s, kProceed, piece, out);
    EXPECT_EQ(s.step(), Step::kStartTls);
    EXPECT_EQ(out, "");
    EXPECT_EQ(s.tls_ready(), kOpen);
    feed(s, kReply, piece, out);
    EXPECT_EQ(s.step(), Step::kUp);
    EXPECT_EQ(out, "\xC8\x80");
  }
}

TEST(StreamOpening, FailsOnOtherAnswers) {
  std::string out;
  StreamOpening other("a", false);
  other.start();
  other.feed("<x url=\"http://etherx.jabber.org/streams\">", out);
  EXPECT_EQ(other.step(), Step::kFailed);
  StreamOpening endless("a", false);
  endless.start();
  endless.feed(std::string(9000, 'x'), out);
  EXPECT_EQ(endless.step(), Step::kFailed);
  StreamOpening no_tls("a", true);
  no_tls.start();
  no_tls.feed(kReply, out);
  no_tls.feed("<stream:features></stream:features>", out);
  EXPECT_EQ(no_tls.step(), Step::kFailed);
}

}  // namespace
}  // namespace signalbox::bench
