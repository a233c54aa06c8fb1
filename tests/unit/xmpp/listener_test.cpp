// The listener on real sockets. spec/xmpp.md 1.1, 1.10
#include "xmpp/listener.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "core/log.hpp"
#include "tests/unit/xmpp/session_fixture.hpp"

namespace signalbox::xmpp::test {
namespace {

class ListenerTest : public testing::Test {
 protected:
  Listener::Options options(std::uint16_t port = 0) const {
    Listener::Options o;
    o.address = core::IpAddress::from_v4(INADDR_LOOPBACK);
    o.port = port;
    o.liveness = TcpLiveness::from_hold_time(30);
    return o;
  }
  std::unique_ptr<Listener> open(const Listener::Options& o) {
    auto listener = Listener::open(io_, o, [this](AcceptedSocket s) { sockets_.push_back(std::move(s)); });
    EXPECT_TRUE(listener.ok());
    return listener.ok() ? std::move(*listener) : nullptr;
  }
  bool until_accepted(std::size_t count) {
    const auto deadline = core::Clock::now() + core::seconds(30);
    while (sockets_.size() < count && core::Clock::now() < deadline) io_.run_one_for(core::milliseconds(100));
    return sockets_.size() >= count;
  }
  static int option(const AcceptedSocket& socket, int level, int name) {
    int value = -1;
    socklen_t length = sizeof value;
    ::getsockopt(socket.fd.get(), level, name, &value, &length);
    return value;
  }

