// TCP options of agent sessions: how a dead peer is noticed, and the DSCP of what is sent.
//
// Threads: any. Errors: name the option and the system's reason. Cost: one system call per option. Source: spec/xmpp.md 1.10.
#pragma once

#include "core/result.hpp"

namespace signalbox::xmpp {

// How long an unresponsive peer is borne with.
struct TcpLiveness {
  int idle_s = 0;           // silence before the first probe
  int interval_s = 0;       // between probes
  int probes = 0;           // unanswered ones that end the connection
  int user_timeout_ms = 0;  // for sent bytes that stay unacknowledged

  // From DEFAULT.tcp_hold_time in seconds; the incumbent's arithmetic.
  static TcpLiveness from_hold_time(unsigned tcp_hold_time_s);

  bool operator==(const TcpLiveness&) const = default;
};

// Keepalive, user timeout, and no delay: a session gathers what it has before it writes, so Nagle's algorithm could only hold back the
// last piece of a burst until the peer's delayed acknowledgement. And a limit to what waits unsent in the kernel (256 KiB): what a slow
// reader has not taken waits in the route tables, where it stays up to date.
core::Status set_session_options(int fd, const TcpLiveness& liveness);

// `dscp` 0..63 into the traffic class of an IPv4 or IPv6 socket.
core::Status set_dscp(int fd, unsigned dscp);

}  // namespace signalbox::xmpp
