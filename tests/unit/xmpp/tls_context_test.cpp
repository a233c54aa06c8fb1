// Loading and reloading of certificate files, with real files and the reasons they are refused for. spec/xmpp.md 1.5
#include "xmpp/tls_context.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/unit/xmpp/certificates.hpp"

namespace signalbox::xmpp {
namespace {

class TlsContextTest : public testing::Test {
 protected:
  TlsContext::Files files() const {
    return {certificates_.certificate("server"), certificates_.key("server"), certificates_.certificate("ca"), false};
  }
  std::string refusal(const TlsContext::Files& files) const {
    const auto loaded = TlsContext::load(files);
    EXPECT_FALSE(loaded.ok());
    return loaded.ok() ? "" : loaded.error().text;
  }
  std::string path(const std::string& name) const { return certificates_.folder().file(name); }

  test::Certificates certificates_;
};

TEST_F(TlsContextTest, LoadsAndAllowsTls12And13Only) {
  const auto loaded = TlsContext::load(files());
  ASSERT_TRUE(loaded.ok()) << loaded.error().text;
  SSL_CTX* const context = (*loaded)->native();
  EXPECT_EQ(SSL_CTX_get_min_proto_version(context), TLS1_2_VERSION);
  EXPECT_EQ(SSL_CTX_get_max_proto_version(context), TLS1_3_VERSION);
  EXPECT_EQ(SSL_CTX_get_verify_mode(context), SSL_VERIFY_PEER);
  EXPECT_TRUE(SSL_CTX_get_options(context) & SSL_OP_NO_COMPRESSION);
}

TEST_F(TlsContextTest, WithoutCaNobodyIsVerified) {
  auto f = files();
  f.ca.clear();
  const auto loaded = TlsContext::load(f);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(SSL_CTX_get_verify_mode((*loaded)->native()), SSL_VERIFY_NONE);
}

TEST_F(TlsContextTest, ClientCertificatesCanBeDemanded) {
  auto f = files();
  f.require_client_certificate = true;
  const auto loaded = TlsContext::load(f);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(SSL_CTX_get_verify_mode((*loaded)->native()), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT);
  f.ca.clear();
  EXPECT_EQ(refusal(f), "client certificates are required, but no CA to verify them is given");
}

TEST_F(TlsContextTest, ErrorsNameTheFileAndTheReason) {
  certificates_.folder().write("empty.pem", "");
  certificates_.folder().write("text.pem", "-----BEGIN CERTIFICATE-----\nnot base64 !!\n-----END CERTIFICATE-----\n");
  certificates_.lock_key("server", "locked");

  auto f = files();
  f.certificate = path("absent.pem");
  EXPECT_EQ(refusal(f), "certificate " + path("absent.pem") + ": No such file or directory");
  f = files();
  f.certificate = path("empty.pem");
  EXPECT_EQ(refusal(f), "certificate " + path("empty.pem") + ": no start line");
  f.certificate = path("text.pem");
  EXPECT_EQ(refusal(f), "certificate " + path("text.pem") + ": bad base64 decode");
  f = files();
  f.key = path("absent.key");
  EXPECT_EQ(refusal(f), "key " + path("absent.key") + ": No such file or directory");
  f.key = path("client.key");
  EXPECT_EQ(refusal(f), "key " + path("client.key") + ": key values mismatch");
  // Without a terminal to ask at.
  f.key = path("locked.key");
  EXPECT_EQ(refusal(f).substr(0, 5 + f.key.size()), "key " + path("locked.key") + ":");
  f = files();
  f.ca = path("empty.pem");
  EXPECT_EQ(refusal(f).substr(0, 4 + f.ca.size()), "CA " + path("empty.pem") + ":");
  f.ca = path("absent.pem");
  EXPECT_EQ(refusal(f), "CA " + path("absent.pem") + ": No such file or directory");
}

TEST_F(TlsContextTest, ReloadPutsTheNewFilesInPlaceAndABrokenFileKeepsTheOld) {
  TlsFiles current(files());
  EXPECT_EQ(current.current(), nullptr);
  ASSERT_TRUE(current.reload().ok());
  const auto first = current.current();
  ASSERT_NE(first, nullptr);

  certificates_.renew("server", "renewed");
  ASSERT_TRUE(current.reload().ok());
  const auto second = current.current();
  EXPECT_NE(second, first);

  certificates_.folder().write("server.pem", "half a fi");
  const auto failed = current.reload();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().text, "certificate " + path("server.pem") + ": no start line");
  EXPECT_EQ(current.current(), second);

  certificates_.renew("server", "repaired");
  EXPECT_TRUE(current.reload().ok());
  EXPECT_NE(current.current(), second);
}

TEST_F(TlsContextTest, ReloadWhileOtherThreadsTakeTheCurrentOne) {
  TlsFiles current(files());
  ASSERT_TRUE(current.reload().ok());
  std::atomic<bool> done{false};
  std::atomic<int> taken{0};
  std::vector<std::thread> takers;
  for (int i = 0; i < 2; ++i) {
    takers.emplace_back([&] {
      while (!done) {
        const auto context = current.current();
        if (SSL_CTX_get_min_proto_version(context->native()) == TLS1_2_VERSION) ++taken;
      }
    });
  }
  for (int i = 0; i < 20 || taken < 100; ++i) EXPECT_TRUE(current.reload().ok());
  done = true;
  for (auto& t : takers) t.join();
}

TEST_F(TlsContextTest, NothingStaysOnTheErrorQueue) {
  auto f = files();
  f.certificate = path("absent.pem");
  refusal(f);
  EXPECT_EQ(take_openssl_error("empty"), "empty");
}

}  // namespace
}  // namespace signalbox::xmpp
