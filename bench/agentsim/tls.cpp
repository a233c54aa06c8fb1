#include "bench/agentsim/tls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <stdexcept>

namespace signalbox::bench {

TlsContext::TlsContext(const Options& options) : context_(SSL_CTX_new(TLS_client_method())) {
  if (context_ == nullptr) throw std::runtime_error("OpenSSL gave no TLS context");
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  bool good = true;
  if (!options.tls_ca.empty()) {
    good = SSL_CTX_load_verify_locations(context_, options.tls_ca.c_str(), nullptr) == 1;
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.tls_cert.empty()) {
    good = good && SSL_CTX_use_certificate_chain_file(context_, options.tls_cert.c_str()) == 1 &&
           SSL_CTX_use_PrivateKey_file(context_, options.tls_key.c_str(), SSL_FILETYPE_PEM) == 1;
  }
  if (good) return;
  char reason[256];
  ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
  SSL_CTX_free(context_);
  throw std::runtime_error(std::string("TLS files: ") + reason);
}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

TlsSession::TlsSession(const TlsContext& context, int socket) : session_(SSL_new(context.get())) {
  SSL_set_fd(session_, socket);
  SSL_set_connect_state(session_);
}

TlsSession::~TlsSession() { SSL_free(session_); }

TlsSession::Handshake TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(session_);
  if (result == 1) return Handshake::kDone;
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ: return Handshake::kWaitRead;
    case SSL_ERROR_WANT_WRITE: return Handshake::kWaitWrite;
    default: return Handshake::kFailed;
  }
}

ssize_t TlsSession::outcome(int result) {
  if (result > 0) return result;
  switch (SSL_get_error(session_, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: errno = ECONNRESET; return -1;
  }
}

ssize_t TlsSession::read(char* buffer, std::size_t size) {
  ERR_clear_error();
  return outcome(SSL_read(session_, buffer, static_cast<int>(std::min<std::size_t>(size, INT_MAX))));
}

ssize_t TlsSession::write(const char* data, std::size_t size) {
  ERR_clear_error();
  return outcome(SSL_write(session_, data, static_cast<int>(std::min<std::size_t>(size, INT_MAX))));
}

}  // namespace signalbox::bench
