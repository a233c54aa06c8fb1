// Plain sessions over loopback sockets: framing, flow control both ways, timers, ends. spec/xmpp.md 1
#include "xmpp/session.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/unit/xmpp/session_fixture.hpp"

namespace signalbox::xmpp::test {
namespace {

using Calls = std::vector<std::string>;

// Numbered lines, so that a lost, doubled or displaced byte shows.
std::string numbered(std::size_t from, std::size_t bytes) {
  std::string out;
  for (std::size_t i = from; out.size() < bytes; ++i) out += "line " + std::to_string(i) + "\n";
  return out;
}

TEST_F(SessionTest, OpensAndDelivers) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  EXPECT_EQ(c.session->name(), "");
  EXPECT_EQ(c.session->stream().state(), StreamState::kActive);
  agent.say(kOpen);
  ASSERT_TRUE(receives(agent, kReply));
  EXPECT_EQ(agent.received, kReply);
  EXPECT_EQ(c.recorder.open.from, "vr7.example.net");
  EXPECT_EQ(c.recorder.open.xmlns, "blue");
  EXPECT_EQ(c.session->name(), "vr7.example.net");
  EXPECT_EQ(c.session->remote_address().to_string(), "127.0.0.1");
  EXPECT_EQ(c.session->remote_port(), agent.port());
  EXPECT_EQ(c.session->local_address().to_string(), "127.0.0.1");
  EXPECT_EQ(c.session->local_port(), listener_->port());
  EXPECT_EQ(c.session->security(), "");

  agent.say("\xc8\x80" + iq("1") + "\n");
  agent.move();
  ASSERT_TRUE(until([&] { return c.session->stats().rx_keepalives == 2; }));
  EXPECT_EQ(c.recorder.stanzas, Calls{iq("1")});
  EXPECT_EQ(c.recorder.calls, (Calls{"open", "established", "stanza", "burst"}));
  EXPECT_EQ(c.session->stats().rx_stanzas, 1u);
  EXPECT_EQ(c.session->stats().rx_bytes, kOpen.size() + 2 + iq("1").size() + 1);
  EXPECT_EQ(c.session->stats().tx_bytes, kReply.size());
  EXPECT_EQ(to_string(c.session->stream().last_event()), "xmsm::EvXmppKeepalive");
}

TEST_F(SessionTest, StreamSplitIntoSingleBytes) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  const std::string stream = kOpen + "\xc8\x80" + iq("one") + "\n<message to=\"x\">two</message>" + iq("<a>&lt;/iq</a>three") + "\n";
  for (std::size_t i = 0; i < stream.size(); ++i) {
    agent.say({&stream[i], 1});
    agent.move();
    ASSERT_TRUE(until([&] { return c.session->stats().rx_bytes == i + 1; }));
  }
  EXPECT_EQ(c.recorder.stanzas, (Calls{iq("one"), "<message to=\"x\">two</message>", iq("<a>&lt;/iq</a>three")}));
  EXPECT_EQ(c.recorder.count("burst"), 3);
}

TEST_F(SessionTest, OpenAndManyStanzasInOneSegment) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  std::string all = kOpen;
  Calls want;
  for (int i = 0; i < 1000; ++i) {
    want.push_back(iq(std::to_string(i)));
    all += want.back();
  }
  agent.say(all);
  ASSERT_TRUE(until([&] {
    agent.move();
    return c.recorder.stanzas.size() == want.size();
  }));
  EXPECT_EQ(c.recorder.stanzas, want);
  EXPECT_EQ(c.recorder.count("burst"), 1);
}

TEST_F(SessionTest, StanzasAcrossManyReadsArriveWhole) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  Calls want;
  for (std::size_t size : {1u, 70000u, 300u, 2500000u, 5u, 262144u, 4000u}) {
    want.push_back(iq(std::string(size, 'a')));
    agent.say(want.back() + "\n");
  }
  ASSERT_TRUE(until([&] {
    agent.move();
    return c.recorder.stanzas.size() == want.size();
  }));
  EXPECT_TRUE(c.recorder.stanzas == want);
}

