#include "adapters/vultr/api_client.h"

#include <string_view>

#include "adapters/vultr/errors.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::vultr {
namespace {

/// Vultr's lists take up to 2 s and creates up to 10 s; after this there is no answer to come.
constexpr seconds kRequestLimit{60};
constexpr int kLookAttempts = 3;
constexpr milliseconds kFirstPause{250};

/// For cursors, which are opaque.
std::string encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = std::isalnum(byte) || byte == '-' || byte == '_' || byte == '.' || byte == '~';
    if (plain) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

const char* result_label(const Result<std::string>& result) {
  if (result.ok()) return "ok";
  if (result.error().reason == kNotFound) return "not_found";
  if (result.error().reason == "ApiKeyRefused") return "key_refused";
  if (result.error().reason == "NotPermitted") return "not_permitted";
  return to_label(result.error().kind);
}

/// The HTTP adapter tells the host and the cause; who reads it wants to know what to do.
Error not_reached(Error error, const std::string& base_url) {
  const bool answered = error.reason != "NotSent" && error.reason != "AnswerLost";
  if (answered) return error;
  const char* what = error.reason == "NotSent" ? " cannot be reached (" : " did not answer (";
  error.message = "Vultr's API at " + base_url + what + error.message +
                  "): look at the network, and whether --vultr-url (VPCP_VULTR_URL) is right";
  return error;
}

bool may_be_repeated(const Call& call, const Error& error) {
  return std::string_view(call.method) == "GET" && error.kind == ErrorKind::Transient;
}

}  // namespace

Result<std::string> ApiClient::send(const Context& ctx, const Call& call) {
  for (int attempt = 1;; ++attempt) {
    auto result = send_once(ctx, call);
    if (result.ok() || !may_be_repeated(call, result.error()) || attempt == kLookAttempts) return result;
    if (!pause(ctx, kFirstPause * attempt)) return result;
  }
}

Result<std::string> ApiClient::send_once(const Context& ctx, const Call& call) {
  TRY(ports_.gate.enter(ctx));
  HttpRequest request{
      .method = call.method, .url = base_url_ + "/v2" + call.path, .bearer = key_, .body = call.body};
  if (!call.body.empty()) request.content_type = "application/json";
  request.fresh_connection = call.create;
  const SteadyTime began = ports_.clock.steady_now();
  auto result = judged(call, ports_.http.send(ctx.within(kRequestLimit), request));
  const std::chrono::duration<double> took = ports_.clock.steady_now() - began;
  ports_.metrics.observe(metric::kCloudRequestSeconds, {call.operation}, took.count());
  ports_.metrics.add(metric::kCloudRequests, {call.operation, result_label(result)});
  ctx.log.trace("Cloud request", {{"operation", call.operation}, {"result", result_label(result)}});
  return result;
}

Result<std::string> ApiClient::judged(const Call& call, Result<HttpResponse> answer) {
  if (!answer.ok()) return not_reached(std::move(answer).error(), base_url_);
  if (answer->status >= 200 && answer->status < 300) return std::move(answer->body);
  Error error = to_error(*answer);
  if (error.kind == ErrorKind::Throttled) {
    ports_.gate.close_for(retry_after(*answer));
    ports_.metrics.add(metric::kCloudThrottled, {});
  }
  if (call.create && error.kind == ErrorKind::Transient) error.reason = "AnswerLost";
  return error;
}

std::string ApiClient::page_path(const std::string& path, const std::string& cursor) {
  const std::string first = path + "?per_page=500";  // Vultr's maximum
  return cursor.empty() ? first : first + "&cursor=" + encoded(cursor);
}

Error ApiClient::going_in_circles() {
  return {ErrorKind::Transient, "BadAnswer", std::string("Vultr's pages go in a circle: ") + kOtherServer};
}

}  // namespace vpcp::vultr
