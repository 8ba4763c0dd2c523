#include <utility>  // missing in boost/asio/awaitable.hpp

#include <openssl/ssl.h>
#include <pplx/threadpool.h>

#include <cstdlib>
#include <mutex>

#include "adapters/cpprest/http_client.h"

namespace vpcp {
namespace {

std::string ca_bundle_at_start() {
  const char* chosen = std::getenv("SSL_CERT_FILE");  // NOLINT(concurrency-mt-unsafe): before any thread
  return chosen && *chosen ? chosen : "/etc/ssl/certs/ca-certificates.crt";
}

}  // namespace

std::string system_ca_bundle() {
  static const std::string bundle = ca_bundle_at_start();
  return bundle;
}

void init_http_process() {
  static std::once_flag once;
  std::call_once(once, [] {
    (void)system_ca_bundle();  // remembered before the variable changes
    ::setenv("SSL_CERT_FILE", "/nonexistent", 1);
    ::setenv("SSL_CERT_DIR", "/nonexistent", 1);
    ::setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
    // Before the pool, so that OpenSSL's exit handler runs after the pool's thread has ended.
    OPENSSL_init_ssl(0, nullptr);
    crossplat::threadpool::initialize_with_threads(1);
  });
}

}  // namespace vpcp
