// Sessions with TLS, against OpenSSL's client: what agents do rightly and wrongly. spec/xmpp.md 1.5
#include <gtest/gtest.h>
#include <signal.h>

#include <string>
#include <vector>

#include "tests/unit/xmpp/certificates.hpp"
#include "tests/unit/xmpp/session_fixture.hpp"

namespace signalbox::xmpp::test {
namespace {

struct ClientOptions {
  int min_version = TLS1_2_VERSION;
  int max_version = TLS1_3_VERSION;
  std::string certificate, key;  // none when empty
};

class TlsAgent : public RawAgent {
 public:
  using RawAgent::RawAgent;

  // Begins the client's side of the handshake with the next move().
  void begin_tls(const Certificates& certificates, const ClientOptions& options) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_load_verify_file(context_.get(), certificates.certificate("ca").c_str());
    if (options.min_version < TLS1_2_VERSION) SSL_CTX_set_cipher_list(context_.get(), "ALL:@SECLEVEL=0");
    SSL_CTX_set_min_proto_version(context_.get(), options.min_version);
    SSL_CTX_set_max_proto_version(context_.get(), options.max_version);
    if (!options.certificate.empty()) {
      SSL_CTX_use_certificate_chain_file(context_.get(), options.certificate.c_str());
      SSL_CTX_use_PrivateKey_file(context_.get(), options.key.c_str(), SSL_FILETYPE_PEM);
    }
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd());
    SSL_set_connect_state(ssl_.get());
    SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }

  void move(std::size_t most = std::size_t{1} << 30) override {
    if (!ssl_) return RawAgent::move(most);
    if (ended) return;
    ERR_clear_error();
    if (!handshake_done) {
      const int result = SSL_do_handshake(ssl_.get());
      if (result != 1) return failed(result);
      handshake_done = true;
    }
    std::size_t n = 0;
    while (!to_send_.empty()) {
      const int result = SSL_write_ex(ssl_.get(), to_send_.data(), to_send_.size(), &n);
      if (result != 1) {
        failed(result);
        break;
      }
      to_send_.erase(0, n);
    }
    char buffer[65536];
    for (std::size_t total = 0; total < most && !ended; total += n) {
      const int result = SSL_read_ex(ssl_.get(), buffer, std::min(sizeof buffer, most - total), &n);
      if (result != 1) return failed(result);
      received.append(buffer, n);
    }
  }

  bool shows_certificate_of(const std::string& common_name) const {
    char name[100] = "";
    std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name, sizeof name);
    return common_name == name;
  }
  void update_keys() { SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_REQUESTED); }

  bool handshake_done = false;
  std::string end_reason;

 private:
  void failed(int result) {
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE: return;
      case SSL_ERROR_ZERO_RETURN: end_reason = "close notify"; break;
      case SSL_ERROR_SYSCALL: end_reason = errno == ECONNRESET ? "reset" : "end of stream"; break;
      default: end_reason = take_openssl_error("unknown"); break;
    }
    ended = true;
  }

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
};

class SessionTlsTest : public SessionTest {
 protected:
  SessionTlsTest() { reload(); }

