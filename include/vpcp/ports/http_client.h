#pragma once
#include <map>
#include <optional>
#include <string>

#include "vpcp/base/context.h"
#include "vpcp/base/result.h"
#include "vpcp/base/secret.h"

namespace vpcp {

struct HttpRequest {
  std::string method{"GET"};
  std::string url;                 ///< Absolute, already encoded. Never holds a secret.
  std::optional<Secret> bearer{};  ///< Authorization: Bearer …
  std::string content_type{};      ///< Sent with a body.
  Secret body{};
  bool fresh_connection{false};     ///< For requests that must not be sent twice.
  milliseconds timeout{30000};      ///< Without progress; the context's deadline bounds the whole.
  std::size_t max_body{16u << 20};  ///< A longer answer is an error.
};

struct HttpResponse {
  int status{0};
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

/// HTTP/1.1 over TCP or TLS, certificates always verified, no redirects followed. Thread-safe.
/// Errors: Transient "NotSent" (no connection: surely not done) and Transient "AnswerLost" (may have been
/// done); Invalid "BadUrl"; Denied "CertificateRefused". Any HTTP status is a response, not an error.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Result<HttpResponse> send(const Context& ctx, const HttpRequest& request) = 0;
};

}  // namespace vpcp
