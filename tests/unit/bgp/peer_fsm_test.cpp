// The state machine with a clock and connections made of words. spec/bgp.md 3, 4
#include "bgp/peer/fsm.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

using core::milliseconds;
using core::seconds;

constexpr std::uint16_t kHold = 90;

// "take.p open.p keepalive.p": actions as words, with the side they are about.
std::string words(const FsmActions& actions) {
  static const char* const kNames[] = {"connect", "take", "refuse", "open", "keepalive", "notify", "close", "up", "down"};
  std::string text;
  for (const FsmAction& a : actions) {
    if (!text.empty()) text += ' ';
    text += kNames[static_cast<unsigned>(a.kind)];
    if (a.notification) text += "(" + std::to_string(a.notification->code) + "/" + std::to_string(a.notification->subcode) + ")";
    text += a.side == Side::kActive ? ".a" : ".p";
  }
  return text;
}

class PeerFsmTest : public testing::Test {
 protected:
  static PeerFsm::Settings settings() {
    PeerFsm::Settings s;
    s.terms.local_as = 64512;
    s.terms.peer_as = 64512;
    s.terms.local_identifier = ipv4("10.0.0.5");
    s.terms.hold_time = kHold;
    s.terms.families.add(AddressFamily::kInetVpn);
    s.terms.families.add(AddressFamily::kRouteTarget);
    return s;
  }
  static Open peer_open(const char* identifier = "10.0.0.9") {
    Open open;
    open.autonomous_system = 64512;
    open.hold_time = kHold;
    open.identifier = ipv4(identifier);
    open.multiprotocol = {{1, 128}};
    return open;
  }

  void passive() {
    auto s = settings();
    s.passive = true;
    fsm_.configure(s);
  }
  void start() {
    fsm_.start(now_);
    EXPECT_EQ(tick(), "");
    EXPECT_EQ(fsm_.state(), SessionState::kActive);
  }
  std::string tick(core::Duration passed = {}, bool unread = false) {
    now_ += passed;
    return words(fsm_.tick(now_, unread));
  }
  // Moves on to the next action of the clock, at most `limit`.
  std::string until_action(core::Duration limit) {
    for (core::Duration passed{}; passed < limit; passed += milliseconds(50)) {
      const std::string done = tick(milliseconds(50));
      if (!done.empty()) return done;
    }
    return "";
  }
  void connecting() {
    start();
    EXPECT_EQ(until_action(seconds(1)), "connect.a");
    EXPECT_EQ(fsm_.state(), SessionState::kConnect);
  }
  void open_sent() {
    connecting();
    EXPECT_EQ(words(fsm_.connected(now_)), "open.a");
    EXPECT_EQ(fsm_.state(), SessionState::kOpenSent);
  }
  void established() {
    open_sent();
    EXPECT_EQ(words(fsm_.open(Side::kActive, peer_open(), now_)), "keepalive.a");
    EXPECT_EQ(fsm_.state(), SessionState::kOpenConfirm);
    EXPECT_EQ(words(fsm_.keepalive(Side::kActive, now_)), "up.a");
    EXPECT_EQ(fsm_.state(), SessionState::kEstablished);
  }

  core::TimePoint now_ = core::TimePoint{} + seconds(1000);
  PeerFsm fsm_{settings(), 1};
};

TEST_F(PeerFsmTest, ConnectsAndComesUp) {
  established();
  ASSERT_TRUE(fsm_.negotiated());
  EXPECT_EQ(fsm_.negotiated()->hold_time, kHold);
  EXPECT_EQ(fsm_.negotiated()->peer_identifier, ipv4("10.0.0.9"));
  EXPECT_TRUE(fsm_.negotiated()->families.has(AddressFamily::kInetVpn));
  EXPECT_FALSE(fsm_.negotiated()->families.has(AddressFamily::kRouteTarget)) << "not announced by the peer";
  EXPECT_EQ(fsm_.last_state(), SessionState::kOpenConfirm);
  EXPECT_EQ(fsm_.last_event(), FsmEvent::kKeepalive);
  EXPECT_EQ(fsm_.last_error(), std::nullopt);
}

