// Certificates made for one test, as PEM files in a folder of its own that goes with it.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

namespace signalbox::xmpp::test {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "signalbox-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp " + name);
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::string file(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }

 private:
  std::filesystem::path path_;
};

class Certificates {
 public:
  // ca.pem; server, client: signed by it; other.pem; stranger: signed by that. Each also has its .key.
  Certificates() {
    ca_ = make("ca", nullptr);
    const Pair other = make("other", nullptr);
    make("server", &ca_);
    make("client", &ca_);
    make("stranger", &other);
  }

  std::string certificate(const std::string& name) const { return folder_.file(name + ".pem"); }
  std::string key(const std::string& name) const { return folder_.file(name + ".key"); }
  const TemporaryFolder& folder() const { return folder_; }
  // A new certificate and key of the CA in place of the old ones.
  void renew(const std::string& name, const std::string& common_name) { make(name, &ca_, common_name); }
  // The key of `name` once more, with a pass phrase.
  void lock_key(const std::string& name, const std::string& as) const {
    std::unique_ptr<FILE, int (*)(FILE*)> in(fopen(key(name).c_str(), "r"), fclose), out(fopen(key(as).c_str(), "w"), fclose);
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> k(PEM_read_PrivateKey(in.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    check(
        PEM_write_PrivateKey(out.get(), k.get(), EVP_aes_128_cbc(), reinterpret_cast<const unsigned char*>("secret"), 6, nullptr, nullptr));
  }

 private:
  struct Pair {
    std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key{nullptr, EVP_PKEY_free};
    std::unique_ptr<X509, void (*)(X509*)> certificate{nullptr, X509_free};
  };

  static void check(bool ok) {
    if (!ok) throw std::runtime_error("OpenSSL cannot make a certificate");
  }

  static void add_extension(X509* to, X509* issuer, int nid, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
    std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> e(X509V3_EXT_conf_nid(nullptr, &context, nid, value), X509_EXTENSION_free);
    check(e && X509_add_ext(to, e.get(), -1) == 1);
  }

  Pair make(const std::string& name, const Pair* issuer, std::string common_name = {}) {
    if (common_name.empty()) common_name = name;
    Pair p;
    p.key.reset(EVP_EC_gen("P-256"));
    p.certificate.reset(X509_new());
    X509* const c = p.certificate.get();
    X509* const by = issuer ? issuer->certificate.get() : c;
    check(p.key && c && X509_set_version(c, 2) == 1);
    ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(c), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), 24L * 3600);
    check(X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_ASC,
                                     reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) == 1);
    check(X509_set_issuer_name(c, X509_get_subject_name(by)) == 1 && X509_set_pubkey(c, p.key.get()) == 1);
    if (!issuer) add_extension(c, c, NID_basic_constraints, "critical,CA:TRUE");
    check(X509_sign(c, issuer ? issuer->key.get() : p.key.get(), EVP_sha256()) > 0);

    std::unique_ptr<FILE, int (*)(FILE*)> pem(fopen(certificate(name).c_str(), "w"), fclose),
        key_file(fopen(key(name).c_str(), "w"), fclose);
    check(pem && PEM_write_X509(pem.get(), c) == 1);
    check(key_file && PEM_write_PrivateKey(key_file.get(), p.key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return p;
  }

  TemporaryFolder folder_;
  long serial_ = 0;
  Pair ca_;
};

}  // namespace signalbox::xmpp::test
