#include "xmpp/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <system_error>
#include <utility>

namespace signalbox::xmpp {
namespace {

// A key with a pass phrase is an error: without this OpenSSL would ask for it on the terminal.
int no_pass_phrase(char*, int, int, void*) { return -1; }

core::Error file_error(std::string_view what, const std::string& path) {
  return core::error(std::string(what) + " " + path + ": " + take_openssl_error("cannot be used"));
}

bool set_protocol(ssl_ctx_st* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF);
  // The output queue hands the same bytes over again from another place, and takes back what was not sent. An idle session holds no buffers.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_dh_auto(context, 1);
  SSL_CTX_set_default_passwd_cb(context, no_pass_phrase);
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1;
}

core::Status use_files(ssl_ctx_st* context, const TlsContext::Files& files) {
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) return file_error("certificate", files.certificate);
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) return file_error("key", files.key);
  if (SSL_CTX_check_private_key(context) != 1) return file_error("key", files.key);
  if (files.ca.empty()) {
    if (files.require_client_certificate) return core::error("client certificates are required, but no CA to verify them is given");
    return {};
  }
  if (SSL_CTX_load_verify_file(context, files.ca.c_str()) != 1) return file_error("CA", files.ca);
  SSL_CTX_set_verify(context, files.require_client_certificate ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_PEER,
                     nullptr);
  return {};
}

}  // namespace

std::string take_openssl_error(std::string_view otherwise) {
  // The oldest is the cause; those above it only say through which layers it went.
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return std::string(otherwise);
  if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(static_cast<int>(ERR_GET_REASON(code)));
  if (const char* reason = ERR_reason_error_string(code)) return reason;
  char text[256];
  ERR_error_string_n(code, text, sizeof text);
  return text;
}

void TlsContext::Free::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

core::Result<std::shared_ptr<const TlsContext>> TlsContext::load(const Files& files) {
  ERR_clear_error();
  Handle context(SSL_CTX_new(TLS_server_method()));
  if (!context || !set_protocol(context.get())) return core::error("TLS: " + take_openssl_error("no memory"));
  if (auto status = use_files(context.get(), files); !status) return status.error();
  return std::shared_ptr<const TlsContext>(new TlsContext(std::move(context)));
}

core::Status TlsFiles::reload() {
  auto loaded = TlsContext::load(files_);
  if (!loaded) return loaded.error();
  const std::lock_guard lock(mutex_);
  current_ = std::move(*loaded);
  return {};
}

std::shared_ptr<const TlsContext> TlsFiles::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

}  // namespace signalbox::xmpp