TEST_F(PeerFsmTest, AnswersAnOpenOnAnAcceptedConnection) {
  start();
  EXPECT_EQ(words(fsm_.accepted(now_)), "take.p");
  EXPECT_EQ(until_action(seconds(14)), "") << "an accepted connection stops the connect timer";
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open(), now_)), "open.p keepalive.p");
  EXPECT_EQ(fsm_.state(), SessionState::kOpenConfirm);
  EXPECT_EQ(words(fsm_.keepalive(Side::kPassive, now_)), "up.p");
  EXPECT_EQ(fsm_.current(), Side::kPassive);
}

TEST_F(PeerFsmTest, SendsItsOpenFirstWhenTheAcceptedPeerIsSilent) {
  start();
  fsm_.accepted(now_);
  EXPECT_EQ(tick(milliseconds(14999)), "");
  EXPECT_EQ(tick(milliseconds(1)), "open.p");
  EXPECT_EQ(fsm_.state(), SessionState::kOpenSent);
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open(), now_)), "keepalive.p");
}

TEST_F(PeerFsmTest, APassiveOneNeverConnects) {
  passive();
  start();
  EXPECT_EQ(until_action(seconds(300)), "");
  EXPECT_EQ(words(fsm_.accepted(now_)), "take.p");
}

TEST_F(PeerFsmTest, ConnectAttemptsBackOff) {
  connecting();
  const int expected[] = {2, 4, 8, 16, 30, 30};
  for (const int s : expected) {
    EXPECT_EQ(words(fsm_.connect_failed(now_)), "");
    EXPECT_EQ(fsm_.state(), SessionState::kActive);
    EXPECT_EQ(fsm_.last_event(), FsmEvent::kTcpConnectFail);
    EXPECT_EQ(tick(milliseconds(s * 890)), "") << s;
    EXPECT_EQ(tick(milliseconds(s * 210)), "connect.a") << s;
  }
}

TEST_F(PeerFsmTest, AnAttemptThatHangsIsGivenUp) {
  connecting();
  EXPECT_EQ(tick(seconds(29)), "");
  EXPECT_EQ(tick(seconds(1)), "close.a");
  EXPECT_EQ(fsm_.state(), SessionState::kActive);
}

TEST_F(PeerFsmTest, StaysUpWithKeepalives) {
  established();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(tick(seconds(29)), "");
    EXPECT_EQ(tick(seconds(1)), "keepalive.a");
    EXPECT_EQ(words(fsm_.keepalive(Side::kActive, now_)), "");
  }
  EXPECT_EQ(fsm_.state(), SessionState::kEstablished);
}

TEST_F(PeerFsmTest, UpdatesKeepItUpToo) {
  established();
  tick(seconds(60));
  EXPECT_EQ(words(fsm_.update(Side::kActive, now_)), "");
  EXPECT_EQ(tick(seconds(60)), "keepalive.a");
  EXPECT_EQ(fsm_.last_event(), FsmEvent::kUpdate);
}

TEST_F(PeerFsmTest, HoldTimerExpires) {
  established();
  EXPECT_EQ(tick(seconds(90), true), "keepalive.a") << "what has arrived is not read yet";
  EXPECT_EQ(tick(seconds(89)), "keepalive.a");
  EXPECT_EQ(tick(seconds(1)), "notify(4/0).a close.a down.a");
  EXPECT_EQ(fsm_.state(), SessionState::kIdle);
  EXPECT_EQ(fsm_.flaps(), 1u);
  EXPECT_EQ(fsm_.last_flap(), now_);
  EXPECT_EQ(fsm_.last_event(), FsmEvent::kHoldTimerExpired);
  EXPECT_EQ(fsm_.last_error(), Notification::hold_timer_expired());
  EXPECT_EQ(tick(milliseconds(4999)), "");
  EXPECT_EQ(fsm_.state(), SessionState::kIdle);
  tick(milliseconds(1));
  EXPECT_EQ(fsm_.state(), SessionState::kActive);
  EXPECT_EQ(until_action(milliseconds(100)), "connect.a") << "a session that was up begins the back-off anew";
}

