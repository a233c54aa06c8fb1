// The options as the kernel has them after they were set. spec/xmpp.md 1.10
#include "xmpp/socket_options.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "xmpp/unique_fd.hpp"

namespace signalbox::xmpp {
namespace {

UniqueFd tcp_socket(int family = AF_INET) { return UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

int option(const UniqueFd& fd, int level, int name) {
  int value = -1;
  socklen_t length = sizeof value;
  EXPECT_EQ(::getsockopt(fd.get(), level, name, &value, &length), 0);
  return value;
}

TEST(TcpLiveness, FollowsTheIncumbentsArithmetic) {
  struct Case {
    unsigned hold;
    TcpLiveness want;
  };
  const Case cases[] = {
      {30, {5, 3, 3, 15000}},  // the default
      {0, {3, 2, 3, 9000}},    // at least 9
      {9, {3, 2, 3, 9000}},    //
      {18, {6, 4, 3, 18000}},  // not halved
      {19, {3, 2, 3, 9000}},   // halved
      {90, {15, 10, 3, 45000}},
  };
  for (const Case& c : cases) EXPECT_EQ(TcpLiveness::from_hold_time(c.hold), c.want) << c.hold;
}

TEST(SocketOptions, ArriveInTheKernel) {
  const UniqueFd fd = tcp_socket();
  ASSERT_TRUE(set_session_options(fd.get(), TcpLiveness::from_hold_time(30)).ok());
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 5);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 15000);
  EXPECT_NE(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT), 256 * 1024);
}

TEST(SocketOptions, TheLongestHoldTimeIsTakenByTheKernel) {
  const UniqueFd fd = tcp_socket();
  const auto status = set_session_options(fd.get(), TcpLiveness::from_hold_time(4000000000u));
  EXPECT_TRUE(status.ok()) << status.error().text;
}

TEST(SocketOptions, DscpIsTheUpperSixBitsOfTheTrafficClass) {
  const UniqueFd v4 = tcp_socket();
  ASSERT_TRUE(set_dscp(v4.get(), 46).ok());
  EXPECT_EQ(option(v4, IPPROTO_IP, IP_TOS), 46 << 2);
  ASSERT_TRUE(set_dscp(v4.get(), 0).ok());
  EXPECT_EQ(option(v4, IPPROTO_IP, IP_TOS), 0);
  EXPECT_FALSE(set_dscp(v4.get(), 64).ok());
}

TEST(SocketOptions, DscpOfIpv6) {
  const UniqueFd v6 = tcp_socket(AF_INET6);
  if (!v6) GTEST_SKIP() << "no IPv6 on this machine";
  ASSERT_TRUE(set_dscp(v6.get(), 10).ok());
  EXPECT_EQ(option(v6, IPPROTO_IPV6, IPV6_TCLASS), 40);
}

TEST(SocketOptions, ErrorsNameTheOption) {
  const auto status = set_session_options(-1, TcpLiveness::from_hold_time(30));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().text, "SO_KEEPALIVE 1: Bad file descriptor");
}

}  // namespace
}  // namespace signalbox::xmpp