TEST_F(SessionTest, StanzaOverTheLimitClosesThatSessionOnly) {
  options_.max_stanza_bytes = 1 << 20;
  listen();
  RawAgent giant(listener_->port()), other(listener_->port());
  Connection& c = establish(giant, 0);
  Connection& d = establish(other, 1);
  giant.say("<iq>" + std::string((1 << 20) + 10, 'a') + "</iq>");
  ASSERT_TRUE(sees_end(giant));
  ASSERT_TRUE(until([&] { return c.recorder.closed != CloseReason::kNone; }));
  EXPECT_EQ(c.recorder.closed, CloseReason::kStanzaTooLong);
  EXPECT_TRUE(c.recorder.stanzas.empty());

  other.say("<iq>" + std::string((1 << 20) - 10, 'a') + "</iq>");
  ASSERT_TRUE(until([&] {
    other.move();
    return d.recorder.stanzas.size() == 1;
  }));
  EXPECT_EQ(d.recorder.closed, CloseReason::kNone);
}

TEST_F(SessionTest, UndecodableDataCloses) {
  listen();
  RawAgent before_open(listener_->port()), after_open(listener_->port()), bad_xml(listener_->port()), tls(listener_->port());
  establish(after_open, 1);
  before_open.say("GET / HTTP/1.1\r\n");
  after_open.say("hello");
  bad_xml.say("<stream:stream from=\"a\" from=\"b\" xmlns:stream=\"http://etherx.jabber.org/streams\" >");
  tls.say(std::string("\x16\x03\x01\x02\x00\x01", 6));
  for (RawAgent* agent : {&before_open, &after_open, &bad_xml, &tls}) {
    EXPECT_TRUE(sees_end(*agent));
    EXPECT_EQ(agent->received, "");
    EXPECT_FALSE(agent->reset);
  }
  settle();
  EXPECT_EQ(accepted(0).recorder.closed, CloseReason::kUndecodable);
  EXPECT_EQ(accepted(1).recorder.closed, CloseReason::kUndecodable);
  EXPECT_EQ(accepted(2).recorder.closed, CloseReason::kUndecodable);
  EXPECT_EQ(accepted(3).recorder.closed, CloseReason::kTlsOnPlainStream);
}

TEST_F(SessionTest, StanzaThatTheHandlerCannotDecodeCloses) {
  prepare_ = [](Recorder& r) { r.when_stanza = [](Session&, std::string_view s) { return s.find("bad") == std::string_view::npos; }; };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  agent.say(iq("good") + iq("bad") + iq("never seen"));
  ASSERT_TRUE(sees_end(agent));
  ASSERT_TRUE(until([&] { return c.recorder.closed != CloseReason::kNone; }));
  EXPECT_EQ(c.recorder.closed, CloseReason::kUndecodable);
  EXPECT_EQ(c.recorder.calls, (Calls{"open", "established", "stanza", "stanza", "burst", "closed"}));
}

TEST_F(SessionTest, DecisionMayComeLaterAndWhatTheAgentSaysMeanwhileWaits) {
  prepare_ = [](Recorder& r) { r.accept_at_once = false; };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  agent.say(kOpen + "\n" + iq("1") + iq("2"));
  ASSERT_TRUE(until([&] {
    agent.move();
    return c.recorder.count("open") == 1;
  }));
  agent.say(iq("3"));
  agent.move();
  settle();
  EXPECT_EQ(c.recorder.calls, Calls{"open"});
  EXPECT_EQ(agent.received, "");

  c.session->accept_open();
  EXPECT_EQ(c.recorder.calls, Calls{"open"}) << "nothing may be called back from within accept_open()";
  ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 3; }));
  EXPECT_EQ(c.recorder.stanzas, (Calls{iq("1"), iq("2"), iq("3")}));
  EXPECT_TRUE(receives(agent, kReply));
}

TEST_F(SessionTest, RefusedOpenClosesWithoutAReply) {
  prepare_ = [](Recorder& r) {
    r.accept_at_once = false;
    r.when_open = [](Session& s) { s.refuse_open(CloseReason::kSubclusterMismatch, "Agent subcluster blue, Control subcluster red"); };
  };
  listen();
  RawAgent agent(listener_->port());
  agent.say(kOpen);
  ASSERT_TRUE(sees_end(agent));
  EXPECT_EQ(agent.received, "");
  Connection& c = accepted();
  ASSERT_TRUE(until([&] { return c.recorder.closed == CloseReason::kSubclusterMismatch; }));
  EXPECT_EQ(c.session->close_detail(), "Agent subcluster blue, Control subcluster red");
  EXPECT_EQ(c.recorder.calls, (Calls{"open", "closed"}));
}