  boost::asio::io_context io_{1};
  std::vector<AcceptedSocket> sockets_;
};

TEST_F(ListenerTest, HandsOverConnectionsWithTheirAddressesAndOptions) {
  auto o = options();
  o.security = StreamSecurity::kTlsRequired;
  o.dscp = 46;
  const auto listener = open(o);
  RawAgent agent(listener->port());
  ASSERT_TRUE(until_accepted(1));
  const AcceptedSocket& s = sockets_[0];
  EXPECT_EQ(s.security, StreamSecurity::kTlsRequired);
  EXPECT_EQ(s.remote_address.to_string(), "127.0.0.1");
  EXPECT_EQ(s.remote_port, agent.port());
  EXPECT_EQ(s.local_address.to_string(), "127.0.0.1");
  EXPECT_EQ(s.local_port, listener->port());
  EXPECT_TRUE(::fcntl(s.fd.get(), F_GETFL) & O_NONBLOCK);
  EXPECT_TRUE(::fcntl(s.fd.get(), F_GETFD) & FD_CLOEXEC);
  EXPECT_EQ(option(s, IPPROTO_TCP, TCP_USER_TIMEOUT), 15000);
  EXPECT_EQ(option(s, IPPROTO_TCP, TCP_KEEPIDLE), 5);
  EXPECT_EQ(option(s, IPPROTO_IP, IP_TOS), 46 << 2);
  EXPECT_EQ(option(s, IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(option(s, IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(option(s, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_NE(option(s, IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(option(s, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 256 * 1024);
  EXPECT_EQ(listener->stats().accepted, 1u);

  // From now on, that is.
  EXPECT_TRUE(listener->set_dscp(10).ok());
  RawAgent later(listener->port());
  ASSERT_TRUE(until_accepted(2));
  EXPECT_EQ(option(sockets_[1], IPPROTO_IP, IP_TOS), 10 << 2);
  EXPECT_EQ(option(sockets_[0], IPPROTO_IP, IP_TOS), 46 << 2);
  EXPECT_FALSE(listener->set_dscp(64).ok());
}

TEST_F(ListenerTest, OnAllAddressesTheLocalOneIsTheConnections) {
  auto o = options();
  o.address = core::IpAddress::from_v4(INADDR_ANY);
  const auto listener = open(o);
  RawAgent agent(listener->port());
  ASSERT_TRUE(until_accepted(1));
  EXPECT_EQ(sockets_[0].local_address.to_string(), "127.0.0.1");
  EXPECT_EQ(sockets_[0].local_port, listener->port());
}

TEST_F(ListenerTest, AcceptsManyPerWakeUp) {
  const auto listener = open(options());
  std::vector<std::unique_ptr<RawAgent>> agents;
  for (int i = 0; i < 200; ++i) agents.push_back(std::make_unique<RawAgent>(listener->port()));
  ASSERT_TRUE(until_accepted(1));
  EXPECT_GE(sockets_.size(), 64u);
  ASSERT_TRUE(until_accepted(200));
}

TEST_F(ListenerTest, FailedBindNamesAddressPortAndReason) {
  const auto listener = open(options());
  const auto second = Listener::open(io_, options(listener->port()), [](AcceptedSocket) {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().text, "cannot listen on 127.0.0.1:" + std::to_string(listener->port()) + ": bind: Address already in use");

  Listener::Options elsewhere = options(5269);
  elsewhere.address = *core::IpAddress::parse("192.0.2.1");
  const auto foreign = Listener::open(io_, elsewhere, [](AcceptedSocket) {});
  ASSERT_FALSE(foreign.ok());
  EXPECT_EQ(foreign.error().text, "cannot listen on 192.0.2.1:5269: bind: Cannot assign requested address");
}

TEST_F(ListenerTest, AddressIsFreeAgainAtOnceAfterAConnection) {
  auto listener = open(options());
  const std::uint16_t port = listener->port();
  {
    RawAgent agent(port);
    ASSERT_TRUE(until_accepted(1));
    // Closed from this side first, so that the connection lingers in TIME_WAIT here.
    sockets_.clear();
  }
  listener.reset();
  EXPECT_NE(open(options(port)), nullptr);
}

TEST_F(ListenerTest, OutOfDescriptorsItWaitsAndGoesOn) {
  const auto listener = open(options());
  RawAgent agent(listener->port());
  const auto log_before = core::log::settings();
  auto quiet = log_before;
  quiet.enabled = false;
  core::log::set(quiet);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{3, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  io_.run_one_for(core::seconds(5));
  const std::uint64_t failed = listener->stats().failed;
  // No busy loop meanwhile: nothing is ready.
  const std::size_t ran_at_once = io_.poll();
  ::setrlimit(RLIMIT_NOFILE, &before);
  core::log::set(log_before);
  EXPECT_EQ(failed, 1u);
  EXPECT_EQ(ran_at_once, 0u);
  EXPECT_TRUE(sockets_.empty());
  EXPECT_TRUE(until_accepted(1));
}

TEST_F(ListenerTest, StopsWhenDestroyed) {
  auto listener = open(options());
  const std::uint16_t port = listener->port();
  listener.reset();
  EXPECT_THROW(RawAgent{port}, std::runtime_error);
  EXPECT_GE(io_.run_for(core::seconds(5)), 1u) << "the wait under way is given up";
  EXPECT_TRUE(io_.stopped());
}

TEST_F(ListenerTest, MayBeDestroyedByItsCallback) {
  std::unique_ptr<Listener> listener;
  int taken = 0;
  auto opened = Listener::open(io_, options(), [&](AcceptedSocket) {
    ++taken;
    listener.reset();
  });
  ASSERT_TRUE(opened.ok());
  listener = std::move(*opened);
  RawAgent first(listener->port()), second(listener->port());
  while (taken == 0) io_.run_one_for(core::seconds(5));
  io_.poll();
  EXPECT_EQ(taken, 1);
}

TEST_F(ListenerTest, Ipv6) {
  auto o = options();
  o.address = *core::IpAddress::parse("::1");
  auto listener = Listener::open(io_, o, [this](AcceptedSocket s) { sockets_.push_back(std::move(s)); });
  if (!listener.ok()) GTEST_SKIP() << listener.error().text;
  const UniqueFd client(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_addr = in6addr_loopback;
  to.sin6_port = htons((*listener)->port());
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  ASSERT_TRUE(until_accepted(1));
  EXPECT_EQ(sockets_[0].remote_address.to_string(), "::1");
}

}  // namespace
}  // namespace signalbox::xmpp::test
