// Sessions on real sockets: a manager on 127.0.0.1, neighbours on other loopback addresses that speak by hand. spec/bgp.md 1-6
#include "bgp/peer/peer_manager.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "bgp/peer/negotiate.hpp"
#include "bgp/peer/socket_options.hpp"
#include "bgp/wire/header.hpp"
#include "bgp/wire/update.hpp"
#include "tests/unit/bgp/golden.hpp"

namespace signalbox::bgp::test {
namespace {

using core::milliseconds;
using core::seconds;

sockaddr_in socket_address(const char* text, std::uint16_t port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(port);
  a.sin_addr.s_addr = htonl(ipv4(text));
  return a;
}

// A socket and the messages on it.
class RawPeer {
 public:
  explicit RawPeer(int fd) : fd_(fd) {}
  // Bound to `from`; connect() is begun and completes by itself.
  static RawPeer connect(const char* from, std::uint16_t port, const std::string& key = {}) {
    RawPeer peer(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    const sockaddr_in own = socket_address(from, 0), to = socket_address("127.0.0.1", port);
    EXPECT_EQ(::bind(peer.fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
    if (!key.empty()) {
      EXPECT_TRUE(set_md5_key(peer.fd_, *core::IpAddress::parse("127.0.0.1"), key));
    }
    EXPECT_TRUE(::connect(peer.fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 || errno == EINPROGRESS);
    return peer;
  }
  RawPeer(RawPeer&& other) noexcept : fd_(std::exchange(other.fd_, -1)), in_(std::move(other.in_)) {}
  ~RawPeer() {
    if (fd_ >= 0) ::close(fd_);
  }

  void send(const Bytes& bytes) const {
    EXPECT_EQ(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  bool connected() const {
    pollfd p{fd_, POLLOUT, 0};
    return ::poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP)) == 0;
  }
  // The next whole message, if it is there.
  std::optional<Bytes> receive() {
    std::uint8_t buffer[4096];
    const ssize_t n = ::recv(fd_, buffer, sizeof buffer, 0);
    if (n > 0) in_.insert(in_.end(), buffer, buffer + n);
    closed_ |= n == 0;
    const auto message = first_message(in_);
    if (!message || message->size == 0) return std::nullopt;
    Bytes whole(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(message->size));
    in_.erase(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(message->size));
    return whole;
  }
  bool closed() const { return closed_; }

 private:
  int fd_;
  Bytes in_;
  bool closed_ = false;
};

class PeerManagerTest : public testing::Test {
 protected:
  static PeerManager::Options options() {
    PeerManager::Options o;
    o.address = *core::IpAddress::parse("127.0.0.1");
    o.port = 0;
    o.idle_hold_time = milliseconds(100);
    return o;
  }
  static NeighborConfig neighbor(const char* name, const char* address) {
    NeighborConfig n;
    n.name = std::string(kMasterInstanceName) + ":" + name;
    n.instance = kMasterInstanceName;
    n.address = *core::IpAddress::parse(address);
    n.peer_as = n.local_as = 64512;
    n.local_identifier = ipv4("127.0.0.1");
    n.passive = true;
    n.families.emplace_back().family = AddressFamily::kInetVpn;
    return n;
  }
  void apply(const std::vector<NeighborConfig>& neighbors) {
    auto config = std::make_shared<Config>();
    config->self.present = true;
    config->self.identifier = ipv4("127.0.0.1");
    config->self.autonomous_system = config->self.local_autonomous_system = 64512;
    for (const NeighborConfig& n : neighbors) config->neighbors.push_back(std::make_shared<const NeighborConfig>(n));
    manager_.apply(config);
  }
  static Bytes peer_open(const char* identifier = "10.0.0.9") {
    SessionTerms terms;
    terms.local_as = 64512;
    terms.local_identifier = ipv4(identifier);
    terms.families.add(AddressFamily::kInetVpn);
    return encode(make_open(terms, false));
  }
  void SetUp() override { ASSERT_TRUE(manager_.start()); }

  // Runs the manager until `done()`. False: it did not come to that.
  template <class F>
  bool until(F done) {
    const auto deadline = core::Clock::now() + seconds(30);
    while (!done()) {
      if (core::Clock::now() >= deadline) return false;
      io_.run_one_for(milliseconds(20));
    }
    return true;
  }
  NeighborInfo info(std::size_t index = 0) const {
    std::vector<NeighborInfo> all;
    manager_.for_each([&](const NeighborInfo& i) { all.push_back(i); });
    return index < all.size() ? all[index] : NeighborInfo{};
  }
  bool until_state(SessionState state) {
    return until([&] { return info().state == state; });
  }
  Bytes next(RawPeer& peer) {
    std::optional<Bytes> message;
    EXPECT_TRUE(until([&] { return (message = peer.receive()).has_value() || peer.closed(); }));
    return message.value_or(Bytes{});
  }
  Notification next_notification(RawPeer& peer) {
    const Bytes bytes = next(peer);
    if (bytes.size() < 21 || bytes[18] != static_cast<std::uint8_t>(iana::MessageType::kNotification)) return {};
    return decode_notification(first_message(bytes)->body).value_or(Notification{});
  }
  std::pair<unsigned, unsigned> next_code(RawPeer& peer) {
    const Notification n = next_notification(peer);
    return {n.code, n.subcode};
  }
  void bring_up(RawPeer& peer) {
    peer.send(peer_open());
    EXPECT_EQ(next(peer).at(18), 1) << "OPEN";
    EXPECT_EQ(to_hex(next(peer)), to_hex(encode_keepalive()));
    peer.send(encode_keepalive());
    ASSERT_TRUE(until_state(SessionState::kEstablished));
  }
  RawPeer connect(const char* from = "127.0.0.2", const std::string& key = {}) {
    EXPECT_TRUE(until_state(SessionState::kActive));
    RawPeer peer = RawPeer::connect(from, manager_.port(), key);
    EXPECT_TRUE(until([&] { return peer.connected(); }));
    return peer;
  }

  boost::asio::io_context io_{1};
  PeerManager manager_{io_, options()};
};

TEST_F(PeerManagerTest, AnAcceptedSessionComesUpAndCounts) {
  apply({neighbor("gw", "127.0.0.2")});
  RawPeer peer = connect();
  bring_up(peer);
  peer.send(encode_end_of_rib({1, 128}));
  ASSERT_TRUE(until([&] { return info().rx.update == 1; }));
  const NeighborInfo i = info();
  EXPECT_EQ(i.rx.open, 1u);
  EXPECT_EQ(i.tx.open, 1u);
  EXPECT_EQ(i.tx.keepalive, 1u);
  EXPECT_EQ(i.rx_updates.end_of_rib, 1u);
  EXPECT_EQ(i.remote.address.to_string(), "127.0.0.2");
  EXPECT_EQ(i.local.port, manager_.port());
  EXPECT_EQ(i.last_event, FsmEvent::kUpdate);
  EXPECT_EQ(i.socket.rx_bytes, 41u + 19u + 30u) << "OPEN, KEEPALIVE, End-of-RIB";
  EXPECT_EQ(to_hex(next(peer)), to_hex(encode_end_of_rib({1, 128}))) << "this node started long ago";
}

TEST_F(PeerManagerTest, ASessionThatDropsComesBack) {
  apply({neighbor("gw", "127.0.0.2")});
  {
    RawPeer peer = connect();
    bring_up(peer);
  }
  ASSERT_TRUE(until_state(SessionState::kIdle));
  EXPECT_EQ(info().flaps, 1u);
  EXPECT_EQ(info().last_event, FsmEvent::kTcpClose);
  RawPeer peer = connect();
  bring_up(peer);
}

TEST_F(PeerManagerTest, ConnectsToANeighborThatListens) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in where = socket_address("127.0.0.2", 0);
  socklen_t length = sizeof where;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&where), length), 0);
  ASSERT_EQ(::listen(listener, 1), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &length), 0);
  NeighborConfig n = neighbor("gw", "127.0.0.2");
  n.passive = false;
  n.port = ntohs(where.sin_port);
  apply({n});
  sockaddr_in from{};
  int fd = -1;
  length = sizeof from;
  ASSERT_TRUE(until([&] { return (fd = ::accept4(listener, reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK)) >= 0; }));
  EXPECT_EQ(ntohl(from.sin_addr.s_addr), ipv4("127.0.0.1")) << "connects from its own address";
  RawPeer peer(fd);
  EXPECT_EQ(next(peer).at(18), 1) << "OPEN comes at once";
  peer.send(peer_open());
  EXPECT_EQ(to_hex(next(peer)), to_hex(encode_keepalive()));
  peer.send(encode_keepalive());
  EXPECT_TRUE(until_state(SessionState::kEstablished));
  ::close(listener);
}

TEST_F(PeerManagerTest, AStrangerIsTurnedAway) {
  apply({neighbor("gw", "127.0.0.2")});
  RawPeer stranger = connect("127.0.0.3");
  EXPECT_EQ(next_code(stranger), std::make_pair(6u, 3u));
  EXPECT_TRUE(until([&] { return (stranger.receive(), stranger.closed()); }));
}

TEST_F(PeerManagerTest, ErrorsAreAnsweredAndTheConnectionEnds) {
  apply({neighbor("gw", "127.0.0.2")});
  RawPeer peer = connect();
  bring_up(peer);
  Bytes refresh = encode_keepalive();
  refresh[18] = 5;
  peer.send(refresh);
  EXPECT_EQ(next_notification(peer), Notification::of(iana::HeaderError::kBadType, {5}));
  EXPECT_TRUE(until([&] { return (peer.receive(), peer.closed()); }));
  EXPECT_EQ(info().last_error, "Message Header Error:Bad Message Type");
}

TEST_F(PeerManagerTest, ConfigurationEndsSessions) {
  apply({neighbor("gw", "127.0.0.2")});
  {
    RawPeer peer = connect();
    bring_up(peer);
    apply({neighbor("gw", "127.0.0.2")});
    EXPECT_EQ(info().state, SessionState::kEstablished) << "nothing has changed";
    NeighborConfig changed = neighbor("gw", "127.0.0.2");
    changed.offered_hold_time = 30;
    apply({changed});
    EXPECT_EQ(next_code(peer), std::make_pair(6u, 6u));
  }
  {
    RawPeer peer = connect();
    bring_up(peer);
    NeighborConfig down = neighbor("gw", "127.0.0.2");
    down.admin_down = true;
    apply({down});
    EXPECT_EQ(next_code(peer), std::make_pair(6u, 2u));
    RawPeer again = RawPeer::connect("127.0.0.2", manager_.port());
    EXPECT_EQ(next_code(again), std::make_pair(6u, 2u));
  }
  apply({neighbor("gw", "127.0.0.2")});
  RawPeer peer = connect();
  bring_up(peer);
  apply({});
  EXPECT_EQ(next_code(peer), std::make_pair(6u, 3u));
  EXPECT_EQ(info().config, nullptr);
}

TEST_F(PeerManagerTest, StopTellsThePeers) {
  apply({neighbor("gw", "127.0.0.2")});
  RawPeer peer = connect();
  bring_up(peer);
  manager_.stop();
  EXPECT_EQ(next_code(peer), std::make_pair(6u, 2u));
  EXPECT_EQ(manager_.port(), 0);
}

TEST_F(PeerManagerTest, SignedSessions) {
  NeighborConfig n = neighbor("gw", "127.0.0.2");
  n.md5_key = "s3cret";
  apply({n});
  {
    RawPeer peer = connect("127.0.0.2", "s3cret");
    bring_up(peer);
    RawPeer wrong = RawPeer::connect("127.0.0.2", manager_.port(), "other");
    io_.run_for(milliseconds(200));
    EXPECT_FALSE(wrong.connected()) << "the system drops what is signed with another key";
  }
  apply({neighbor("gw", "127.0.0.2")});
  RawPeer peer = connect();
  bring_up(peer);
}

TEST_F(PeerManagerTest, FollowsThePortOfTheConfiguration) {
  boost::asio::io_context io(1);
  PeerManager::Options o = options();
  o.port = manager_.port();
  PeerManager second(io, o);
  EXPECT_FALSE(second.start()) << "the port is taken";
  EXPECT_EQ(second.port(), 0);
  int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in where = socket_address("127.0.0.1", 0);
  socklen_t length = sizeof where;
  ASSERT_EQ(::bind(probe, reinterpret_cast<sockaddr*>(&where), length), 0);
  ASSERT_EQ(::getsockname(probe, reinterpret_cast<sockaddr*>(&where), &length), 0);
  ::close(probe);
  auto config = std::make_shared<Config>();
  config->self.present = true;
  config->self.port = ntohs(where.sin_port);
  second.apply(config);
  EXPECT_EQ(second.port(), config->self.port);
  config = std::make_shared<Config>(*config);
  config->self.port = manager_.port();
  second.apply(config);
  EXPECT_EQ(second.port(), ntohs(where.sin_port)) << "a port that cannot be had changes nothing";
}

}  // namespace
}  // namespace signalbox::bgp::test
