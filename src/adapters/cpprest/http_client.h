#pragma once
#include <functional>
#include <memory>
#include <string>

#include "vpcp/ports/http_client.h"

namespace vpcp {

/// Prepares cpprestsdk, OpenSSL and the resolver. First thing in main, before any thread; calling it again is
/// harmless.
///  * One pool thread: closing a socket on cancellation then never races with TLS work on another thread.
///  * OpenSSL's default trust paths point nowhere, because cpprestsdk parses them for every connection (25 ms
///  of
///    CPU); SSL_CERT_FILE as it was before is what CpprestHttpClient trusts by default.
///  * A name server that is silent is given up after 4 s, not 10, unless RES_OPTIONS says otherwise
///    (resolv.conf(5)): nothing can stop a thread that waits for it.
void init_http_process();

/// The CA bundle of this machine: SSL_CERT_FILE when it was set at the start, else Debian's.
std::string system_ca_bundle();

struct CpprestOptions {
  std::string ca_bundle{system_ca_bundle()};  ///< PEM file; read once, at the first TLS connection.
};

/// HttpClient on cpprestsdk. Connections are kept and shared by all requests to one host, except that
/// `fresh_connection` gets one of its own: on a reused connection the library re-sends by itself, creates
/// too. A GET that met a connection closed by the server is sent again once. Thread-safe. Precondition:
/// init_http_process().
class CpprestHttpClient : public HttpClient {
 public:
  explicit CpprestHttpClient(CpprestOptions options = {});
  ~CpprestHttpClient() override;
  Result<HttpResponse> send(const Context& ctx, const HttpRequest& request) override;
  Result<HttpResponse> stream_lines(const Context& ctx, const HttpRequest& request,
                                    const std::function<void(std::string_view)>& on_line) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
