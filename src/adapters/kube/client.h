#pragma once
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "adapters/kube/credentials.h"
#include "vpcp/base/context.h"
#include "vpcp/ports/http_client.h"

namespace vpcp::kube {

/// Reasons that the rest of this adapter decides on.
inline constexpr const char* kNotFound = "NotFound";            ///< 404
inline constexpr const char* kAlreadyExists = "AlreadyExists";  ///< 409 of a create
inline constexpr const char* kChanged = "ObjectChanged";        ///< 409: another version than was asked for
inline constexpr const char* kExpired = "Expired";              ///< 410: that version is no longer kept
inline constexpr const char* kUnavailable = "ApiServerUnavailable";  ///< 5xx, 408
inline constexpr const char* kRefused = "RequestRefused";            ///< 400, 422

inline constexpr const char* kJson = "application/json";
inline constexpr const char* kApplyPatch = "application/apply-patch+yaml";  // JSON is YAML
inline constexpr const char* kJsonPatch = "application/json-patch+json";
inline constexpr const char* kMergePatch = "application/merge-patch+json";

/// As whom fields are written (server-side apply, and managedFields of other writes).
inline constexpr const char* kFieldManager = "vpcp-peering";

struct Request {
  std::string method{"GET"};
  std::string path;            ///< With its query, encoded: "/apis/…".
  std::string content_type{};  ///< With a body.
  std::string body{};          ///< Wiped after it was sent when `confidential`.
  bool confidential{false};    ///< The body, or the answer, holds secrets: neither is quoted in an error.
  std::string accept{kJson};   ///< What the answer may be.
};

/// Of a list whose pages have no end.
Error going_in_circles();

/// Speaks with an API server: credentials, retries of what was surely not done, and answers in our words.
/// Thread-safe. What it is given outlives it.
class Client {
 public:
  Client(HttpClient& http, Credentials& credentials, std::string user_agent)
      : http_(http), credentials_(credentials), user_agent_(std::move(user_agent)) {}

  /// The object that a 2xx answer holds. Errors: those of HttpClient, of to_error(), and Transient
  /// "BadAnswer". A 429 is waited for and tried again, as long as the context has time.
  Result<nlohmann::json> send(const Context& ctx, Request request);
  /// The same, of an answer that is text.
  Result<std::string> send_for_text(const Context& ctx, Request request);
  /// Gives each line of a watch as it comes. Returns when the server ends it.
  Status stream(const Context& ctx, const std::string& path,
                const std::function<void(std::string_view)>& on_line);

 private:
  Result<HttpRequest> authenticated(const Context& ctx, const Request& request);
  Result<HttpResponse> exchange(const Context& ctx, const Request& request);

  HttpClient& http_;
  Credentials& credentials_;
  const std::string user_agent_;
};

/// The one translation of an API server's refusals: an answer that is not 2xx, or (status 0) a `Status`
/// object in a watch. `confidential`: the server's text is left out, it may quote what was sent.
Error to_error(const HttpResponse& refusal, bool confidential = false);
Error to_error(const nlohmann::json& status, int code, bool confidential = false);

}  // namespace vpcp::kube
