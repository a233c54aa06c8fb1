// TLS for agents' sessions, over OpenSSL on a non-blocking socket.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "bench/agentsim/options.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace signalbox::bench {

/// One per process; shared by all sessions. The client side of TLS 1.2 and 1.3.
class TlsContext {
 public:
  /// Throws std::runtime_error when a file can not be used.
  explicit TlsContext(const Options& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* get() const { return context_; }

 private:
  ssl_ctx_st* context_;
};

/// One session; used by the thread that owns its socket. Results of read and write are those of recv and send: bytes, 0 at the
/// end, -1 with errno (EAGAIN: try again when the socket is ready).
class TlsSession {
 public:
  enum class Handshake { kDone, kWaitRead, kWaitWrite, kFailed };

  TlsSession(const TlsContext& context, int socket);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  Handshake handshake();
  ssize_t read(char* buffer, std::size_t size);
  ssize_t write(const char* data, std::size_t size);

 private:
  ssize_t outcome(int result);

  ssl_st* session_;
};

}  // namespace signalbox::bench
