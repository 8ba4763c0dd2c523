#include "adapters/cpprest/tls_parts.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace vpcp::cpprest {
namespace {

std::vector<CertificatePtr> read_certificates(std::string_view pem) {
  std::vector<CertificatePtr> all;
  const std::shared_ptr<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  while (X509* one = PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr))
    all.emplace_back(one, X509_free);
  ERR_clear_error();  // the end of the text is told as an error
  return all;
}

Error bad_tls(const char* what) {
  ERR_clear_error();
  return {ErrorKind::Invalid, "BadTlsSettings", what};
}

}  // namespace

std::shared_ptr<X509_STORE> load_roots(const std::string& bundle) {
  std::shared_ptr<X509_STORE> store(X509_STORE_new(), X509_STORE_free);
  X509_STORE_load_file(store.get(), bundle.c_str());  // without roots every certificate is refused: safe
  ERR_clear_error();
  return store;
}

Result<TlsParts> read_tls(const TlsSettings& settings) {
  TlsParts parts;
  if (!settings.ca_pem.empty()) {
    parts.roots.reset(X509_STORE_new(), X509_STORE_free);
    const auto trusted = read_certificates(settings.ca_pem);
    if (trusted.empty()) return bad_tls("the certificate authority holds no certificate in PEM form");
    for (const auto& one : trusted) X509_STORE_add_cert(parts.roots.get(), one.get());
  }
  if (settings.certificate_pem.empty()) return parts;
  parts.chain = read_certificates(settings.certificate_pem);
  if (parts.chain.empty()) return bad_tls("the client certificate is not in PEM form");
  const std::string_view pem = settings.key_pem.reveal();
  const std::shared_ptr<BIO> text(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  parts.key.reset(PEM_read_bio_PrivateKey(text.get(), nullptr, no_passphrase, nullptr), EVP_PKEY_free);
  if (!parts.key) return bad_tls("the client key is not an unencrypted private key in PEM form");
  if (X509_check_private_key(parts.chain.front().get(), parts.key.get()) != 1) {
    return bad_tls("the client key does not belong to the client certificate");
  }
  return parts;
}

void apply_tls(const TlsParts& parts, SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set1_cert_store(context, parts.roots.get());
  if (parts.chain.empty()) return;
  SSL_CTX_use_certificate(context, parts.chain.front().get());
  for (std::size_t i = 1; i < parts.chain.size(); ++i) SSL_CTX_add1_chain_cert(context, parts.chain[i].get());
  SSL_CTX_use_PrivateKey(context, parts.key.get());
}

}  // namespace vpcp::cpprest
