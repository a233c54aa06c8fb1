// The socket of a CQL session, in plain or with TLS: for session.cpp only, brings Boost.Asio with it.
//
// Threads: the one that runs the executor. Lifetime: handlers in the event loop keep it alive; after close() its events are not called.
// Errors: in on_closed, as text.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "configdb/cql/session_machine.hpp"

namespace signalbox::configdb::cql {

struct SocketEvents {
  virtual ~SocketEvents() = default;
  virtual void on_connected() = 0;
  virtual void on_connect_failed(const std::string& reason) = 0;
  virtual std::span<char> room() = 0;
  virtual void on_received(std::size_t size) = 0;
  virtual void on_closed(const std::string& reason) = 0;
};

class Socket : public std::enable_shared_from_this<Socket> {
 public:
  // `tls`: null for a plain one.
  Socket(const boost::asio::any_io_executor& executor, boost::asio::ssl::context* tls, SocketEvents& events);

  void connect(const Endpoint& endpoint);
  void write(std::string bytes);
  void close();

 private:
  using Error = boost::system::error_code;
  using Results = boost::asio::ip::tcp::resolver::results_type;

  void connect_to(const boost::asio::ip::tcp::endpoint& endpoint);
  void connect_to(const Results& results);
  void on_connect(const Error& error);
  void established();
  void connect_failed(std::string_view stage, const Error& error);
  void read();
  void on_read(const Error& error, std::size_t size);
  void hand_over(std::size_t size);
  void write_next();
  void fail(const Error& error);

  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::ip::tcp::resolver resolver_;
  SocketEvents* events_;     // null: closed
  std::vector<char> plain_;  // TLS only: it may still be written to after close(), so the caller's room is not lent
  std::string writing_;      // under way
  std::string to_write_;     // behind it
};

}  // namespace signalbox::configdb::cql
