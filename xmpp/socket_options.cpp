#include "xmpp/socket_options.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <system_error>

namespace signalbox::xmpp {
namespace {

// Without a limit the kernel takes several MB per socket: memory for lag, and states that are out of date by the time they are sent.
constexpr int kMostUnsent = 256 * 1024;

core::Status set(int fd, int level, int option, int value, const char* name) {
  if (::setsockopt(fd, level, option, &value, sizeof value) == 0) return {};
  return core::error(std::string(name) + " " + std::to_string(value) + ": " + std::generic_category().message(errno));
}

}  // namespace

TcpLiveness TcpLiveness::from_hold_time(unsigned tcp_hold_time_s) {
  // What the kernel takes at most for the idle time bounds the rest.
  constexpr unsigned kLongest = 32767;
  int hold = static_cast<int>(std::clamp(tcp_hold_time_s, 9u, kLongest));
  if (hold > 18) hold /= 2;
  TcpLiveness t;
  t.idle_s = hold / 3;
  t.probes = 3;
  t.interval_s = (hold - t.idle_s) / t.probes;
  t.user_timeout_ms = hold * 1000;
  return t;
}

core::Status set_session_options(int fd, const TcpLiveness& liveness) {
  struct Option {
    int level, option, value;
    const char* name;
  };
  const Option options[] = {
      {SOL_SOCKET, SO_KEEPALIVE, 1, "SO_KEEPALIVE"},
      {IPPROTO_TCP, TCP_KEEPIDLE, liveness.idle_s, "TCP_KEEPIDLE"},
      {IPPROTO_TCP, TCP_KEEPINTVL, liveness.interval_s, "TCP_KEEPINTVL"},
      {IPPROTO_TCP, TCP_KEEPCNT, liveness.probes, "TCP_KEEPCNT"},
      {IPPROTO_TCP, TCP_USER_TIMEOUT, liveness.user_timeout_ms, "TCP_USER_TIMEOUT"},
      {IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY"},
      {IPPROTO_TCP, TCP_NOTSENT_LOWAT, kMostUnsent, "TCP_NOTSENT_LOWAT"},
  };
  for (const Option& o : options) {
    if (auto status = set(fd, o.level, o.option, o.value, o.name); !status) return status;
  }
  return {};
}

core::Status set_dscp(int fd, unsigned dscp) {
  if (dscp > 63) return core::error("DSCP " + std::to_string(dscp) + " is not in 0..63");
  int family = 0;
  socklen_t length = sizeof family;
  if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0) {
    return core::error("SO_DOMAIN: " + std::generic_category().message(errno));
  }
  const int traffic_class = static_cast<int>(dscp << 2);
  if (family == AF_INET6) return set(fd, IPPROTO_IPV6, IPV6_TCLASS, traffic_class, "IPV6_TCLASS");
  return set(fd, IPPROTO_IP, IP_TOS, traffic_class, "IP_TOS");
}

}  // namespace signalbox::xmpp