TEST_F(SessionTest, RefusalMayComeLater) {
  prepare_ = [](Recorder& r) { r.accept_at_once = false; };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  agent.say(kOpen);
  agent.move();
  ASSERT_TRUE(until([&] { return c.recorder.count("open") == 1; }));
  c.session->refuse_open(CloseReason::kDuplicateName);
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone);
  ASSERT_TRUE(sees_end(agent));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kDuplicateName);
}

TEST_F(SessionTest, StalledReaderGetsAllBytesInOrderWhenItReadsAgain) {
  constexpr std::size_t kTotal = 16u << 20;
  const std::string all = numbered(0, kTotal);
  std::size_t queued = 0, most_waiting = 0;
  const auto fill = [&](Session& s) {
    while (queued < all.size() && s.room() > 0) {
      const std::size_t n = std::min<std::size_t>(1 + queued % 3001, all.size() - queued);
      s.send(core::ChunkPtr::copy_of(std::string_view(all).substr(queued, n)));
      queued += n;
    }
    most_waiting = std::max(most_waiting, s.queued_bytes());
  };
  prepare_ = [&](Recorder& r) { r.when_refilled = fill; };
  listen();
  RawAgent agent(listener_->port(), 64 * 1024);
  Connection& c = establish(agent);

  fill(*c.session);
  c.session->flush();
  // The agent does not read: sooner or later the socket takes no more, and the handler has not run ahead of it.
  ASSERT_TRUE(until([&] { return c.session->blocked_since() != core::TimePoint::max(); }));
  settle();
  EXPECT_LT(queued, all.size() / 2);
  EXPECT_LT(most_waiting, options_.high_water + 4096);
  EXPECT_GE(c.session->stats().blocked_count, 1u);
  const std::size_t at_stall = queued;
  c.session->flush();
  settle();
  EXPECT_EQ(queued, at_stall);
  // Keepalives are taken in spite of the mark.
  const std::size_t waiting = c.session->queued_bytes();
  c.session->tick(core::Clock::now() + core::seconds(31));
  EXPECT_EQ(c.session->queued_bytes(), waiting + 2);

  ASSERT_TRUE(until([&] {
    agent.move(50000);
    return agent.received.size() == all.size() + 2;
  }));
  const auto keepalive = agent.received.find("\xc8\x80");
  ASSERT_NE(keepalive, std::string::npos);
  EXPECT_GT(keepalive, at_stall - options_.high_water);
  agent.received.erase(keepalive, 2);
  EXPECT_TRUE(agent.received == all);
  EXPECT_EQ(c.session->queued_bytes(), 0u);
  EXPECT_EQ(c.session->blocked_since(), core::TimePoint::max());
  EXPECT_GT(c.session->stats().blocked_time.count(), 0);
  EXPECT_GT(c.recorder.refills, 10);
}

TEST_F(SessionTest, RefillComesOnlyAfterTheHighWaterMarkWasReached) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.session->send(core::ChunkPtr::copy_of("small"));
  c.session->flush();
  ASSERT_TRUE(receives(agent, "small"));
  settle();
  EXPECT_EQ(c.recorder.refills, 0);

  c.session->send(core::ChunkPtr::copy_of(std::string(options_.high_water, 'x')));
  EXPECT_EQ(c.session->room(), 0u);
  c.session->flush();
  EXPECT_EQ(c.recorder.refills, 0) << "not from within flush()";
  ASSERT_TRUE(until([&] {
    agent.move();
    return c.recorder.refills == 1;
  }));
  settle();
  EXPECT_EQ(c.recorder.refills, 1);
}

TEST_F(SessionTest, SendBeforeEstablishedIsIgnored) {
  prepare_ = [](Recorder& r) { r.accept_at_once = false; };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  c.session->send(core::ChunkPtr::copy_of("early"));
  c.session->flush();
  EXPECT_EQ(c.session->queued_bytes(), 0u);
}

TEST_F(SessionTest, PausedReadingLeavesTheBytesInTheSocket) {
  prepare_ = [](Recorder& r) { r.when_burst_ends = [](Session& s) { s.pause_reading(); }; };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  agent.say(iq("1"));
  agent.move();
  ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 1; }));
  EXPECT_TRUE(c.session->reading_paused());
  agent.say(iq("2"));
  agent.move();
  settle();
  EXPECT_EQ(c.recorder.stanzas.size(), 1u);

  c.session->resume_reading();
  ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 2; }));
}

