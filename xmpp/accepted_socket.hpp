// A connection as the listener hands it over: may move to another thread, belongs to nobody yet.
#pragma once

#include <cstdint>

#include "core/net.hpp"
#include "xmpp/stream_fsm.hpp"
#include "xmpp/unique_fd.hpp"

namespace signalbox::xmpp {

struct AcceptedSocket {
  UniqueFd fd;  // non-blocking
  core::IpAddress remote_address;
  core::IpAddress local_address;
  std::uint16_t remote_port = 0;
  std::uint16_t local_port = 0;
  StreamSecurity security = StreamSecurity::kPlain;
};

}  // namespace signalbox::xmpp
