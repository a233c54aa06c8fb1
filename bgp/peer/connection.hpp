// One TCP connection of a BGP session: cuts what arrives into messages, and writes what is given.
//
// Threads: one shard's, all calls both ways. Lifetime: destroying it closes the socket, except that what finish() was given still goes out;
// from within a callback that is allowed. The handler must outlive it and is never called from within a call to it.
// Errors: a connection that fails says so in on_connect_failed() or on_closed(), and then nothing more. No exceptions.
// Memory: 32 KB for what arrives. Source: spec/bgp.md 1, 5.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bgp/peer/fsm.hpp"
#include "bgp/wire/header.hpp"
#include "core/chunk.hpp"
#include "core/clock.hpp"
#include "core/net.hpp"
#include "core/result.hpp"

namespace boost::asio {
class io_context;
}

namespace signalbox::bgp {

class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  virtual void on_connected(Side side) = 0;
  virtual void on_connect_failed(Side side, const std::string& reason) = 0;
  // Views are valid during the call.
  virtual void on_message(Side side, const Message& message) = 0;
  // What has arrived is no message; reading ends.
  virtual void on_bad_header(Side side, const Notification& answer) = 0;
  virtual void on_closed(Side side, const std::string& reason) = 0;
  // The socket has taken what waited: there is room again.
  virtual void on_room(Side side) = 0;
};

struct SocketEndpoint {
  core::IpAddress address;
  std::uint16_t port = 0;
};

struct SocketStats {
  std::uint64_t rx_bytes = 0;
  std::uint64_t rx_calls = 0;
  std::uint64_t tx_bytes = 0;
  std::uint64_t tx_calls = 0;
  std::uint64_t blocked_count = 0;  // times the socket took no more
};

class Connection {
 public:
  struct ConnectOptions {
    core::IpAddress local;  // unspecified: whichever the system takes
    SocketEndpoint remote;
    std::string md5_key;  // empty: none
    unsigned dscp = 0;
  };
  // Begins to connect; the handler hears the outcome.
  static std::unique_ptr<Connection> connect(boost::asio::io_context& io, const ConnectOptions& options, ConnectionHandler& handler);
  // Counts what the connection moves from now on; outlives it.
  void count_in(SocketStats& stats);
  // For an accepted connection: begins to read.
  void start(ConnectionHandler& handler);

  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const Bytes& message);
  // Whole messages, shared with other connections.
  void send(core::ChunkPtr messages);
  // Bytes that may be queued before on_room() comes.
  std::size_t room() const;
  // Since when the socket takes nothing; TimePoint::max(): it does.
  core::TimePoint blocked_since() const;
  // No message is delivered until resume(); what arrives waits in the socket.
  void pause();
  void resume();
  // Writes what waits and `last`, then closes, giving the peer a moment to read it. Nothing more is told.
  void finish(const Bytes& last);

  // Bytes have arrived that were not yet read.
  bool unread() const;
  const SocketEndpoint& remote() const;
  const SocketEndpoint& local() const;
  core::Status set_dscp(unsigned dscp);

 private:
  friend class Listener;
  struct Impl;
  explicit Connection(std::shared_ptr<Impl> impl);

  std::shared_ptr<Impl> impl_;
};

}  // namespace signalbox::bgp
