// The stream's machine with strings and a clock of the test's own. spec/xmpp.md 1.3, 1.5, 1.6, 1.7, 7.1
#include "xmpp/stream_fsm.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace signalbox::xmpp {
namespace {

using core::milliseconds;
using core::seconds;
using core::TimePoint;
using Kind = StreamAction::Kind;
using Expect = StreamFsm::Expect;

constexpr std::uint8_t kClientHello = 0x16;

constexpr std::string_view kReply =
    "<stream:stream from=\"ctrl1\" to=\"vr7.example.net\" id=\"++123\" version=\"1.0\" xml:lang=\"en\" xmlns=\"jabber:client\" "
    "xmlns:stream=\"http://etherx.jabber.org/streams\" >";
constexpr std::string_view kFeatures =
    "<?xml version=\"1.0\"?>\n<stream:features>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\">\n<required />\n</starttls>\n"
    "</stream:features>\n";
constexpr std::string_view kProceed = "<?xml version=\"1.0\"?>\n<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />";

// "decide", "send BYTES", "keepalive BYTES", "tls", "established", "close REASON"
std::vector<std::string> words(const StreamActions& actions) {
  std::vector<std::string> out;
  for (const StreamAction& a : actions) {
    switch (a.kind) {
      case Kind::kDecideOpen: out.emplace_back("decide"); break;
      case Kind::kSend: out.push_back("send " + std::string(a.bytes)); break;
      case Kind::kKeepalive: out.push_back("keepalive " + std::string(a.bytes)); break;
      case Kind::kStartTls: out.emplace_back("tls"); break;
      case Kind::kEstablished: out.emplace_back("established"); break;
      case Kind::kClose: out.push_back("close " + std::string(to_string(a.reason))); break;
    }
  }
  return out;
}

using Words = std::vector<std::string>;

std::string send(std::string_view bytes) { return "send " + std::string(bytes); }

class StreamFsmTest : public testing::Test {
 protected:
  TimePoint at(double seconds_since_accept) const { return start_ + milliseconds(static_cast<int>(seconds_since_accept * 1000)); }

  StreamFsm fsm(StreamSecurity security = StreamSecurity::kPlain, std::uint8_t hold_time_s = 90) {
    return {"ctrl1", security, hold_time_s, start_};
  }
  StreamFsm established(std::uint8_t hold_time_s = 90) {
    StreamFsm f = fsm(StreamSecurity::kPlain, hold_time_s);
    f.first_byte('<');
    f.stream_open("vr7.example.net", start_);
    f.accept_open(start_);
    EXPECT_EQ(f.state(), StreamState::kEstablished);
    return f;
  }
  // Has sent features.
  StreamFsm open_confirm(std::uint8_t hold_time_s = 90) {
    StreamFsm f = fsm(StreamSecurity::kStartTls, hold_time_s);
    f.first_byte('<');
    f.stream_open("vr7.example.net", start_);
    f.accept_open(start_);
    EXPECT_EQ(f.state(), StreamState::kOpenConfirm);
    return f;
  }

