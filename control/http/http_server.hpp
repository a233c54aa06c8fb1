// HTTP/1.1 server for introspect, API and metrics: one thread of its own, handlers that answer later.
//
// Connections are persistent, requests on one connection are answered in order (pipelining works). What a client can cost is bounded: number of
// connections, size and duration of a request, duration of a reply. A client that reads slowly holds its own reply and nothing else.
// Not answered in time by the handler: 504. Malformed, too large: 400, 413, 431 and the connection ends. All places taken: the connection that
// has been idle longest gives way, else 503.
//
// Threads: start(), stop() from one thread; post(), counters() from any. Lifetime: what handlers use must outlive stop(), which joins the thread.
// Source: spec/introspect.md 1.1, 1.2, 1.4.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "control/http/http_message.hpp"
#include "core/result.hpp"

namespace signalbox::control {

// Server-side TLS, 1.2 and newer. Files in PEM form.
struct HttpTls {
  std::string certificate_file;
  std::string key_file;
  std::string ca_file;                      // empty: client certificates are not looked at
  bool require_client_certificate = false;  // needs ca_file
};

struct HttpConfig {
  std::string address = "0.0.0.0";  // what is not an address means any
  std::uint16_t port = 8083;        // 0: any free one
  unsigned max_connections = 128;
  std::size_t max_header_bytes = 16 * 1024;
  std::size_t max_body_bytes = 64 * 1024;               // bodies are read and ignored
  std::chrono::milliseconds idle_timeout{60'000};       // between requests
  std::chrono::milliseconds request_timeout{10'000};    // a whole request, from its first byte; also a TLS handshake
  std::chrono::milliseconds handler_timeout{30'000};    // until the handler's reply
  std::chrono::milliseconds write_timeout{20'000};      // a reply's next piece (at most 64 KiB)
  std::chrono::milliseconds response_timeout{300'000};  // a whole reply
  std::optional<HttpTls> tls;
};

struct HttpCounters {
  std::uint64_t connections = 0;  // accepted since the start
  std::uint64_t open = 0;         // now
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;    // replies with a status of 400 and more
  std::uint64_t timeouts = 0;  // connections closed because their client took too long
  std::uint64_t refused = 0;   // connections beyond the limit
  std::uint64_t bytes_sent = 0;
};

class HttpServer {
 public:
  explicit HttpServer(HttpConfig config);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Listens and starts the thread. Errors: address in use, certificates that cannot be read. Block signals first: the thread inherits the mask.
  core::Status start(HttpHandler handler);
  // Closes everything and joins the thread. No handler runs afterwards. Idempotent.
  void stop();
  // The port listened on; 0 before start().
  std::uint16_t port() const;
  Post post() const;
  HttpCounters counters() const;

 private:
  struct Core;
  std::shared_ptr<Core> core_;
};

}  // namespace signalbox::control
