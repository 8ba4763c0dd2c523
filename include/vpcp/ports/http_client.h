#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "vpcp/base/context.h"
#include "vpcp/base/result.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// Whom a TLS connection trusts and how it proves who it is, where that differs from the system's CAs and
/// nobody. Connections are kept for each of these objects: share one among the requests to a server.
struct TlsSettings {
  std::string ca_pem{};           ///< To trust in place of the system's; empty: the system's.
  std::string certificate_pem{};  ///< The client certificate and its chain; empty: none.
  Secret key_pem{};               ///< Of the client certificate.
  bool skip_verify{false};        ///< Trusts anyone. Only when a person has asked for it.
};

struct HttpRequest {
  std::string method{"GET"};
  std::string url;                               ///< Absolute, already encoded. Never holds a secret.
  std::optional<Secret> bearer{};                ///< Authorization: Bearer …
  std::map<std::string, std::string> headers{};  ///< More of them; no secrets.
  std::shared_ptr<const TlsSettings> tls{};      ///< Absent: the system's CAs, no client certificate.
  std::string content_type{};                    ///< Sent with a body.
  Secret body{};
  bool fresh_connection{false};     ///< For requests that must not be sent twice.
  milliseconds timeout{30000};      ///< Without progress; the context's deadline bounds the whole.
  std::size_t max_body{16u << 20};  ///< A longer answer, or a longer line of a stream, is an error.
  /// After so long without a sign of the other machine the connection counts as dead, even an idle one.
  milliseconds dead_peer{30000};
};

struct HttpResponse {
  int status{0};
  std::map<std::string, std::string> headers;  ///< Names in lower case.
  std::string body;
};

/// HTTP/1.1 over TCP or TLS, certificates always verified, no redirects followed. Thread-safe.
/// Errors: Transient "NotSent" (no connection: surely not done) and Transient "AnswerLost" (may have been
/// done); Invalid "BadUrl"; Denied "CertificateRefused"; Invalid "BadTlsSettings" (not PEM, key of another
/// certificate). Any HTTP status is a response, not an error.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Result<HttpResponse> send(const Context& ctx, const HttpRequest& request) = 0;

  /// As send, for an answer that goes on for long: gives each line of a 2xx answer to `on_line`, on this
  /// thread, when it has arrived; empty lines are left out. Returns when the server has ended the answer; the
  /// body then holds only what came with another status. A stopped context ends it with Transient "Stopped".
  virtual Result<HttpResponse> stream_lines(const Context& ctx, const HttpRequest& request,
                                            const std::function<void(std::string_view)>& on_line) = 0;
};

}  // namespace vpcp
