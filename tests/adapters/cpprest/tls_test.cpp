#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>

#include "adapters/cpprest/http_client.h"
#include "adapters/cpprest/loopback_server.h"

namespace vpcp {
namespace {

using testing::Connection;
using testing::LoopbackServer;

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

/// A key and a certificate that it signed itself.
struct Identity {
  Key key;
  Certificate certificate;
};

Identity self_signed(const std::string& alternative_name) {
  Identity made{Key(EVP_EC_gen("P-256"), EVP_PKEY_free), Certificate(X509_new(), X509_free)};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, alternative_name.c_str());
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, made.key.get(), EVP_sha256());
  return made;
}

/// A server that speaks TLS as `identity` and answers every request with 200.
class TlsServer {
 public:
  /// With a `client`, only whoever shows that certificate is let in.
  explicit TlsServer(const Identity& identity, const Certificate& client = nullptr)
      : context_(SSL_CTX_new(TLS_server_method()), SSL_CTX_free) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    if (!client) return;
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), client.get());
  }
  [[nodiscard]] std::string url() const { return server_.url("/", "https"); }

 private:
  void serve(Connection& peer) {
    const std::shared_ptr<SSL> tls(SSL_new(context_.get()), SSL_free);
    SSL_set_fd(tls.get(), peer.socket());
    if (SSL_accept(tls.get()) != 1) return;
    char part[4096];
    static constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    while (SSL_read(tls.get(), part, sizeof part) > 0) SSL_write(tls.get(), kAnswer.data(), kAnswer.size());
  }

  std::shared_ptr<SSL_CTX> context_;
  LoopbackServer server_{[this](Connection& peer, int) { serve(peer); }};
};

class HttpClientOverTls : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    init_crypto();
    init_http_process();
  }
  void TearDown() override { std::filesystem::remove(bundle_); }
  /// A client that trusts what this certificate signed.
  std::unique_ptr<CpprestHttpClient> client_trusting(const Identity& identity) {
    const std::shared_ptr<BIO> text(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_X509(text.get(), identity.certificate.get());
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(text.get(), &bytes);
    std::ofstream(bundle_, std::ios::binary).write(bytes, size);
    return std::make_unique<CpprestHttpClient>(CpprestOptions{bundle_});
  }
  static Error error_of(CpprestHttpClient& client, const std::string& url) {
    const auto result = client.send({}, {.url = url});
    return result.ok() ? Error{} : result.error();
  }

  std::string bundle_{::testing::TempDir() + "vpcp-tls-test-" + std::to_string(::getpid()) + ".pem"};
};

TEST_F(HttpClientOverTls, SpeaksToAServerWhoseCertificateIsTrusted) {
  const Identity identity = self_signed("IP:127.0.0.1");
  TlsServer server(identity);
  const auto client = client_trusting(identity);
  for (int i = 0; i < 3; ++i) {
    const auto result = client->send({}, {.url = server.url()});
    ASSERT_TRUE(result.ok()) << result.error().message;
    EXPECT_EQ(result->status, 200);
  }
}

TEST_F(HttpClientOverTls, RefusesAnUnknownSigner) {
  TlsServer server(self_signed("IP:127.0.0.1"));
  const auto client = client_trusting(self_signed("IP:127.0.0.1"));
  const Error error = error_of(*client, server.url());
  EXPECT_EQ(error.kind, ErrorKind::Denied) << error.message;
  EXPECT_EQ(error.reason, "CertificateRefused");
}

TEST_F(HttpClientOverTls, RefusesACertificateForAnotherName) {
  const Identity identity = self_signed("DNS:elsewhere.test");
  TlsServer server(identity);
  const auto client = client_trusting(identity);
  EXPECT_EQ(error_of(*client, server.url()).reason, "CertificateRefused");
}

TEST_F(HttpClientOverTls, TrustsNobodyWithoutABundle) {
  TlsServer server(self_signed("IP:127.0.0.1"));
  CpprestHttpClient client({"/nonexistent/bundle.pem"});
  EXPECT_EQ(error_of(client, server.url()).reason, "CertificateRefused");
}

TEST_F(HttpClientOverTls, AServerThatDoesNotSpeakTlsIsNotReached) {
  LoopbackServer server([](Connection& peer, int) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); });
  const auto client = client_trusting(self_signed("IP:127.0.0.1"));
  EXPECT_EQ(error_of(*client, server.url("/", "https")).reason, "NotSent");
}

std::string pem_of(const Certificate& certificate) {
  const std::shared_ptr<BIO> text(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(text.get(), certificate.get());
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Secret pem_of(const Key& key) {
  const std::shared_ptr<BIO> text(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &bytes);
  return Secret::copy_of({bytes, static_cast<std::size_t>(size)});
}

TEST_F(HttpClientOverTls, ARequestMayTrustAnAuthorityOfItsOwn) {
  const Identity server_identity = self_signed("IP:127.0.0.1");
  const TlsServer server(server_identity);
  CpprestHttpClient client;
  const auto trusting = std::make_shared<const TlsSettings>(TlsSettings{pem_of(server_identity.certificate)});
  EXPECT_TRUE(client.send({}, {.url = server.url(), .tls = trusting}).ok());
  EXPECT_EQ(error_of(client, server.url()).reason, "CertificateRefused") << "and no other request does";
  const auto careless = std::make_shared<const TlsSettings>(TlsSettings{.skip_verify = true});
  EXPECT_TRUE(client.send({}, {.url = server.url(), .tls = careless}).ok());
}

TEST_F(HttpClientOverTls, ShowsItsClientCertificate) {
  const Identity server_identity = self_signed("IP:127.0.0.1");
  const Identity who = self_signed("DNS:client");
  const TlsServer server(server_identity, who.certificate);
  CpprestHttpClient client;
  TlsSettings settings{pem_of(server_identity.certificate)};
  const auto send = [&] {
    return client.send({}, {.url = server.url(), .tls = std::make_shared<const TlsSettings>(settings)});
  };
  EXPECT_FALSE(send().ok()) << "without one";
  settings.certificate_pem = pem_of(who.certificate);
  settings.key_pem = pem_of(who.key);
  const auto answer = send();
  EXPECT_TRUE(answer.ok()) << answer.error().message;
}

TEST_F(HttpClientOverTls, BadTlsSettingsAreInvalidAndNamed) {
  const Identity one = self_signed("DNS:one");
  const Identity two = self_signed("DNS:two");
  CpprestHttpClient client;
  const auto reason = [&](const TlsSettings& settings) {
    const auto result = client.send(
        {}, {.url = "https://127.0.0.1:1/", .tls = std::make_shared<const TlsSettings>(settings)});
    return result.ok() ? "" : result.error().reason;
  };
  EXPECT_EQ(reason({.ca_pem = "no PEM"}), "BadTlsSettings");
  EXPECT_EQ(reason({.certificate_pem = "no PEM", .key_pem = pem_of(one.key)}), "BadTlsSettings");
  EXPECT_EQ(reason({.certificate_pem = pem_of(one.certificate)}), "BadTlsSettings") << "no key";
  EXPECT_EQ(reason({.certificate_pem = pem_of(one.certificate), .key_pem = pem_of(two.key)}),
            "BadTlsSettings");
}

}  // namespace
}  // namespace vpcp
