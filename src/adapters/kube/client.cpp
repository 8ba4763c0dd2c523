#include "adapters/kube/client.h"

#include <algorithm>
#include <charconv>

#include "adapters/kube/json_text.h"
#include "vpcp/api/read_json.h"
#include "vpcp/base/stoppable_sleep.h"
#include "vpcp/base/whole_number.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;

/// A machine that is gone must be noticed within 10 s, on a quiet watch too.
constexpr seconds kDeadPeer{6};
/// Bookmarks come every minute: a watch without a sign for longer has something wrong with it.
constexpr seconds kQuietWatch{150};
constexpr milliseconds kUnsaidPause{1000};
constexpr int kTries = 6;

std::optional<milliseconds> retry_after(const HttpResponse& answer) {
  const auto header = answer.headers.find("retry-after");
  if (header == answer.headers.end()) return std::nullopt;
  int value = 0;
  const auto [end, failed] =
      std::from_chars(header->second.data(), header->second.data() + header->second.size(), value);
  if (failed != std::errc{}) return std::nullopt;
  return seconds{std::clamp(value, 0, 60)};
}

/// False when the context ends before.
bool pause(const Context& ctx, milliseconds length) {
  return ctx.left() > length && stoppable_sleep(ctx.stop, length);
}

Error by_code(int code, const std::string& reason, std::string text) {
  switch (code) {
    case 401:
      return {ErrorKind::Denied, "CredentialsRefused", std::move(text), {}};
    case 403:
      return {ErrorKind::Denied, "Forbidden", std::move(text), {}};
    case 404:
      return {ErrorKind::Conflict, kNotFound, std::move(text), {}};
    case 409:
      return {
          ErrorKind::Conflict, reason == "AlreadyExists" ? kAlreadyExists : kChanged, std::move(text), {}};
    case 410:
      return {ErrorKind::Conflict, kExpired, std::move(text), {}};
    case 429:
      return {ErrorKind::Throttled, "ApiServerBusy", std::move(text), kUnsaidPause};
    default:
      break;
  }
  if (code >= 400 && code < 500 && code != 408) return {ErrorKind::Invalid, kRefused, std::move(text), {}};
  return {ErrorKind::Transient, kUnavailable, std::move(text), {}};
}

/// Refused for who we are, or for who we think that the server is: a file or plugin may know better by now.
bool is_outdated(const Result<HttpResponse>& answer) {
  if (answer.ok()) return answer->status == 401;
  return answer.error().reason == "BadTlsSettings" || answer.error().reason == "CertificateRefused";
}

}  // namespace

Error to_error(const json& status, int code, bool confidential) {
  if (code == 0) code = whole_number<int>(at(status, {"code"})).value_or(0);
  const std::string reason = text_at(status, {"reason"});
  std::string text = "the API server answered " + std::to_string(code);
  if (!reason.empty()) text += " " + shown(reason);
  if (const std::string message = text_at(status, {"message"}); !confidential && !message.empty())
    text += ": " + shown(message);
  return by_code(code, reason, std::move(text));
}

Error to_error(const HttpResponse& refusal, bool confidential) {
  const json body = parse_bounded_json(refusal.body);
  Error error = to_error(body, refusal.status, confidential);
  if (const auto pause = retry_after(refusal)) error.retry_after = pause;
  return error;
}

Error going_in_circles() {
  return {ErrorKind::Transient, "BadAnswer", "the pages of the API server's list go in a circle", {}};
}

Result<HttpRequest> Client::authenticated(const Context& ctx, const Request& request) {
  Identity identity = TRY(credentials_.current(ctx));
  HttpRequest out;
  out.method = request.method;
  out.url = credentials_.config().server + request.path;
  out.bearer = std::move(identity.bearer);
  out.tls = std::move(identity.tls);
  out.headers = {{"User-Agent", user_agent_}, {"Accept", request.accept}};
  out.content_type = request.content_type;
  out.body = Secret::copy_of(request.body);
  out.dead_peer = kDeadPeer;
  out.max_body = std::size_t{64} << 20U;  // a page of 500 objects of 100 kB
  return out;
}

/// Once more when our credentials were refused, or the server's: they may have been renewed since they were
/// read, and so may the authority that signs them.
Result<HttpResponse> Client::exchange(const Context& ctx, const Request& request) {
  for (int tried = 0;; ++tried) {
    const HttpRequest message = TRY(authenticated(ctx, request));
    auto answer = http_.send(ctx, message);
    const bool outdated = is_outdated(answer);
    if (outdated) credentials_.refused();
    if (!outdated || tried > 0) return answer;
  }
}

Result<json> Client::send(const Context& ctx, Request request) {
  const bool confidential = request.confidential;
  std::string body = TRY(send_for_text(ctx, std::move(request)));
  // A secret is not copied: it would have to be wiped there, too.
  json object = confidential ? parse_bounded_json(body) : parse_answer(body);
  if (confidential) wipe(body);
  if (object.is_object()) return object;
  return Error{ErrorKind::Transient, "BadAnswer", "the API server's answer is not a JSON object", {}};
}

Result<std::string> Client::send_for_text(const Context& ctx, Request request) {
  const auto forget_body = [&] {
    if (request.confidential) wipe(request.body);
  };
  for (int left = kTries; left > 0; --left) {
    auto answer = exchange(ctx, request);
    if (!answer.ok()) {
      forget_body();
      return std::move(answer).error();
    }
    if (answer->status / 100 == 2) {
      forget_body();
      return std::move(answer->body);
    }
    Error error = to_error(*answer, request.confidential);
    const bool again = error.kind == ErrorKind::Throttled && left > 1 &&
                       pause(ctx, error.retry_after.value_or(kUnsaidPause));
    if (again) continue;
    forget_body();
    return error;
  }
  return Error{ErrorKind::Throttled, "ApiServerBusy", "the API server is busy", kUnsaidPause};
}

Status Client::stream(const Context& ctx, const std::string& path,
                      const std::function<void(std::string_view)>& on_line) {
  HttpRequest message = TRY(authenticated(ctx, {.path = path}));
  message.timeout = kQuietWatch;
  const auto answer = http_.stream_lines(ctx, message, on_line);
  if (is_outdated(answer)) credentials_.refused();
  if (!answer.ok()) return answer.error();
  if (answer->status / 100 == 2) return {};
  return to_error(*answer);
}

}  // namespace vpcp::kube
