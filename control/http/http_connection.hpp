// One HTTP connection: reads requests, hands them to the handler, writes replies. Internal to the HTTP server.
//
// Threads: the server's only. Lifetime: keeps itself alive while an operation is under way; the owner is told through Owner::ended().
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "control/http/http_server.hpp"

namespace boost::asio::ssl {
class context;
}

namespace signalbox::control {

class HttpConnection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // What a connection needs of its server. Outlives all connections, except for reply_later(), which checks.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual const HttpConfig& config() const = 0;
    virtual void handle(const HttpRequest& request, HttpReply reply) = 0;
    virtual Post post() const = 0;
    virtual void ended(HttpConnection& connection) = 0;
    virtual void count_request() = 0;
    virtual void count_reply(unsigned status, std::size_t bytes) = 0;
    virtual void count_timeout() = 0;
  };

  HttpConnection() = default;
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  virtual ~HttpConnection() = default;

  virtual void start() = 0;
  // Ends it now; operations under way come back with errors.
  virtual void close() = 0;

  // Waiting for a request, none of which has arrived.
  bool idle() const { return idle_; }
  Time idle_since() const { return idle_since_; }

 protected:
  bool idle_ = false;
  Time idle_since_{};
};

// `tls` null: plain TCP.
std::shared_ptr<HttpConnection> make_http_connection(HttpConnection::Owner& owner, boost::asio::ip::tcp::socket socket,
                                                     boost::asio::ssl::context* tls);

}  // namespace signalbox::control
