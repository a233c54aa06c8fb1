// Accepts agents' connections on one address and port, and hands them over.
//
// Threads: one shard's (open() may also run before the shard starts). Lifetime: closes its socket when destroyed; a wait under way does not
// outlive it. Errors: a failed bind names address, port and reason; a failed accept is counted and logged (at a limited rate), and when
// the process or the system is out of descriptors or memory the listener pauses and tries again. Source: spec/xmpp.md 1.1, 1.10.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/net.hpp"
#include "core/result.hpp"
#include "xmpp/accepted_socket.hpp"
#include "xmpp/socket_options.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::xmpp {

class Listener {
 public:
  struct Options {
    core::IpAddress address;
    std::uint16_t port = 5269;  // 0: any free one
    StreamSecurity security = StreamSecurity::kPlain;
    TcpLiveness liveness;
    unsigned dscp = 0;
  };
  struct Stats {
    std::uint64_t accepted = 0;
    std::uint64_t failed = 0;  // connections that could not be accepted
  };
  // Runs on the listener's shard; places the connection on a shard of its own.
  using OnAccept = std::function<void(AcceptedSocket)>;

  static core::Result<std::unique_ptr<Listener>> open(boost::asio::io_context& io, const Options& options, OnAccept on_accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;
  const Stats& stats() const;
  // For connections accepted from now on.
  core::Status set_dscp(unsigned dscp);

 private:
  struct Acceptor;
  explicit Listener(std::shared_ptr<Acceptor> acceptor) : acceptor_(std::move(acceptor)) {}

  std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace signalbox::xmpp