  // The client's own socket BIO raises it.
  void SetUp() override { before_ = ::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { ::signal(SIGPIPE, before_); }

  void reload() {
    auto loaded =
        TlsContext::load({certificates_.certificate("server"), certificates_.key("server"), certificates_.certificate("ca"), demand_});
    ASSERT_TRUE(loaded.ok()) << loaded.error().text;
    context_ = *loaded;
  }
  void listen_tls(StreamSecurity security = StreamSecurity::kStartTls) {
    listen(security, [this] { return context_; });
  }
  ClientOptions client(const std::string& name) const {
    return {TLS1_2_VERSION, TLS1_3_VERSION, certificates_.certificate(name), certificates_.key(name)};
  }
  static ClientOptions only(int version) { return {version, version, {}, {}}; }

  // Up to and with the answer to starttls.
  void ask_for_tls(TlsAgent& agent) {
    agent.say(kOpen);
    ASSERT_TRUE(receives(agent, kFeatures));
    EXPECT_EQ(agent.received, kReply + kFeatures);
    agent.received.clear();
    agent.say(kStartTls);
    ASSERT_TRUE(receives(agent, kProceed));
    EXPECT_EQ(agent.received, kProceed);
    agent.received.clear();
  }
  bool shake_hands(TlsAgent& agent, const ClientOptions& options = {}) {
    agent.begin_tls(certificates_, options);
    return until([&] {
             agent.move();
             return agent.handshake_done || agent.ended;
           }) &&
           agent.handshake_done;
  }
  void establish_tls(TlsAgent& agent, const ClientOptions& options = {}) {
    ask_for_tls(agent);
    ASSERT_TRUE(shake_hands(agent, options)) << agent.end_reason;
    agent.say(kOpen);
    ASSERT_TRUE(receives(agent, kReply)) << agent.end_reason;
    EXPECT_EQ(agent.received, kReply);
    agent.received.clear();
  }
  CloseReason closed(Connection& c) {
    until([&] { return c.recorder.closed != CloseReason::kNone; });
    return c.recorder.closed;
  }

  Certificates certificates_;
  bool demand_ = false;
  std::shared_ptr<const TlsContext> context_;
  void (*before_)(int) = SIG_DFL;
};

using Calls = std::vector<std::string>;

TEST_F(SessionTlsTest, InStreamWithEitherVersion) {
  listen_tls();
  for (std::size_t i = 0; i < 2; ++i) {
    const int version = i == 0 ? TLS1_3_VERSION : TLS1_2_VERSION;
    TlsAgent agent(listener_->port());
    establish_tls(agent, only(version));
    Connection& c = accepted(i);
    EXPECT_EQ(c.session->stream().state(), StreamState::kEstablished);
    EXPECT_EQ(c.session->security(), i == 0 ? "TLSv1.3" : "TLSv1.2");
    agent.say("\xc8\x80" + iq("1"));
    ASSERT_TRUE(until([&] {
      agent.move();
      return c.recorder.stanzas.size() == 1;
    }));
    // Asked once, though there were two opens.
    EXPECT_EQ(c.recorder.calls, (Calls{"open", "established", "stanza", "burst"}));
    c.session->close(CloseReason::kShutdown);
    ASSERT_TRUE(sees_end(agent));
    EXPECT_EQ(agent.end_reason, "close notify");
  }
}

TEST_F(SessionTlsTest, FeaturesAreAWriteOfTheirOwn) {
  listen_tls();
  TlsAgent agent(listener_->port());
  ask_for_tls(agent);
  EXPECT_EQ(accepted().session->stats().tx_calls, 3u);
}

TEST_F(SessionTlsTest, ClientCertificateOfTheCaIsTaken) {
  listen_tls();
  TlsAgent agent(listener_->port());
  establish_tls(agent, client("client"));
  EXPECT_EQ(accepted().recorder.closed, CloseReason::kNone);
}

TEST_F(SessionTlsTest, CertificateOfAnotherCaSeesTheHandshakeSucceedAndThenTheEnd) {
  listen_tls();
  TlsAgent agent(listener_->port());
  ask_for_tls(agent);
  // With TLS 1.3 the client is done before the server has looked at its certificate.
  ASSERT_TRUE(shake_hands(agent, client("stranger")));
  agent.say(kOpen);
  ASSERT_TRUE(sees_end(agent));
  EXPECT_EQ(agent.received, "");
  EXPECT_EQ(agent.end_reason, "unexpected eof while reading") << "neither an alert nor a reset";
  Connection& c = accepted();
  EXPECT_EQ(closed(c), CloseReason::kTlsHandshake);
  EXPECT_EQ(c.session->close_detail(), "certificate verify failed: unable to get local issuer certificate");
  EXPECT_EQ(to_string(c.session->stream().last_event()), "xmsm::EvTlsHandShakeFailure");
}

TEST_F(SessionTlsTest, CertificateOfAnotherCaFailsTheHandshakeOfTls12) {
  listen_tls();
  TlsAgent agent(listener_->port());
  ask_for_tls(agent);
  ClientOptions options = client("stranger");
  options.max_version = TLS1_2_VERSION;
  EXPECT_FALSE(shake_hands(agent, options));
  EXPECT_EQ(closed(accepted()), CloseReason::kTlsHandshake);
}

TEST_F(SessionTlsTest, ClientCertificateCanBeDemanded) {
  demand_ = true;
  reload();
  listen_tls();
  TlsAgent without(listener_->port()), with(listener_->port());
  ask_for_tls(without);
  shake_hands(without);
  without.say(kOpen);
  ASSERT_TRUE(sees_end(without));
  EXPECT_EQ(closed(accepted(0)), CloseReason::kTlsHandshake);
  EXPECT_EQ(accepted(0).session->close_detail(), "peer did not return a certificate");

  establish_tls(with, client("client"));
}

TEST_F(SessionTlsTest, OlderVersionsAreRefused) {
  listen_tls();
  for (std::size_t i = 0; i < 2; ++i) {
    TlsAgent agent(listener_->port());
    ask_for_tls(agent);
    EXPECT_FALSE(shake_hands(agent, only(i == 0 ? TLS1_1_VERSION : TLS1_VERSION)));
    EXPECT_EQ(closed(accepted(i)), CloseReason::kTlsHandshake);
    EXPECT_EQ(accepted(i).session->close_detail(), "unsupported protocol");
  }
}

TEST_F(SessionTlsTest, GarbageInsteadOfAHandshakeIsClosedWithoutABytesAnswer) {
  listen_tls();
  TlsAgent agent(listener_->port());
  ask_for_tls(agent);
  for (int i = 0; i < 20; ++i) agent.say("hello, is this a handshake? ");
  ASSERT_TRUE(sees_end(agent));
  EXPECT_EQ(agent.received, "");
  EXPECT_FALSE(agent.reset);
  EXPECT_EQ(closed(accepted()), CloseReason::kTlsHandshake);
}

TEST_F(SessionTlsTest, OtherThingsInsteadOfStartTlsGetNoService) {
  listen_tls();
  TlsAgent subscribes(listener_->port()), keeps_alive(listener_->port());
  for (TlsAgent* agent : {&subscribes, &keeps_alive}) {
    agent->say(kOpen);
    ASSERT_TRUE(receives(*agent, kFeatures));
    agent->received.clear();
  }
  subscribes.say(iq("subscribe"));
  ASSERT_TRUE(sees_end(subscribes));
  EXPECT_EQ(subscribes.received, "");
  EXPECT_EQ(closed(accepted(0)), CloseReason::kUndecodable);
  EXPECT_TRUE(accepted(0).recorder.stanzas.empty());

  keeps_alive.say("\xc8\x80");
  keeps_alive.move();
  Connection& c = accepted(1);
  ASSERT_TRUE(until([&] { return c.session->stats().rx_keepalives == 1; }));
  EXPECT_EQ(c.session->stream().state(), StreamState::kOpenConfirm);
  keeps_alive.move();
  EXPECT_EQ(keeps_alive.received, "");
  c.session->tick(core::Clock::now() + core::seconds(91));
  EXPECT_TRUE(sees_end(keeps_alive));
}

TEST_F(SessionTlsTest, FillerBehindStartTlsIsDroppedWheneverItComes) {
  listen_tls();
  TlsAgent agent(listener_->port());
  agent.say(kOpen);
  ASSERT_TRUE(receives(agent, kFeatures));
  agent.say(kStartTls + "\n");
  ASSERT_TRUE(receives(agent, kProceed));
  settle();
  agent.say("\n \xc8\x80");
  agent.move();
  settle();
  ASSERT_TRUE(shake_hands(agent)) << agent.end_reason;
  agent.say(kOpen);
  agent.received.clear();
  EXPECT_TRUE(receives(agent, kReply));
}

TEST_F(SessionTlsTest, ClientHelloMayFollowStartTlsAtOnce) {
  listen_tls();
  TlsAgent agent(listener_->port());
  agent.say(kOpen);
  ASSERT_TRUE(receives(agent, kFeatures));
  // The client speaks first, so its hello can be sent together with starttls.
  Connection& c = accepted();
  c.session->pause_reading();
  settle();
  agent.received.clear();
  agent.say(kStartTls + "\n");
  agent.move();
  agent.begin_tls(certificates_, {});
  agent.move();
  // The answer to starttls is plain text, which the client's TLS engine would choke on: take it out of its way.
  agent.ended = false;
  c.session->resume_reading();
  char proceed[200];
  ssize_t n = 0;
  ASSERT_TRUE(until([&] { return (n = ::recv(agent.fd(), proceed, kProceed.size(), MSG_WAITALL)) > 0; }));
  EXPECT_EQ(std::string(proceed, static_cast<std::size_t>(n)), kProceed);
  ASSERT_TRUE(until([&] {
    agent.move();
    return agent.handshake_done || agent.ended;
  }));
  EXPECT_TRUE(agent.handshake_done) << agent.end_reason;
}

TEST_F(SessionTlsTest, FromTheFirstByteOnlyWhereItIsAllowed) {
  listen_tls(StreamSecurity::kStartTls);
  {
    TlsAgent agent(listener_->port());
    EXPECT_FALSE(shake_hands(agent));
    EXPECT_EQ(closed(accepted(0)), CloseReason::kTlsOnPlainStream);
  }
  listen_tls(StreamSecurity::kTlsRequired);
  {
    TlsAgent agent(listener_->port());
    ASSERT_TRUE(shake_hands(agent)) << agent.end_reason;
    agent.say(kOpen + iq("1"));
    ASSERT_TRUE(receives(agent, kReply));
    EXPECT_EQ(agent.received, kReply);
    Connection& c = accepted(1);
    ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 1; }));
    EXPECT_EQ(c.session->stream().last_state(), StreamState::kActive);
  }
  {
    TlsAgent agent(listener_->port());
    establish_tls(agent);
    EXPECT_EQ(accepted(2).session->stream().last_state(), StreamState::kOpenConfirm);
  }
}

