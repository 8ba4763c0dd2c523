#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "vpcp/base/result.h"
#include "vpcp/ports/http_client.h"

namespace vpcp::cpprest {

using CertificatePtr = std::shared_ptr<X509>;

/// TlsSettings in OpenSSL's form.
struct TlsParts {
  std::shared_ptr<X509_STORE> roots;  ///< Absent: the system's.
  std::vector<CertificatePtr> chain;  ///< The client's own certificate first; empty: none.
  std::shared_ptr<EVP_PKEY> key;
};

/// A store with the certificates of the file; empty when it cannot be read.
std::shared_ptr<X509_STORE> load_roots(const std::string& bundle);

/// Errors: Invalid "BadTlsSettings".
Result<TlsParts> read_tls(const TlsSettings& settings);

/// Precondition: parts.roots.
void apply_tls(const TlsParts& parts, SSL_CTX* context);

}  // namespace vpcp::cpprest