TEST_F(SessionTest, PauseAndResumeWithinABurstGoesOn) {
  prepare_ = [](Recorder& r) {
    r.when_burst_ends = [](Session& s) {
      s.pause_reading();
      s.resume_reading();
    };
  };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  for (std::size_t i = 1; i <= 3; ++i) {
    agent.say(iq("x"));
    agent.move();
    ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == i; }));
  }
}

TEST_F(SessionTest, OneReadDoesNotStarveTheOthers) {
  std::vector<std::size_t> bursts;
  prepare_ = [&](Recorder& r) {
    r.when_burst_ends = [&bursts, &r](Session&) { bursts.push_back(r.stanzas.size()); };
    r.when_established = [](Session& s) { s.pause_reading(); };
  };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  const std::string stanza = iq(std::string(1000, 'a'));
  constexpr std::size_t kStanzas = 2000;
  for (std::size_t i = 0; i < kStanzas; ++i) agent.say(stanza);
  agent.move();
  c.session->resume_reading();
  ASSERT_TRUE(until([&] {
    agent.move();
    return c.recorder.stanzas.size() == kStanzas;
  }));
  std::size_t last = 0;
  for (const std::size_t n : bursts) {
    EXPECT_LE((n - last) * stanza.size(), 2 * ShardBuffers::kInput);
    last = n;
  }
  EXPECT_GE(bursts.size(), 4u);
}

TEST_F(SessionTest, CloseSendsWhatIsQueuedFirst) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  const std::string last = numbered(0, 100000);
  c.session->send(core::ChunkPtr::copy_of(last));
  // Unread bytes must not turn the end into a reset that loses what was sent.
  agent.say(iq("not read any more"));
  agent.move();
  c.session->close(CloseReason::kShutdown, "stop");
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone) << "not from within close()";
  ASSERT_TRUE(sees_end(agent));
  EXPECT_TRUE(agent.received == last);
  EXPECT_FALSE(agent.reset);
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kShutdown);
  EXPECT_EQ(c.session->close_detail(), "stop");
  EXPECT_EQ(c.recorder.count("closed"), 1);
  EXPECT_EQ(c.session->stream().state(), StreamState::kIdle);
}

TEST_F(SessionTest, PeerCloseComesAfterItsLastStanzas) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  agent.say(iq("last"));
  agent.move();
  agent.hang_up();
  ASSERT_TRUE(until([&] { return c.recorder.closed != CloseReason::kNone; }));
  EXPECT_EQ(c.recorder.closed, CloseReason::kPeerClosed);
  EXPECT_EQ(c.recorder.calls, (Calls{"open", "established", "stanza", "burst", "closed"}));
}

TEST_F(SessionTest, ResetIsATransportError) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  const linger now{1, 0};
  ::setsockopt(agent.fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  agent.hang_up();
  ASSERT_TRUE(until([&] { return c.recorder.closed != CloseReason::kNone; }));
  EXPECT_EQ(c.recorder.closed, CloseReason::kTransportError);
  EXPECT_EQ(c.session->close_detail(), "Connection reset by peer");
}

TEST_F(SessionTest, WriteToAGonePeerClosesWithoutASignal) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.session->pause_reading();
  settle();
  agent.hang_up();
  ASSERT_TRUE(until([&] {
    c.session->send(core::ChunkPtr::copy_of("x"));
    c.session->flush();
    return c.recorder.closed != CloseReason::kNone;
  }));
  EXPECT_EQ(c.recorder.closed, CloseReason::kTransportError);
}

TEST_F(SessionTest, OpenTimerCloses) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = accepted();
  c.session->tick(core::Clock::now() + core::seconds(14));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone);
  c.session->tick(core::Clock::now() + core::seconds(15));
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone) << "not from within tick()";
  ASSERT_TRUE(sees_end(agent));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kOpenTimer);
}