TEST_F(PeerFsmTest, HoldTimeOfZeroMeansNoTimers) {
  open_sent();
  Open open = peer_open();
  open.hold_time = 0;
  fsm_.open(Side::kActive, open, now_);
  fsm_.keepalive(Side::kActive, now_);
  EXPECT_EQ(tick(seconds(100000)), "");
  EXPECT_EQ(fsm_.state(), SessionState::kEstablished);
}

TEST_F(PeerFsmTest, WaitsForAnOpenFourMinutes) {
  open_sent();
  EXPECT_EQ(tick(seconds(239)), "");
  EXPECT_EQ(tick(seconds(1)), "notify(4/0).a close.a");
  EXPECT_EQ(fsm_.flaps(), 0u) << "it was never up";
}

TEST_F(PeerFsmTest, CollisionHigherPeerKeepsTheAcceptedConnection) {
  open_sent();
  EXPECT_EQ(words(fsm_.accepted(now_)), "take.p");
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open("10.0.0.9"), now_)), "notify(6/7).a close.a open.p keepalive.p");
  EXPECT_EQ(fsm_.state(), SessionState::kOpenConfirm);
  EXPECT_EQ(fsm_.current(), Side::kPassive);
}

TEST_F(PeerFsmTest, CollisionLowerPeerLosesTheAcceptedConnection) {
  open_sent();
  fsm_.accepted(now_);
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open("10.0.0.1"), now_)), "notify(6/7).p close.p");
  EXPECT_EQ(fsm_.state(), SessionState::kOpenSent);
  EXPECT_EQ(words(fsm_.open(Side::kActive, peer_open("10.0.0.1"), now_)), "keepalive.a");
}

TEST_F(PeerFsmTest, CollisionSeenOnTheOwnConnection) {
  open_sent();
  fsm_.accepted(now_);
  EXPECT_EQ(words(fsm_.open(Side::kActive, peer_open("10.0.0.9"), now_)), "notify(6/7).a close.a open.p");
  EXPECT_EQ(fsm_.state(), SessionState::kOpenSent);
  EXPECT_EQ(fsm_.negotiated(), std::nullopt);
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open("10.0.0.9"), now_)), "keepalive.p");
}

TEST_F(PeerFsmTest, AnOpenOnTheAcceptedConnectionEndsTheAttemptToConnect) {
  connecting();
  fsm_.accepted(now_);
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open(), now_)), "close.a open.p keepalive.p");
  EXPECT_EQ(words(fsm_.connected(now_)), "close.a") << "too late";
  EXPECT_EQ(fsm_.state(), SessionState::kOpenConfirm);
}

TEST_F(PeerFsmTest, LosingOneOfTwoConnectionsGoesOnWithTheOther) {
  open_sent();
  fsm_.accepted(now_);
  EXPECT_EQ(words(fsm_.closed(Side::kActive, now_)), "open.p");
  EXPECT_EQ(fsm_.state(), SessionState::kOpenSent);
  EXPECT_EQ(words(fsm_.closed(Side::kPassive, now_)), "");
  EXPECT_EQ(fsm_.state(), SessionState::kIdle);
}

TEST_F(PeerFsmTest, ANewAcceptedConnectionReplacesTheOneBefore) {
  start();
  fsm_.accepted(now_);
  EXPECT_EQ(words(fsm_.accepted(now_)), "close.p take.p");
  tick(seconds(15));
  EXPECT_EQ(fsm_.state(), SessionState::kOpenSent);
  EXPECT_EQ(words(fsm_.accepted(now_)), "close.p take.p");
  EXPECT_EQ(words(fsm_.open(Side::kPassive, peer_open(), now_)), "open.p keepalive.p");
}

