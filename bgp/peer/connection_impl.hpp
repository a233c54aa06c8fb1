// The inside of a Connection, for connection.cpp and listener.cpp only: brings Boost.Asio with it.
//
// Threads and lifetime: see connection.hpp; handlers in the event loop keep it alive.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <string>

#include "bgp/peer/connection.hpp"

namespace signalbox::bgp {

boost::asio::ip::tcp::endpoint to_asio(const SocketEndpoint& endpoint);

struct Connection::Impl : std::enable_shared_from_this<Impl> {
  using ErrorCode = boost::system::error_code;

  Impl(boost::asio::ip::tcp::socket s, Side side);

  void begin_connect(const ConnectOptions& options);
  void connect_failed(const std::string& reason);
  void read();
  void on_read(std::size_t size);
  bool deliver();
  void go_on_reading();
  void fail(const std::string& reason);
  void queue(core::ChunkPtr chunk);
  void write_some();
  void wrote(std::size_t size);
  void wait_writable();
  void written();
  void learn_endpoints();
  void close();

  boost::asio::ip::tcp::socket socket;
  boost::asio::steady_timer linger;
  const Side side;
  ConnectionHandler* handler = nullptr;
  SocketStats* stats = nullptr;
  SocketEndpoint remote, local;
  std::array<std::uint8_t, 32 * 1024> in{};
  std::size_t in_size = 0;
  std::deque<core::ChunkPtr> out;
  std::size_t out_at = 0;     // in the first of them
  std::size_t out_bytes = 0;  // not yet written
  core::TimePoint blocked_since = core::TimePoint::max();
  bool paused = false;
  bool read_wanted = false;  // when it goes on
  bool waiting_to_write = false;
  bool finishing = false;
};

}  // namespace signalbox::bgp