  TimePoint start_ = TimePoint(std::chrono::hours(1000));
};

TEST_F(StreamFsmTest, PlainOpenIsAnsweredAndEstablished) {
  StreamFsm f = fsm();
  EXPECT_EQ(f.state(), StreamState::kActive);
  EXPECT_EQ(f.expects(), Expect::kFirstByte);
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvTcpPassiveOpen");
  EXPECT_EQ(words(f.first_byte('<')), Words{});
  EXPECT_EQ(f.expects(), Expect::kStreamOpen);

  EXPECT_EQ(words(f.stream_open("vr7.example.net", at(1))), Words{"decide"});
  EXPECT_EQ(f.expects(), Expect::kNothing);
  EXPECT_EQ(f.state(), StreamState::kActive);
  EXPECT_EQ(f.name(), "vr7.example.net");

  EXPECT_EQ(words(f.accept_open(at(2))), (Words{send(kReply), "established"}));
  EXPECT_EQ(f.expects(), Expect::kStanza);
  EXPECT_EQ(f.state(), StreamState::kEstablished);
  EXPECT_EQ(f.last_state(), StreamState::kActive);
  EXPECT_EQ(f.state_since(), at(2));
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvXmppOpen");
  EXPECT_FALSE(f.secure());
}

TEST_F(StreamFsmTest, RefusedOpenSendsNothing) {
  StreamFsm f = fsm();
  f.first_byte('<');
  f.stream_open("vr7.example.net", at(0));
  EXPECT_EQ(words(f.refuse_open(CloseReason::kDuplicateName)), Words{"close Another connection has this name"});
  EXPECT_EQ(f.expects(), Expect::kNothing);
  EXPECT_EQ(words(f.accept_open(at(1))), Words{});
}

TEST_F(StreamFsmTest, NamesAreEscapedInTheReply) {
  StreamFsm f("c&1", StreamSecurity::kPlain, 90, start_);
  f.first_byte('<');
  f.stream_open("a\"<b>&'\n", at(0));
  const auto actions = f.accept_open(at(0));
  const std::string reply(actions.begin()->bytes);
  EXPECT_NE(reply.find("from=\"c&amp;1\""), std::string::npos) << reply;
  EXPECT_NE(reply.find("to=\"a&quot;&lt;b&gt;&amp;'&#10;\""), std::string::npos) << reply;
}

TEST_F(StreamFsmTest, ReplyOf1024BytesIsSentAndOneByteMoreCloses) {
  const std::size_t rest = kReply.size() - std::string_view("vr7.example.net").size();
  for (const std::size_t size : {std::size_t{1024}, std::size_t{1025}}) {
    StreamFsm f = fsm();
    f.first_byte('<');
    f.stream_open(std::string(size - rest, 'x'), at(0));
    const auto actions = f.accept_open(at(0));
    if (size == 1024) {
      ASSERT_EQ(actions.size(), 2u);
      EXPECT_EQ(actions.begin()->bytes.size(), 1024u);
    } else {
      EXPECT_EQ(words(actions), Words{"close Open reply too long"});
    }
  }
}

TEST_F(StreamFsmTest, OpenTimerRunsFromAcceptUntilTheDecision) {
  StreamFsm f = fsm();
  EXPECT_FALSE(f.due(at(14.9)));
  EXPECT_TRUE(f.due(at(15)));
  // What the peer has sent does not help: only an open does.
  EXPECT_EQ(words(f.tick(at(15), true)), Words{"close Open timer expired"});
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvOpenTimerExpired");

  StreamFsm undecided = fsm();
  undecided.first_byte('<');
  undecided.keepalive(at(14));
  undecided.stream_open("vr7", at(14));
  EXPECT_EQ(words(undecided.tick(at(15), false)), Words{"close Open timer expired"});
}

TEST_F(StreamFsmTest, OpenTimerRunsEvenWhenTheHoldTimeIsZero) {
  StreamFsm f = fsm(StreamSecurity::kPlain, 0);
  EXPECT_EQ(words(f.tick(at(15), false)), Words{"close Open timer expired"});
}

TEST_F(StreamFsmTest, HoldTimerIsRestartedByStanzasAndKeepalives) {
  StreamFsm f = established();
  EXPECT_TRUE(f.stanza(true, at(80)));
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvXmppIqStanza");
  f.keepalive(at(160));
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvXmppKeepalive");
  EXPECT_TRUE(f.stanza(false, at(240)));
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvXmppMessageStanza");
  f.tick(at(329.9), false);
  EXPECT_EQ(f.state(), StreamState::kEstablished);
  EXPECT_EQ(words(f.tick(at(330), false)), Words{"close Hold timer expired"});
  EXPECT_EQ(f.state(), StreamState::kIdle);
  EXPECT_EQ(f.last_state(), StreamState::kEstablished);
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvHoldTimerExpired");
  EXPECT_FALSE(f.due(at(1e6)));
}

TEST_F(StreamFsmTest, UnreadBytesReArmTheHoldTimer) {
  StreamFsm f = established();
  f.tick(at(90), true);
  EXPECT_EQ(f.state(), StreamState::kEstablished);
  f.tick(at(179), false);
  EXPECT_EQ(f.state(), StreamState::kEstablished);
  EXPECT_EQ(words(f.tick(at(180), false)), Words{"close Hold timer expired"});
}

TEST_F(StreamFsmTest, KeepalivesGoOutEveryThirdOfTheHoldTimeWhateverElseIsSent) {
  StreamFsm f = established();
  EXPECT_FALSE(f.due(at(29.9)));
  EXPECT_EQ(words(f.tick(at(29.9), false)), Words{});
  EXPECT_EQ(words(f.tick(at(30), false)), Words{"keepalive \xc8\x80"});
  f.stanza(true, at(59));
  EXPECT_EQ(words(f.tick(at(59.9), false)), Words{});
  // A late tick sends one, not two.
  EXPECT_EQ(words(f.tick(at(95), false)), Words{"keepalive \xc8\x80"});
  EXPECT_EQ(words(f.tick(at(124.9), false)), Words{});
}

TEST_F(StreamFsmTest, ThirdsOfSecondsAreKept) {
  StreamFsm f = established(1);
  EXPECT_EQ(words(f.tick(at(0.332), false)), Words{});
  EXPECT_EQ(words(f.tick(at(0.333), false)), Words{"keepalive \xc8\x80"});
}

TEST_F(StreamFsmTest, HoldTimeZeroSwitchesBothTimersOff) {
  StreamFsm f = established(0);
  EXPECT_FALSE(f.due(at(1e6)));
  EXPECT_EQ(words(f.tick(at(1e6), false)), Words{});
  EXPECT_EQ(f.state(), StreamState::kEstablished);
}

TEST_F(StreamFsmTest, NewHoldTimeActsAtOnceOnKeepalivesAndAtTheNextRestartOnTheHoldTimer) {
  StreamFsm f = established();
  f.set_hold_time(9, at(10));
  EXPECT_EQ(f.hold_time(), 9);
  EXPECT_EQ(words(f.tick(at(12.9), false)), Words{});
  EXPECT_EQ(words(f.tick(at(13), false)), Words{"keepalive \xc8\x80"});
  // The hold timer of 90 s still runs.
  f.tick(at(30), false);
  EXPECT_EQ(f.state(), StreamState::kEstablished);
  f.keepalive(at(31));
  EXPECT_EQ(words(f.tick(at(40), false)), Words{"close Hold timer expired"});
}

TEST_F(StreamFsmTest, HoldTimerCanBeSwitchedOffAndOnAgain) {
  StreamFsm f = established();
  f.set_hold_time(0, at(10));
  EXPECT_FALSE(f.due(at(1000)));
  f.set_hold_time(30, at(1000));
  EXPECT_EQ(words(f.tick(at(1010), false)), Words{"keepalive \xc8\x80"});
  EXPECT_EQ(words(f.tick(at(1030), false)), Words{"close Hold timer expired"});
}

TEST_F(StreamFsmTest, NewHoldTimeLeavesTheOpenTimerAlone) {
  StreamFsm f = fsm();
  f.set_hold_time(0, at(1));
  EXPECT_EQ(words(f.tick(at(15), false)), Words{"close Open timer expired"});
}

TEST_F(StreamFsmTest, StartTlsFromOpenToEstablished) {
  StreamFsm f = fsm(StreamSecurity::kStartTls);
  EXPECT_EQ(words(f.first_byte('<')), Words{});
  EXPECT_EQ(words(f.stream_open("vr7.example.net", at(0))), Words{"decide"});
  EXPECT_EQ(words(f.accept_open(at(0))), (Words{send(kReply), send(kFeatures)}));
  EXPECT_EQ(f.state(), StreamState::kOpenConfirm);
  EXPECT_EQ(f.last_state(), StreamState::kActive);
  EXPECT_EQ(f.expects(), Expect::kStartTls);

  EXPECT_EQ(words(f.start_tls(at(1))), (Words{send(kProceed), "tls"}));
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvStartTls");
  EXPECT_EQ(f.expects(), Expect::kNothing);
  EXPECT_EQ(words(f.tls_established()), Words{});
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvTlsHandShakeSuccess");
  EXPECT_TRUE(f.secure());
  EXPECT_EQ(f.state(), StreamState::kOpenConfirm);
  EXPECT_EQ(f.expects(), Expect::kStreamOpen);

  // The second open is answered without asking, without features, and to the name of the first.
  EXPECT_EQ(words(f.stream_open("somebody.else", at(2))), (Words{send(kReply), "established"}));
  EXPECT_EQ(f.name(), "vr7.example.net");
  EXPECT_EQ(f.state(), StreamState::kEstablished);
  EXPECT_EQ(f.last_state(), StreamState::kOpenConfirm);
  EXPECT_EQ(f.expects(), Expect::kStanza);
}

TEST_F(StreamFsmTest, HoldTimerGuardsOpenConfirmAndNoKeepaliveIsSent) {
  StreamFsm f = open_confirm();
  EXPECT_EQ(words(f.tick(at(89.9), false)), Words{});
  f.start_tls(at(89.9));
  EXPECT_EQ(words(f.tick(at(91), false)), Words{});
  EXPECT_EQ(words(f.tick(at(179.9), false)), Words{"close Hold timer expired"});

  StreamFsm silent = open_confirm();
  EXPECT_EQ(words(silent.tick(at(90), false)), Words{"close Hold timer expired"});
}

TEST_F(StreamFsmTest, KeepaliveInsteadOfStartTlsGivesNoService) {
  StreamFsm f = open_confirm();
  f.keepalive(at(50));
  EXPECT_EQ(f.expects(), Expect::kStartTls);
  EXPECT_EQ(f.state(), StreamState::kOpenConfirm);
}

TEST_F(StreamFsmTest, StanzaInsteadOfStartTlsIsNotDelivered) {
  StreamFsm f = open_confirm();
  EXPECT_FALSE(f.stanza(true, at(1)));
}

TEST_F(StreamFsmTest, FailedHandshakeClosesWithoutXml) {
  StreamFsm f = open_confirm();
  f.start_tls(at(1));
  EXPECT_EQ(words(f.tls_failed()), Words{"close TLS handshake failed"});
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvTlsHandShakeFailure");
  EXPECT_EQ(f.expects(), Expect::kNothing);
}

TEST_F(StreamFsmTest, TlsFromTheFirstByteWhereItIsAllowed) {
  StreamFsm f = fsm(StreamSecurity::kTlsRequired);
  EXPECT_EQ(words(f.first_byte(kClientHello)), Words{"tls"});
  EXPECT_EQ(f.state(), StreamState::kActive);
  EXPECT_EQ(f.expects(), Expect::kNothing);
  EXPECT_EQ(words(f.tls_established()), Words{});
  EXPECT_EQ(f.expects(), Expect::kStreamOpen);
  EXPECT_EQ(words(f.stream_open("vr7.example.net", at(1))), Words{"decide"});
  EXPECT_EQ(words(f.accept_open(at(1))), (Words{send(kReply), "established"}));
}

TEST_F(StreamFsmTest, OpenTimerGuardsAHandshakeFromTheFirstByte) {
  StreamFsm f = fsm(StreamSecurity::kTlsRequired);
  f.first_byte(kClientHello);
  EXPECT_EQ(words(f.tick(at(15), true)), Words{"close Open timer expired"});
}

TEST_F(StreamFsmTest, TextOnTheListenerThatRequiresTlsGetsStartTls) {
  StreamFsm f = fsm(StreamSecurity::kTlsRequired);
  EXPECT_EQ(words(f.first_byte('<')), Words{});
  f.stream_open("vr7.example.net", at(0));
  EXPECT_EQ(words(f.accept_open(at(0))), (Words{send(kReply), send(kFeatures)}));
}

TEST_F(StreamFsmTest, TlsFromTheFirstByteIsRefusedElsewhere) {
  for (const StreamSecurity security : {StreamSecurity::kPlain, StreamSecurity::kStartTls}) {
    StreamFsm f = fsm(security);
    EXPECT_EQ(words(f.first_byte(kClientHello)), Words{"close TLS handshake where a stream open was due"});
  }
}

TEST_F(StreamFsmTest, TokensOutOfPlaceClose) {
  StreamFsm second_open = established();
  EXPECT_EQ(words(second_open.stream_open("vr7", at(1))), Words{"close Undecodable data"});
  StreamFsm start_tls_on_plain = established();
  EXPECT_EQ(words(start_tls_on_plain.start_tls(at(1))), Words{"close Undecodable data"});
  StreamFsm early = fsm();
  EXPECT_FALSE(early.stanza(true, at(1)));
}

TEST_F(StreamFsmTest, NothingComesOutAfterClose) {
  StreamFsm f = established();
  EXPECT_EQ(words(f.close(CloseReason::kPeerClosed)), Words{"close Connection closed by the agent"});
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvTcpClose");
  EXPECT_EQ(words(f.close(CloseReason::kShutdown)), Words{});
  EXPECT_EQ(words(f.stream_open("x", at(1))), Words{});
  EXPECT_EQ(words(f.accept_open(at(1))), Words{});
  EXPECT_EQ(words(f.start_tls(at(1))), Words{});
  EXPECT_EQ(words(f.tls_established()), Words{});
  EXPECT_EQ(words(f.tls_failed()), Words{});
  EXPECT_EQ(words(f.tick(at(1e6), false)), Words{});
  EXPECT_FALSE(f.stanza(true, at(1)));
  f.set_hold_time(3, at(1));
  EXPECT_FALSE(f.due(at(1e6)));
  EXPECT_EQ(f.state(), StreamState::kIdle);
  EXPECT_EQ(to_string(f.last_event()), "xmsm::EvTcpClose");
}

TEST_F(StreamFsmTest, EveryReasonAndStateHasAText) {
  for (int r = 1; r <= static_cast<int>(CloseReason::kShutdown); ++r) EXPECT_FALSE(to_string(static_cast<CloseReason>(r)).empty()) << r;
  for (int e = 0; e <= static_cast<int>(StreamEvent::kStop); ++e) EXPECT_FALSE(to_string(static_cast<StreamEvent>(e)).empty()) << e;
  EXPECT_EQ(to_string(StreamState::kIdle), "Idle");
  EXPECT_EQ(to_string(StreamState::kActive), "Active");
  EXPECT_EQ(to_string(StreamState::kOpenConfirm), "OpenConfirm");
  EXPECT_EQ(to_string(StreamState::kEstablished), "Established");
}

}  // namespace
}  // namespace signalbox::xmpp