TEST_F(PeerFsmTest, WhereAnAcceptedConnectionIsRefused) {
  EXPECT_EQ(words(fsm_.accepted(now_)), "refuse.p") << "stopped";
  established();
  EXPECT_EQ(words(fsm_.accepted(now_)), "refuse.p") << "established";
  fsm_.closed(Side::kActive, now_);
  EXPECT_EQ(words(fsm_.accepted(now_)), "refuse.p") << "idle";
  tick(seconds(5));
  until_action(seconds(1));
  fsm_.connected(now_);
  fsm_.open(Side::kActive, peer_open(), now_);
  EXPECT_EQ(words(fsm_.accepted(now_)), "refuse(6/5).p") << "open confirm";
}

TEST_F(PeerFsmTest, AnOpenThatIsNotAccepted) {
  open_sent();
  Open open = peer_open();
  open.autonomous_system = 64513;
  EXPECT_EQ(words(fsm_.open(Side::kActive, open, now_)), "notify(2/2).a close.a");
  EXPECT_EQ(fsm_.state(), SessionState::kIdle);
  EXPECT_EQ(fsm_.last_event(), FsmEvent::kOpenError);
}

TEST_F(PeerFsmTest, MessagesOutOfPlace) {
  open_sent();
  EXPECT_EQ(words(fsm_.update(Side::kActive, now_)), "notify(5/0).a close.a");
  EXPECT_EQ(fsm_.state(), SessionState::kIdle);
  tick(seconds(5));
  until_action(seconds(5));
  fsm_.connected(now_);
  fsm_.open(Side::kActive, peer_open(), now_);
  fsm_.keepalive(Side::kActive, now_);
  EXPECT_EQ(words(fsm_.open(Side::kActive, peer_open(), now_)), "notify(5/0).a close.a down.a");
}

TEST_F(PeerFsmTest, NotificationAndUndecodableEndTheSession) {
  established();
  const Notification cease = Notification::of(iana::CeaseReason::kAdministrativeReset);
  EXPECT_EQ(words(fsm_.notification(Side::kActive, cease, now_)), "close.a down.a");
  EXPECT_EQ(fsm_.last_error(), cease);
  EXPECT_EQ(fsm_.last_event(), FsmEvent::kNotification);
  tick(seconds(5));
  fsm_.accepted(now_);
  EXPECT_EQ(words(fsm_.undecodable(Side::kPassive, Notification::of(iana::HeaderError::kBadType, {5}), now_)), "notify(1/3).p close.p");
  EXPECT_EQ(fsm_.last_event(), FsmEvent::kHeaderError);
  EXPECT_EQ(fsm_.state(), SessionState::kIdle);
}

TEST_F(PeerFsmTest, StopAndAdminDown) {
  established();
  EXPECT_EQ(words(fsm_.stop(Notification::of(iana::CeaseReason::kAdministrativeShutdown), now_)), "notify(6/2).a close.a down.a");
  auto s = settings();
  s.admin_down = true;
  fsm_.configure(s);
  EXPECT_EQ(until_action(seconds(100)), "");
  EXPECT_EQ(words(fsm_.accepted(now_)), "refuse(6/2).p");
  fsm_.configure(settings());
  start();
  EXPECT_EQ(until_action(seconds(1)), "connect.a");
  EXPECT_EQ(words(fsm_.stop(Notification::of(iana::CeaseReason::kPeerDeconfigured), now_)), "close.a") << "an attempt is dropped";
}

TEST_F(PeerFsmTest, ResetStartsAgain) {
  established();
  EXPECT_EQ(words(fsm_.reset(Notification::of(iana::CeaseReason::kOtherConfigurationChange), now_)), "notify(6/6).a close.a down.a");
  tick(seconds(5));
  EXPECT_EQ(fsm_.state(), SessionState::kActive);
}

}  // namespace
}  // namespace signalbox::bgp::test