TEST_F(SessionTest, KeepaliveAndHoldTimer) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.session->tick(core::Clock::now() + core::seconds(29));
  EXPECT_EQ(c.session->stats().tx_keepalives, 0u);
  c.session->tick(core::Clock::now() + core::seconds(31));
  ASSERT_TRUE(receives(agent, "\xc8\x80"));
  EXPECT_EQ(agent.received, "\xc8\x80");
  EXPECT_EQ(c.session->stats().tx_keepalives, 1u);
  c.session->set_hold_time(9);
  c.session->tick(core::Clock::now() + core::seconds(4));
  EXPECT_EQ(c.session->stats().tx_keepalives, 2u);
  c.session->tick(core::Clock::now() + core::seconds(91));
  ASSERT_TRUE(sees_end(agent));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kHoldTimer);
}

TEST_F(SessionTest, HoldTimerIsReArmedWhileBytesWaitInTheSocket) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.session->pause_reading();
  settle();
  agent.say(iq("waits"));
  agent.move();
  c.session->tick(core::Clock::now() + core::seconds(91));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone);
  c.session->resume_reading();
  ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 1; }));
  // Half a stanza that was read is not unread: a peer that dribbles is not kept for ever.
  agent.say("<iq>half");
  agent.move();
  const auto before = c.session->stats().rx_bytes;
  ASSERT_TRUE(until([&] { return c.session->stats().rx_bytes > before; }));
  c.session->tick(core::Clock::now() + core::seconds(91));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kHoldTimer);
}

TEST_F(SessionTest, OwnerMayDestroyWithinOnClosed) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.recorder.when_closed = [&c](Session&) { c.session.reset(); };
  agent.say(iq("1"));
  agent.move();
  agent.hang_up();
  ASSERT_TRUE(until([&] { return c.session == nullptr; }));
  settle();
}

TEST_F(SessionTest, OwnerMayDestroyALivingSession) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.session->send(core::ChunkPtr::copy_of(std::string(options_.high_water, 'x')));
  c.session->flush();
  agent.say(iq("1"));
  agent.move();
  c.session.reset();
  ASSERT_TRUE(sees_end(agent));
  EXPECT_TRUE(c.recorder.stanzas.empty());
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone);
}

TEST_F(SessionTest, HandlerMayCloseWithinAnyCall) {
  const auto close_it = [](Session& s) { s.close(CloseReason::kNotReady); };
  struct Case {
    const char* call;
    std::function<void(Recorder&)> prepare;
    Calls want;
  };
  const Case cases[] = {
      {"open", [&](Recorder& r) { r.when_open = close_it; }, {"open", "closed"}},
      {"established", [&](Recorder& r) { r.when_established = close_it; }, {"open", "established", "closed"}},
      {"stanza",
       [&](Recorder& r) { r.when_stanza = [&](Session& s, std::string_view) { return close_it(s), true; }; },
       {"open", "established", "stanza", "burst", "closed"}},
      {"burst", [&](Recorder& r) { r.when_burst_ends = close_it; }, {"open", "established", "stanza", "stanza", "burst", "closed"}},
  };
  std::size_t index = 0;
  listen();
  for (const Case& test : cases) {
    prepare_ = test.prepare;
    RawAgent agent(listener_->port());
    Connection& c = accepted(index++);
    agent.say(kOpen + iq("1") + iq("2"));
    ASSERT_TRUE(sees_end(agent)) << test.call;
    settle();
    EXPECT_EQ(c.recorder.calls, test.want) << test.call;
    EXPECT_EQ(c.recorder.closed, CloseReason::kNotReady) << test.call;
  }
}

TEST_F(SessionTest, HandlerMayCloseWithinRefill) {
  prepare_ = [](Recorder& r) { r.when_refilled = [](Session& s) { s.close(CloseReason::kCleared); }; };
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  c.session->send(core::ChunkPtr::copy_of(std::string(options_.high_water, 'x')));
  c.session->flush();
  ASSERT_TRUE(sees_end(agent));
  settle();
  EXPECT_EQ(c.recorder.closed, CloseReason::kCleared);
  EXPECT_EQ(agent.received.size(), options_.high_water);
}

TEST_F(SessionTest, DscpOfALiveSession) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  EXPECT_TRUE(c.session->set_dscp(46));
  EXPECT_FALSE(c.session->set_dscp(64));
}

TEST_F(SessionTest, StreamEndIsIgnored) {
  listen();
  RawAgent agent(listener_->port());
  Connection& c = establish(agent);
  agent.say("</stream:stream>" + iq("1"));
  agent.move();
  ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 1; }));
  EXPECT_EQ(c.recorder.closed, CloseReason::kNone);
}

}  // namespace
}  // namespace signalbox::xmpp::test
