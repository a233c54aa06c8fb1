// A session's protocol: beginning, versions, authentication, statements, errors, silence. native_protocol_v4.spec; spec/config.md 2.5
#include <gtest/gtest.h>

#include "tests/unit/configdb/cql_bytes.hpp"
#include "tests/unit/configdb/cql_peer.hpp"

namespace signalbox::configdb::cql::test {
namespace {

using Events = std::vector<std::string>;
using Phase = SessionState::Phase;

std::shared_ptr<Asked> asked(const std::string& text = "Q", bool prepare = true) { return std::make_shared<Asked>(text, prepare); }

TEST(CqlSession, StartsUpWithVersion4) {
  Talk t(1);
  EXPECT_EQ(t.machine.state().phase, Phase::kStopped);
  t.start();
  EXPECT_EQ(t.peer.events, (Events{"connect 10.0.0.1:9041"}));
  EXPECT_EQ(t.machine.state().phase, Phase::kConnecting);
  t.machine.connected(t.now);
  const Frame startup = t.peer.take();
  EXPECT_EQ(startup.header.opcode, Opcode::kStartup);
  EXPECT_EQ(startup.header.version, 4);
  std::string out;
  encode_empty(t.answer_to(startup), Opcode::kReady, out);
  t.receive(out, 1);
  EXPECT_EQ(t.machine.state().phase, Phase::kReady);
  EXPECT_EQ(t.machine.state().version, 4);
  EXPECT_EQ(t.machine.state().links, 1u);
}

TEST(CqlSession, FallsBackToVersion3) {
  Talk t(2);
  t.start();
  t.machine.connected(t.now);
  std::string out;
  encode_error({3, 0, true}, {ErrorCode::kProtocolError, "Invalid or unsupported protocol version: 4", {}}, out);
  t.receive(out);
  EXPECT_EQ(t.peer.events, (Events{"connect 10.0.0.1:9041", "close", "connect 10.0.0.1:9041"})) << "the same server, at once";
  t.machine.connected(t.now);
  ASSERT_EQ(t.peer.frames.size(), 1u);
  EXPECT_EQ(t.peer.frames[0].header.version, 3);
  out.clear();
  encode_empty(t.answer_to(t.peer.take()), Opcode::kReady, out);
  t.receive(out);
  EXPECT_EQ(t.machine.state().phase, Phase::kReady);
  EXPECT_EQ(t.machine.state().version, 3);
  const auto request = asked();
  t.submit(request);
  EXPECT_EQ(t.peer.frames[0].header.version, 3);
  t.answer_prepared("id");
  t.answer_rows({"a"});
  EXPECT_EQ(request->told, "[a]|done()");
}

TEST(CqlSession, GivesUserAndPasswordWhenAsked) {
  Talk t(1, "user", "secret");
  t.start();
  t.machine.connected(t.now);
  std::string out;
  encode_authenticate(t.answer_to(t.peer.take()), "org.apache.cassandra.auth.PasswordAuthenticator", out);
  t.receive(out);
  const Frame said = t.peer.take();
  EXPECT_EQ(said.header.opcode, Opcode::kAuthResponse);
  EXPECT_EQ(*decode_token(said.body), Value(plain_token("user", "secret")));
  out.clear();
  encode_token(t.answer_to(said), Opcode::kAuthSuccess, std::nullopt, out);
  t.receive(out);
  EXPECT_EQ(t.machine.state().phase, Phase::kReady);
}

TEST(CqlSession, SaysWhyAuthenticationFailed) {
  Talk none(1);
  none.start();
  none.machine.connected(none.now);
  std::string out;
  encode_authenticate(none.answer_to(none.peer.take()), "x", out);
  none.receive(out);
  EXPECT_EQ(none.machine.state().last_error, "10.0.0.1:9041: the server asks for a user and a password, and none are given");
  Talk wrong(1, "user", "wrong");
  wrong.start();
  wrong.machine.connected(wrong.now);
  out.clear();
  encode_authenticate(wrong.answer_to(wrong.peer.take()), "x", out);
  wrong.receive(out);
  wrong.answer_error(ErrorCode::kBadCredentials, "Provided username user and/or password are incorrect");
  EXPECT_EQ(wrong.machine.state().last_error, "10.0.0.1:9041: bad credentials: Provided username user and/or password are incorrect");
  EXPECT_EQ(wrong.machine.state().phase, Phase::kPausing);
}

TEST(CqlSession, TriesContactPointsInOrderAndPausesAfterEachRound) {
  Talk t(2);
  t.start();
  t.machine.connect_failed("refused", t.now);
  EXPECT_EQ(t.peer.events, (Events{"connect 10.0.0.1:9041", "connect 10.0.0.2:9042"})) << "each with its own port";
  EXPECT_EQ(t.machine.state().last_error, "10.0.0.1:9041: refused");
  t.machine.connect_failed("refused", t.now);
  EXPECT_EQ(t.machine.state().phase, Phase::kPausing);
  t.peer.events.clear();
  EXPECT_FALSE(t.pass(core::milliseconds(99)));
  EXPECT_TRUE(t.pass(core::milliseconds(1)));
  EXPECT_EQ(t.peer.events, (Events{"connect 10.0.0.1:9041"}));
  for (int i = 0; i < 20; ++i) {
    t.machine.connect_failed("refused", t.now);
    if (t.machine.state().phase != Phase::kPausing) continue;
    EXPECT_TRUE(t.pass(core::seconds(5))) << "no longer than this";
  }
  EXPECT_EQ(t.machine.state().attempts, 23u);
  t.come_up();
  EXPECT_EQ(t.machine.state().attempts, 0u);
}

TEST(CqlSession, AServerThatSaysNothingAtTheStartIsLeft) {
  Talk t(2);
  t.start();
  t.machine.connected(t.now);
  EXPECT_TRUE(t.pass(core::seconds(5)));
  EXPECT_EQ(t.peer.events, (Events{"connect 10.0.0.1:9041", "close", "connect 10.0.0.2:9042"}));
  EXPECT_TRUE(t.pass(core::seconds(5))) << "nor one that cannot be reached";
  EXPECT_EQ(t.machine.state().phase, Phase::kPausing);
}

TEST(CqlSession, PreparesOnceAndExecutes) {
  Talk t(1);
  const auto first = asked(), second = asked();
  t.submit(first);
  EXPECT_TRUE(t.peer.frames.empty());
  t.ready();
  t.submit(second);
  ASSERT_EQ(t.peer.frames.size(), 1u);
  EXPECT_EQ(*decode_prepare(t.peer.frames[0].body), "Q");
  EXPECT_EQ(t.machine.state().waiting, 2u);
  t.answer_prepared("id");
  ASSERT_EQ(t.peer.frames.size(), 2u);
  const auto execute = decode_query(Opcode::kExecute, t.peer.frames[0].body);
  EXPECT_EQ(execute->what, "id");
  EXPECT_EQ(execute->parameters.consistency, Consistency::kQuorum);
  EXPECT_NE(t.peer.frames[0].header.stream, t.peer.frames[1].header.stream);
  // The answers come in the other order.
  std::swap(t.peer.frames[0], t.peer.frames[1]);
  t.answer_rows({"b"});
  EXPECT_EQ(second->told, "[b]|done()");
  EXPECT_EQ(first->told, "");
  t.answer_rows({"a"}, "more");
  EXPECT_EQ(first->told, "[a]|done(more)");
  EXPECT_EQ(t.machine.state().in_flight, 0u);
}

TEST(CqlSession, StatementsSaidOnceAreSentAsText) {
  Talk t(1);
  t.ready();
  const auto request = asked("CREATE", false);
  t.submit(request);
  const Frame frame = t.peer.frames[0];
  EXPECT_EQ(frame.header.opcode, Opcode::kQuery);
  EXPECT_EQ(decode_query(Opcode::kQuery, frame.body)->what, "CREATE");
  std::string out;
  encode_empty(t.answer_to(t.peer.take()), Opcode::kResult, out);
  t.receive(out);
  EXPECT_EQ(request->told, "done()");
}

TEST(CqlSession, RowsComeAsTheirBytesArrive) {
  Talk whole(1), pieces(1);
  for (Talk* t : {&whole, &pieces}) t->ready();
  const auto a = asked("Q", false), b = asked("Q", false);
  whole.submit(a);
  pieces.submit(b);
  const std::vector<std::string> cells = {"one", std::string(300000, 'x'), "", "four"};
  whole.answer_rows(cells, "more");
  pieces.answer_rows(cells, "more", 7);
  std::string without_ends = b->told;
  without_ends.erase(std::remove(without_ends.begin(), without_ends.end(), '|'), without_ends.end());
  std::string expected = a->told;
  expected.erase(std::remove(expected.begin(), expected.end(), '|'), expected.end());
  EXPECT_EQ(expected, "[one][" + cells[1] + "][][four]done(more)");
  EXPECT_EQ(without_ends, expected);
}

TEST(CqlSession, NoMoreThanTheLimitIsInFlight) {
  Talk t(1);
  t.ready();
  std::vector<std::shared_ptr<Asked>> all;
  for (int i = 0; i < 6; ++i) t.submit(all.emplace_back(asked("Q", false)));
  EXPECT_EQ(t.peer.frames.size(), 4u);
  EXPECT_EQ(t.machine.state().waiting, 2u);
  for (int i = 0; i < 6; ++i) t.answer_rows({std::to_string(i)});
  for (int i = 0; i < 6; ++i) EXPECT_EQ(all[static_cast<std::size_t>(i)]->told, "[" + std::to_string(i) + "]|done()");
}

TEST(CqlSession, UnpreparedIsPreparedAgain) {
  Talk t(1);
  t.ready();
  const auto request = asked();
  t.submit(request);
  t.answer_prepared("old");
  t.answer_error(ErrorCode::kUnprepared);
  EXPECT_EQ(t.peer.frames[0].header.opcode, Opcode::kPrepare);
  t.answer_prepared("new");
  EXPECT_EQ(decode_query(Opcode::kExecute, t.peer.frames[0].body)->what, "new");
  t.answer_rows({"a"});
  EXPECT_EQ(request->told, "[a]|done()");
}

TEST(CqlSession, WhatPassesIsWaitedOut) {
  for (const ErrorCode code : {ErrorCode::kUnavailable, ErrorCode::kOverloaded, ErrorCode::kReadTimeout, ErrorCode::kWriteTimeout}) {
    Talk t(1);
    t.ready();
    const auto request = asked("Q", false);
    t.submit(request);
    for (int i = 0; i < 20; ++i) {
      t.answer_error(code, "wait");
      EXPECT_TRUE(t.peer.frames.empty()) << "not at once";
      ASSERT_TRUE(t.pass_until_sent());
    }
    EXPECT_EQ(request->told, "");
    EXPECT_NE(t.machine.state().last_error.find("wait"), std::string::npos);
    t.answer_rows({"a"});
    EXPECT_EQ(request->told, "[a]|done()");
    EXPECT_EQ(t.machine.state().links, 1u) << "there is no other server";
  }
}

TEST(CqlSession, AServerThatKeepsFailingIsLeftForTheNext) {
  Talk t(2);
  t.ready();
  const auto request = asked("Q", false);
  t.submit(request);
  for (int i = 0; i < 2; ++i) {
    t.answer_error(ErrorCode::kUnavailable);
    ASSERT_TRUE(t.pass_until_sent());
  }
  t.answer_error(ErrorCode::kUnavailable);
  EXPECT_EQ(t.peer.events, (Events{"connect 10.0.0.1:9041", "close", "connect 10.0.0.2:9042"}));
  t.come_up();
  ASSERT_TRUE(t.pass_until_sent());
  t.answer_rows({"a"});
  EXPECT_EQ(request->told, "[a]|done()");
}

TEST(CqlSession, ABootstrappingServerIsLeftAtOnce) {
  Talk t(2);
  t.ready();
  t.submit(asked("Q", false));
  t.answer_error(ErrorCode::kBootstrapping);
  EXPECT_EQ(t.peer.events.back(), "connect 10.0.0.2:9042");
}

TEST(CqlSession, AnErrorThatMayPassIsGivenUpSometime) {
  Talk t(1);
  t.ready();
  const auto request = asked("Q", false);
  t.submit(request);
  for (unsigned i = 1; i < SessionMachine::kMaxTries; ++i) {
    t.answer_error(ErrorCode::kServerError, "oops");
    ASSERT_TRUE(t.pass_until_sent());
  }
  EXPECT_EQ(request->told, "");
  t.answer_error(ErrorCode::kServerError, "oops");
  EXPECT_EQ(request->told, "failed(server error: oops)");
}

TEST(CqlSession, ARequestDecidesAboutARefusal) {
  Talk t(1);
  t.ready();
  const auto request = asked();
  request->verdict = Request::Verdict::kRetryNow;
  t.submit(request);
  t.answer_error(ErrorCode::kInvalid);
  ASSERT_EQ(t.peer.frames.size(), 1u);
  request->verdict = Request::Verdict::kRetryLater;
  t.answer_error(ErrorCode::kInvalid, "no such table");
  EXPECT_TRUE(t.peer.frames.empty());
  EXPECT_EQ(t.machine.state().last_error, "10.0.0.1:9041: invalid: no such table");
  ASSERT_TRUE(t.pass_until_sent());
  request->verdict = Request::Verdict::kFail;
  t.answer_error(ErrorCode::kSyntaxError, "no");
  EXPECT_EQ(request->told, "failed(syntax error: no)");
}

TEST(CqlSession, ALostConnectionLosesNoRequest) {
  Talk t(2);
  t.ready();
  const auto a = asked("A"), b = asked("B", false), c = asked("C", false);
  for (const auto& request : {a, b, c}) t.submit(request);
  t.answer_prepared("id");
  // The first row of b arrived, then the connection went.
  const std::string rows = t.rows(t.peer.take(), {"one", "two"});
  t.receive(rows.substr(0, rows.size() - 3));
  EXPECT_EQ(b->told, "[one]|");
  t.machine.closed("reset", t.now);
  EXPECT_EQ(t.peer.events.back(), "connect 10.0.0.2:9042");
  EXPECT_EQ(t.machine.state().last_error, "10.0.0.1:9041: reset");
  t.come_up();
  // a is prepared anew, b and c are sent again.
  ASSERT_EQ(t.peer.frames.size(), 3u);
  EXPECT_EQ(*decode_prepare(t.peer.frames[0].body), "A");
  t.answer_prepared("other");
  t.answer_rows({"one", "two"});
  EXPECT_EQ(b->told, "[one]|[one][two]|done()");
  EXPECT_EQ(b->attempts, 2u);
  t.answer_rows({"c"});
  EXPECT_EQ(c->told, "[c]|done()");
  t.answer_rows({"a"});
  EXPECT_EQ(a->told, "[a]|done()");
}

TEST(CqlSession, SilenceIsNoticed) {
  Talk t(2);
  t.ready();
  ASSERT_TRUE(t.pass(core::seconds(5)));
  EXPECT_EQ(t.peer.frames[0].header.opcode, Opcode::kOptions);
  std::string out;
  encode_header({4, true, 0, t.peer.take().header.stream, Opcode::kSupported, 2}, out);
  t.receive(out + bytes_of("0000"));
  EXPECT_EQ(t.machine.state().in_flight, 0u);
  EXPECT_FALSE(t.pass(core::milliseconds(4999)));
  ASSERT_TRUE(t.pass(core::milliseconds(1))) << "asked again";
  ASSERT_TRUE(t.pass(core::seconds(5)));
  EXPECT_EQ(t.machine.state().last_error, "10.0.0.1:9041: silent");
  EXPECT_EQ(t.peer.events.back(), "connect 10.0.0.2:9042");
}

TEST(CqlSession, ARequestWithoutAnswerIsSentAgain) {
  SessionSettings settings = Talk::settings(1, "", "");
  settings.request_timeout = core::seconds(2);
  settings.max_pause = core::seconds(1);
  Peer peer;
  Talk t(1);
  SessionMachine machine(settings, peer);
  core::TimePoint now = t.now;
  machine.start(now);
  machine.connected(now);
  const auto receive = [&](const std::string& bytes) {
    std::memcpy(machine.input_room().data(), bytes.data(), bytes.size());
    machine.received(bytes.size(), now);
  };
  std::string out;
  encode_empty(t.answer_to(peer.take()), Opcode::kReady, out);
  receive(out);
  const auto request = asked("Q", false);
  machine.submit(request, now);
  const Frame first = peer.take();
  now += core::seconds(2);
  machine.tick(now);
  now = machine.next_deadline();
  machine.tick(now);
  const Frame second = peer.take();
  EXPECT_EQ(request->attempts, 2u);
  EXPECT_NE(first.header.stream, second.header.stream);
  receive(t.rows(first, {"late"}));
  EXPECT_EQ(request->told, "") << "nobody waits for that one any more";
  receive(t.rows(second, {"a"}));
  EXPECT_EQ(request->told, "[a]|done()");
  EXPECT_EQ(machine.state().in_flight, 0u);
}

TEST(CqlSession, ACancelledRequestHearsNothing) {
  Talk t(1);
  t.ready();
  const auto queued = asked("Q", false), sent = asked("Q", false), waiting = asked("P"), within = asked("Q", false);
  for (const auto& request : {sent, waiting, within, queued}) t.submit(request);
  t.machine.cancel(*sent);
  t.machine.cancel(*waiting);
  t.machine.cancel(*queued);
  t.answer_rows({"a"});
  t.answer_prepared("id");
  within->on_row = [&] { t.machine.cancel(*within); };
  t.answer_rows({"a"});
  EXPECT_EQ(sent->told + waiting->told + queued->told, "");
  EXPECT_EQ(within->told, "[a]|") << "the rest of the bytes at hand may come, the end does not";
  t.answer_rows({"a"});
  EXPECT_EQ(t.machine.state().in_flight, 0u);
  EXPECT_TRUE(t.peer.frames.empty());
}

TEST(CqlSession, OneFailedRequestMayCancelTheOthersOfItsStatement) {
  Talk t(1);
  t.ready();
  const auto a = asked(), b = asked();
  a->on_failed = [&] { t.machine.cancel(*b); };
  t.submit(a);
  t.submit(b);
  t.answer_error(ErrorCode::kSyntaxError, "no");
  EXPECT_EQ(a->told, "failed(syntax error: no)");
  EXPECT_EQ(b->told, "");
}

TEST(CqlSession, WhatIsNotCqlEndsTheConnection) {
  const struct {
    const char* bytes;
    const char* reason;
  } cases[] = {
      {"04 00 0000 08 00000000", "what it says is not CQL: a request"},
      {"85 00 0000 08 00000000", "what it says is not CQL: another version"},
      {"84 00 0000 08 7fffffff", "what it says is not CQL: a frame of more than 256 MB"},
      {"84 01 0000 08 00000001 00", "what it says is not CQL: a compressed frame"},
      {"84 00 0003 08 00000000", "what it says is not CQL: an answer to nothing"},
      {"84 00 7fff 08 00000000", "what it says is not CQL: an answer to nothing"},
      {"84 00 0000 00 00000001 00", "an answer that does not fit the request"},
      {"84 00 0000 02 00000000", "an answer that does not fit the request"},
      {"84 00 0000 00 00400001", "an answer without rows of 4194305 bytes"},
      {"84 08 0000 00 00000002 ffff", "a malformed frame"},
      {"84 00 0000 08 00000000", "a malformed RESULT"},
      {"84 00 0000 08 00000004 00000009", "a malformed RESULT"},
      {"84 00 0000 08 00000008 00000002 00000004", "a malformed RESULT"},
      {"84 00 0000 08 00000010 00000002 00000004 00000001 00000001", "a RESULT with fewer rows than it says"},
      {"84 00 0000 08 00000015 00000002 00000004 00000001 00000001 00000002 61", "a RESULT whose rows do not fit into it"},
  };
  for (const auto& c : cases) {
    Talk t(2);
    t.ready();
    const auto request = asked("Q", false);
    t.submit(request);
    ASSERT_EQ(t.peer.frames[0].header.stream, 0);
    t.receive(bytes_of(c.bytes));
    EXPECT_EQ(t.machine.state().last_error, std::string("10.0.0.1:9041: ") + c.reason) << c.bytes;
    EXPECT_EQ(t.peer.events.back(), "connect 10.0.0.2:9042");
    t.come_up();
    ASSERT_TRUE(t.pass_until_sent());
    t.answer_rows({"a"});
    EXPECT_EQ(request->told.substr(request->told.size() - 10), "[a]|done()") << c.bytes;
  }
}

TEST(CqlSession, EventsAndWarningsArePassedOver) {
  Talk t(1);
  t.ready();
  const auto request = asked("Q", false);
  t.submit(request);
  t.receive(bytes_of("84 00 ffff 0c 00000003 0001 61"));
  std::string rows = t.rows(t.peer.take(), {"a"});
  const std::string warning = bytes_of("0001 0004 'slow'");
  rows[1] = static_cast<char>(frame_flag::kWarning);
  rows.insert(FrameHeader::kSize, warning);
  rows[8] = static_cast<char>(rows[8] + static_cast<char>(warning.size()));
  t.receive(rows);
  EXPECT_EQ(request->told, "[a]|done()");
}

TEST(CqlSession, StoppedItForgetsAndCanStartAgain) {
  Talk t(1);
  t.ready();
  const auto request = asked("Q", false);
  t.submit(request);
  t.machine.stop();
  EXPECT_EQ(t.peer.events.back(), "close");
  EXPECT_EQ(t.machine.next_deadline(), core::TimePoint::max());
  t.ready();
  EXPECT_TRUE(t.peer.frames.empty());
  EXPECT_EQ(request->told, "");
}

}  // namespace
}  // namespace signalbox::configdb::cql::test