TEST_F(SessionTlsTest, DecisionMayComeLaterOverTls) {
  prepare_ = [](Recorder& r) { r.accept_at_once = false; };
  listen_tls(StreamSecurity::kTlsRequired);
  TlsAgent agent(listener_->port());
  ASSERT_TRUE(shake_hands(agent));
  agent.say(kOpen + iq("1"));
  agent.move();
  Connection& c = accepted();
  ASSERT_TRUE(until([&] { return c.recorder.count("open") == 1; }));
  settle();
  EXPECT_TRUE(c.recorder.stanzas.empty());
  c.session->accept_open();
  ASSERT_TRUE(until([&] { return c.recorder.stanzas.size() == 1; }));
}

TEST_F(SessionTlsTest, DecisionMayComeLaterBeforeTls) {
  prepare_ = [](Recorder& r) { r.accept_at_once = false; };
  listen_tls();
  TlsAgent agent(listener_->port());
  agent.say(kOpen + kStartTls);
  agent.move();
  Connection& c = accepted();
  ASSERT_TRUE(until([&] { return c.recorder.count("open") == 1; }));
  settle();
  c.session->accept_open();
  ASSERT_TRUE(receives(agent, kProceed));
  ASSERT_TRUE(shake_hands(agent)) << agent.end_reason;
}

