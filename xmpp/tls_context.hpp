// What the server side of TLS needs: certificate, key and CA, read from files, and read again without a restart.
//
// TlsContext  one set of files as loaded: immutable, shared by the sessions that began with it.
// TlsFiles    the current set; reload() puts a new one in its place, or keeps the old one and says what is wrong with the files.
//
// TLS 1.2 and 1.3 only, no compression, no renegotiation, no session resumption (agents never resume). Client certificates are verified
// against the CA when the agent sends one; optionally an agent without one is refused. No host name is checked on either side.
// Threads: TlsContext any; TlsFiles any. Source: spec/xmpp.md 1.5.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct ssl_ctx_st;

namespace signalbox::xmpp {

class TlsContext {
 public:
  struct Files {
    std::string certificate;                  // PEM, the server's own first, then intermediate ones if any
    std::string key;                          // PEM, without a pass phrase
    std::string ca;                           // PEM bundle; empty: client certificates are not asked for
    bool require_client_certificate = false;  // needs a CA
  };

  // Reads the files. Errors name the file and OpenSSL's reason.
  static core::Result<std::shared_ptr<const TlsContext>> load(const Files& files);

  ssl_ctx_st* native() const { return context_.get(); }

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  using Handle = std::unique_ptr<ssl_ctx_st, Free>;
  explicit TlsContext(Handle context) : context_(std::move(context)) {}

  Handle context_;
};

class TlsFiles {
 public:
  explicit TlsFiles(TlsContext::Files files) : files_(std::move(files)) {}

  // Reads all files anew; sessions that begin from now on use them. On error what was loaded before stays in use.
  core::Status reload();
  // Null before the first successful reload().
  std::shared_ptr<const TlsContext> current() const;

 private:
  const TlsContext::Files files_;
  // Taken once per TLS connection and per reload. (gcc 12's atomic shared_ptr has a race of its own.)
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> current_;  // under mutex_
};

// The oldest reason on this thread's OpenSSL error queue, or `otherwise` when there is none. Empties the queue.
std::string take_openssl_error(std::string_view otherwise);

}  // namespace signalbox::xmpp
