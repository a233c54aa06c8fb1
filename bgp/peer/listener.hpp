// Accepts connections on one IPv4 address and port.
//
// Threads: one shard's (open() may also run before the shard starts). Errors: a failed bind names address, port and reason; when the process
// is out of descriptors the listener pauses and tries again. Source: spec/bgp.md 1, 2.4.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "bgp/peer/connection.hpp"
#include "core/net.hpp"
#include "core/result.hpp"

namespace signalbox::bgp {

class Listener {
 public:
  using OnAccept = std::function<void(std::unique_ptr<Connection>)>;

  // Port 0: any free one.
  static core::Result<std::unique_ptr<Listener>> open(boost::asio::io_context& io, const SocketEndpoint& where, OnAccept on_accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const;
  // For connections accepted from now on. An empty key ends the peer's signatures.
  core::Status set_md5_key(const core::IpAddress& peer, const std::string& key);
  core::Status set_dscp(unsigned dscp);

 private:
  struct Acceptor;
  explicit Listener(std::shared_ptr<Acceptor> acceptor) : acceptor_(std::move(acceptor)) {}

  std::shared_ptr<Acceptor> acceptor_;
};

}  // namespace signalbox::bgp