TEST_F(SessionTlsTest, NoCertificateNoHandshake) {
  context_.reset();
  listen_tls();
  TlsAgent agent(listener_->port());
  ask_for_tls(agent);
  EXPECT_FALSE(shake_hands(agent));
  EXPECT_EQ(closed(accepted()), CloseReason::kTlsHandshake);
  EXPECT_EQ(accepted().session->close_detail(), "no certificate is loaded");
}

TEST_F(SessionTlsTest, PeerThatLeavesDuringTheHandshake) {
  listen_tls();
  TlsAgent agent(listener_->port());
  ask_for_tls(agent);
  agent.hang_up();
  EXPECT_EQ(closed(accepted()), CloseReason::kTlsHandshake);
  EXPECT_EQ(accepted().session->close_detail(), "closed by the peer");
}

TEST_F(SessionTlsTest, ReloadedCertificatesServeNewSessions) {
  listen_tls();
  TlsAgent old_agent(listener_->port());
  establish_tls(old_agent);
  EXPECT_TRUE(old_agent.shows_certificate_of("server"));
  certificates_.renew("server", "renewed");
  reload();
  TlsAgent new_agent(listener_->port());
  establish_tls(new_agent);
  EXPECT_TRUE(new_agent.shows_certificate_of("renewed"));
  old_agent.say(iq("still here"));
  ASSERT_TRUE(until([&] {
    old_agent.move();
    return accepted(0).recorder.stanzas.size() == 1;
  }));
}

