// Real sessions on loopback sockets and a real event loop, all in the test's thread, and agents that speak to them.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "xmpp/listener.hpp"
#include "xmpp/session.hpp"

namespace signalbox::xmpp::test {

inline const std::string kOpen =
    "<stream:stream from=\"vr7.example.net\" to=\"network-control@contrailsystems.com\" version=\"1.0\" xml:lang=\"en\" xmlns=\"blue\" "
    "xmlns:stream=\"http://etherx.jabber.org/streams\" >";
inline const std::string kReply =
    "<stream:stream from=\"ctrl1\" to=\"vr7.example.net\" id=\"++123\" version=\"1.0\" xml:lang=\"en\" xmlns=\"jabber:client\" "
    "xmlns:stream=\"http://etherx.jabber.org/streams\" >";
inline const std::string kFeatures =
    "<?xml version=\"1.0\"?>\n<stream:features>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\">\n<required />\n</starttls>\n"
    "</stream:features>\n";
inline const std::string kStartTls = "<?xml version=\"1.0\"?>\n<starttls xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />";
inline const std::string kProceed = "<?xml version=\"1.0\"?>\n<proceed xmlns=\"urn:ietf:params:xml:ns:xmpp-tls\" />";

inline std::string iq(const std::string& body) { return "<iq type=\"set\">" + body + "</iq>"; }

// Writes down what a session reports, and acts as told.
class Recorder : public SessionHandler {
 public:
  bool accept_at_once = true;
  std::function<void(Session&)> when_open, when_established, when_burst_ends, when_refilled, when_closed;
  std::function<bool(Session&, std::string_view)> when_stanza;

  StreamOpen open;
  std::vector<std::string> stanzas;
  std::vector<std::string> calls;  // in order; stanzas as "stanza"
  int refills = 0;
  CloseReason closed = CloseReason::kNone;

  void on_stream_open(Session& session, const StreamOpen& o) override {
    open = o;
    calls.emplace_back("open");
    if (when_open) when_open(session);
    if (accept_at_once) session.accept_open();
  }
  void on_established(Session& session) override {
    calls.emplace_back("established");
    if (when_established) when_established(session);
  }
  bool on_stanza(Session& session, std::string_view stanza) override {
    stanzas.emplace_back(stanza);
    calls.emplace_back("stanza");
    return !when_stanza || when_stanza(session, stanza);
  }
  void on_read_burst_end(Session& session) override {
    calls.emplace_back("burst");
    if (when_burst_ends) when_burst_ends(session);
  }
  void refill(Session& session) override {
    ++refills;
    if (when_refilled) when_refilled(session);
  }
  void on_closed(Session& session, CloseReason reason) override {
    closed = reason;
    calls.emplace_back("closed");
    if (when_closed) when_closed(session);
  }

  int count(const std::string& call) const { return static_cast<int>(std::count(calls.begin(), calls.end(), call)); }
};

// An agent's end of a connection, without encryption.
class RawAgent {
 public:
  explicit RawAgent(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("connect");
    const int on = 1;
    ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int flags = ::fcntl(fd_.get(), F_GETFL);
    ::fcntl(fd_.get(), F_SETFL, flags | O_NONBLOCK);
  }
  virtual ~RawAgent() = default;

  int fd() const { return fd_.get(); }
  std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t length = sizeof own;
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&own), &length);
    return ntohs(own.sin_port);
  }

  void say(std::string_view bytes) { to_send_ += bytes; }
  // Sends and receives what the socket lets through. `most`: stop after about so many received bytes.
  virtual void move(std::size_t most = std::size_t{1} << 30) {
    send_some();
    for (std::size_t n = 0; n < most && !ended;) {
      const std::size_t got = receive_some(most - n);
      if (got == 0) break;
      n += got;
    }
  }
  void hang_up() { fd_.reset(); }
  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  std::size_t unsent() const { return to_send_.size(); }

  std::string received;
  bool ended = false;  // the peer has closed, one way or the other
  bool reset = false;  // by a reset

 protected:
  void send_some() {
    while (!to_send_.empty()) {
      const ssize_t n = ::send(fd_.get(), to_send_.data(), to_send_.size(), MSG_NOSIGNAL);
      if (n < 0) {
        if (errno != EAGAIN) to_send_.clear();
        return;
      }
      to_send_.erase(0, static_cast<std::size_t>(n));
    }
  }
  std::size_t receive_some(std::size_t most) {
    char buffer[65536];
    const ssize_t n = ::recv(fd_.get(), buffer, std::min(most, sizeof buffer), 0);
    if (n > 0) {
      received.append(buffer, static_cast<std::size_t>(n));
      return static_cast<std::size_t>(n);
    }
    if (n == 0 || errno != EAGAIN) ended = true;
    if (n < 0 && errno != EAGAIN) reset = true;
    return 0;
  }

  UniqueFd fd_;
  std::string to_send_;
};

class SessionTest : public testing::Test {
 protected:
  struct Connection {
    Recorder recorder;
    std::unique_ptr<Session> session;
  };

  SessionTest() { options_.hostname = "ctrl1"; }

  // Sessions begin with the certificate that is current when they are accepted.
  void listen(StreamSecurity security = StreamSecurity::kPlain, const std::function<std::shared_ptr<const TlsContext>()>& tls = {}) {
    Listener::Options o;
    o.address = core::IpAddress::from_v4(INADDR_LOOPBACK);
    o.port = 0;
    o.security = security;
    o.liveness = TcpLiveness::from_hold_time(30);
    auto listener = Listener::open(io_, o, [this, tls](AcceptedSocket socket) {
      connections_.push_back(std::make_unique<Connection>());
      Connection& c = *connections_.back();
      if (prepare_) prepare_(c.recorder);
      c.session = Session::create(io_, buffers_, options_, std::move(socket), tls ? tls() : nullptr, hold_time_s_, c.recorder);
    });
    ASSERT_TRUE(listener.ok()) << listener.error().text;
    listener_ = std::move(*listener);
  }

  // Runs the event loop until `condition` holds; false when it does not within a generous time.
  template <class Condition>
  bool until(Condition condition) {
    const auto deadline = core::Clock::now() + core::seconds(30);
    while (true) {
      io_.poll();
      if (condition()) return true;
      if (core::Clock::now() > deadline) return false;
      io_.run_one_for(core::milliseconds(1));
    }
  }
  // The connection that is accepted next.
  Connection& accepted(std::size_t index = 0) {
    EXPECT_TRUE(until([&] { return connections_.size() > index; }));
    return *connections_.at(index);
  }
  // Everything that can happen now without a further word from the agents has happened.
  void settle() {
    while (io_.poll() > 0) {}
  }
  bool receives(RawAgent& agent, std::string_view bytes) {
    return until([&] {
      agent.move();
      return agent.received.find(bytes) != std::string::npos;
    });
  }
  bool sees_end(RawAgent& agent) {
    return until([&] {
      agent.move();
      return agent.ended;
    });
  }
  // Opens a plain stream.
  Connection& establish(RawAgent& agent, std::size_t index = 0) {
    Connection& c = accepted(index);
    agent.say(kOpen);
    EXPECT_TRUE(receives(agent, kReply));
    EXPECT_EQ(c.session->stream().state(), StreamState::kEstablished);
    agent.received.clear();
    return c;
  }

  boost::asio::io_context io_{1};
  ShardBuffers buffers_;
  SessionOptions options_;
  std::uint8_t hold_time_s_ = 90;
  std::function<void(Recorder&)> prepare_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace signalbox::xmpp::test
