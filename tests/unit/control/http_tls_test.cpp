// HTTPS: versions, client certificates. The certificates are made here.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "control/http/http_server.hpp"
#include "tests/unit/control/http_client.hpp"

namespace signalbox::control::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

// A self-signed certificate and its key, as files.
struct Identity {
  explicit Identity(const char* name) : key(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate(X509_new(), X509_free) {
    const std::string base = testing::TempDir() + "http_tls." + std::to_string(getpid()) + "." + name;
    key_file = base + ".key";
    certificate_file = base + ".pem";
    X509_set_version(certificate.get(), 2);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    write(key_file, [this](FILE* f) { PEM_write_PrivateKey(f, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    write(certificate_file, [this](FILE* f) { PEM_write_X509(f, certificate.get()); });
  }
  ~Identity() {
    unlink(key_file.c_str());
    unlink(certificate_file.c_str());
  }

  template <class F>
  static void write(const std::string& name, F&& content) {
    FILE* file = std::fopen(name.c_str(), "w");
    content(file);
    std::fclose(file);
  }

  Key key;
  Certificate certificate;
  std::string key_file, certificate_file;
};

HttpConfig tls_config(const Identity& server) {
  HttpConfig config;
  config.address = "127.0.0.1";
  config.port = 0;
  config.tls = HttpTls{server.certificate_file, server.key_file, "", false};
  return config;
}

void hello(const HttpRequest&, const HttpReply& reply) {
  HttpResponse response;
  response.body = "hello";
  reply(std::move(response));
}

// What a client gets for one request; empty when the handshake or the reading fails.
std::string fetch(std::uint16_t port, const Identity* client = nullptr, int max_version = 0) {
  const Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (max_version) SSL_CTX_set_max_proto_version(context.get(), max_version);
  if (client) {
    SSL_CTX_use_certificate(context.get(), client->certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), client->key.get());
  }
  const HttpClient socket(port);
  const Session session(SSL_new(context.get()), SSL_free);
  SSL_set_fd(session.get(), socket.descriptor());
  if (SSL_connect(session.get()) != 1) return {};
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  SSL_write(session.get(), request.data(), static_cast<int>(request.size()));
  std::string reply;
  char buffer[4096];
  for (int n; (n = SSL_read(session.get(), buffer, sizeof buffer)) > 0;) reply.append(buffer, static_cast<std::size_t>(n));
  return reply;
}

const std::string kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

TEST(HttpTls, ServesVersions12And13Only) {
  const Identity identity("server");
  HttpServer server(tls_config(identity));
  ASSERT_TRUE(server.start(hello).ok());
  EXPECT_EQ(fetch(server.port()), kHello);
  EXPECT_EQ(fetch(server.port(), nullptr, TLS1_2_VERSION), kHello);
  EXPECT_EQ(fetch(server.port(), nullptr, TLS1_1_VERSION), "");
}

TEST(HttpTls, ClientCertificates) {
  const Identity identity("server"), known("known"), unknown("unknown");
  HttpConfig config = tls_config(identity);
  config.tls->ca_file = known.certificate_file;
  config.tls->require_client_certificate = true;
  HttpServer strict(config);
  ASSERT_TRUE(strict.start(hello).ok());
  EXPECT_EQ(fetch(strict.port(), &known), kHello);
  EXPECT_EQ(fetch(strict.port(), &unknown), "");
  EXPECT_EQ(fetch(strict.port()), "");

  config.tls->require_client_certificate = false;
  HttpServer lenient(config);
  ASSERT_TRUE(lenient.start(hello).ok());
  EXPECT_EQ(fetch(lenient.port()), kHello);
  EXPECT_EQ(fetch(lenient.port(), &unknown), "");
}

TEST(HttpTls, ClientThatSpeaksPlainOrNothing) {
  const Identity identity("server");
  HttpConfig config = tls_config(identity);
  config.request_timeout = std::chrono::milliseconds(150);
  HttpServer server(config);
  ASSERT_TRUE(server.start(hello).ok());
  HttpClient plain(server.port()), silent(server.port());
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(plain.read_to_end().find("HTTP/"), std::string::npos);
  EXPECT_EQ(silent.read_to_end(), "");
  // On a busy machine the time may be up before the handshake is through.
  std::string seen;
  for (int attempt = 0; attempt < 50 && seen.empty(); ++attempt) seen = fetch(server.port());
  EXPECT_EQ(seen, kHello);
}

}  // namespace
}  // namespace signalbox::control::test