TEST_F(SessionTlsTest, LargeStanzasAndAPausedReader) {
  prepare_ = [](Recorder& r) { r.when_burst_ends = [](Session& s) { s.pause_reading(); }; };
  listen_tls();
  TlsAgent agent(listener_->port());
  establish_tls(agent);
  Connection& c = accepted();
  Calls want;
  for (const std::size_t size : {10u, 1000000u, 20000u, 16384u, 3000000u, 1u}) want.push_back(iq(std::string(size, 'x')));
  for (const std::string& s : want) agent.say(s + "\n");
  std::size_t resumed = 0;
  ASSERT_TRUE(until([&] {
    agent.move();
    if (c.session->reading_paused()) {
      ++resumed;
      c.session->resume_reading();
    }
    return c.recorder.stanzas.size() == want.size();
  }));
  EXPECT_TRUE(c.recorder.stanzas == want);
  EXPECT_GE(resumed, 2u);
}

TEST_F(SessionTlsTest, StalledReaderGetsAllBytesInOrder) {
  std::string all;
  for (std::size_t i = 0; all.size() < 12u << 20; ++i) all += "line " + std::to_string(i) + "\n";
  std::size_t queued = 0;
  const auto fill = [&](Session& s) {
    while (queued < all.size() && s.room() > 0) {
      // Pieces of every size, as the first line of a message and its shared body.
      const std::size_t n = std::min<std::size_t>(queued % 7 == 0 ? 40000 : 1 + queued % 301, all.size() - queued);
      s.send(core::ChunkPtr::copy_of(std::string_view(all).substr(queued, n)));
      queued += n;
    }
  };
  prepare_ = [&](Recorder& r) { r.when_refilled = fill; };
  listen_tls();
  TlsAgent agent(listener_->port(), 64 * 1024);
  establish_tls(agent);
  Connection& c = accepted();
  fill(*c.session);
  c.session->flush();
  ASSERT_TRUE(until([&] { return c.session->blocked_since() != core::TimePoint::max(); }));
  c.session->tick(core::Clock::now() + core::seconds(31));
  ASSERT_TRUE(until([&] {
    agent.move(30000);
    return agent.received.size() == all.size() + 2 || agent.ended;
  }));
  const auto keepalive = agent.received.find("\xc8\x80");
  ASSERT_NE(keepalive, std::string::npos);
  agent.received.erase(keepalive, 2);
  EXPECT_TRUE(agent.received == all);
}

TEST_F(SessionTlsTest, KeyUpdateIsAnswered) {
  listen_tls();
  TlsAgent agent(listener_->port());
  establish_tls(agent, only(TLS1_3_VERSION));
  agent.update_keys();
  agent.say(iq("after the update"));
  Connection& c = accepted();
  ASSERT_TRUE(until([&] {
    agent.move();
    return c.recorder.stanzas.size() == 1;
  }));
  c.session->send(core::ChunkPtr::copy_of("answer"));
  c.session->flush();
  EXPECT_TRUE(receives(agent, "answer")) << agent.end_reason;
}

TEST_F(SessionTlsTest, BrokenRecordClosesAfterWhatCameBefore) {
  listen_tls();
  TlsAgent agent(listener_->port());
  establish_tls(agent);
  Connection& c = accepted();
  c.session->pause_reading();
  settle();
  agent.say(iq("whole"));
  agent.move();
  const std::string forged = std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x');
  ASSERT_EQ(::send(agent.fd(), forged.data(), forged.size(), 0), static_cast<ssize_t>(forged.size()));
  c.session->resume_reading();
  EXPECT_EQ(closed(c), CloseReason::kTransportError);
  EXPECT_EQ(c.recorder.stanzas, Calls{iq("whole")});
  EXPECT_EQ(c.session->close_detail(), "decryption failed or bad record mac");
}

TEST_F(SessionTlsTest, EndOfStreamWithoutGoodbyeIsAPeerClose) {
  listen_tls();
  TlsAgent agent(listener_->port());
  establish_tls(agent);
  agent.half_close();
  EXPECT_EQ(closed(accepted()), CloseReason::kPeerClosed);
}

}  // namespace
}  // namespace signalbox::xmpp::test
