// Socket options of BGP sessions: TCP MD5 signatures and DSCP.
//
// Threads: any. Errors: name the option and the system's reason. Source: RFC 2385; spec/bgp.md 1, 2.4.
#pragma once

#include <string_view>

#include "core/net.hpp"
#include "core/result.hpp"

namespace signalbox::bgp {

// Segments from and to the IPv4 address are signed with the key, on a listening socket for connections to come. An empty key ends it.
core::Status set_md5_key(int fd, const core::IpAddress& peer, std::string_view key);
// `dscp` 0..63
core::Status set_dscp(int fd, unsigned dscp);

}  // namespace signalbox::bgp
