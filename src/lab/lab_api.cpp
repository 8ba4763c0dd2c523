#include "lab/lab_api.h"

namespace vpcp::lab {
namespace {

constexpr std::size_t kMaxBodyDepth = 32;
constexpr std::size_t kLongestAgent = 200;

bool is_control(const Request& request) {
  return request.path.starts_with("/lab/");
}

Answer<Json> parse_body(const Request& request) {
  if (request.body.empty()) return Json::object();
  if (!request.content_type.starts_with("application/json")) return Refusal{400, "Bad request."};
  bool too_deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || static_cast<std::size_t>(depth) > kMaxBodyDepth;
    return !too_deep;
  };
  Json body = Json::parse(request.body, shallow, false);
  if (body.is_null()) return Json::object();
  if (too_deep || !body.is_object()) return Refusal{400, "Bad request."};
  return body;
}

/// The answer of a fault that keeps the request from being done; nullopt: it is done.
std::optional<Response> refusal_of(const Fault& fault, const Request& request) {
  switch (fault.kind) {
    case FaultKind::Throttle: {
      Response response = refuse({429, "Rate limit exceeded."});
      response.retry_after = fault.retry_after;
      return response;
    }
    case FaultKind::ServerError: {
      Response response;
      response.status = fault.status == 0 ? 500 : fault.status;
      response.content_type = "text/html";  // so looks what comes from in front of the real API
      response.body = "<html><body><h1>Internal Server Error</h1></body></html>";
      return response;
    }
    case FaultKind::Unauthorized:
      return refuse({401, "Invalid API token."});
    case FaultKind::Forbidden:
      return refuse({403, "You do not have permission to perform this action."});
    case FaultKind::Locked: {
      const bool destroy = request.method == "DELETE";
      const std::string prefix = destroy ? "Unable to destroy server: Unable to remove VM: " : "";
      return refuse({500, prefix + "Server is currently locked"});
    }
    case FaultKind::CapacityRefused:
      return refuse(
          {400, "Server add failed: the selected location does not have any more capacity for this plan."});
    case FaultKind::Quota:
      return refuse({400,
                     "Server add failed: You have reached the maximum monthly fee limit for this account. To "
                     "deploy additional services, please request a limit increase."});
    case FaultKind::Slow:
    case FaultKind::LostAnswer:
    case FaultKind::DelayedVisibility:
    case FaultKind::StuckBoot:
      return std::nullopt;
  }
  return std::nullopt;
}

CreateEffects effects_of(const std::vector<Fault>& faults) {
  CreateEffects effects;
  for (const Fault& fault : faults) {
    if (fault.kind == FaultKind::StuckBoot) effects.stuck = true;
    if (fault.kind == FaultKind::DelayedVisibility) {
      effects.visible_after =
          std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(fault.seconds));
    }
  }
  return effects;
}

/// What faults do to the answer of a request that was done.
void spoil(Response& response, const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    if (fault.kind == FaultKind::Slow) response.delay += fault.delay;
    if (fault.kind != FaultKind::LostAnswer) continue;
    response.lost = fault.status == 0;
    if (fault.status == 0) continue;
    response.status = fault.status;
    response.body.clear();
  }
}

}  // namespace

LabApi::LabApi(LabApiOptions options, Cloud& cloud, const Clock& clock)
    : options_(std::move(options)), clock_(clock), limit_(options_.requests_per_second) {
  add_account_routes(router_, cloud);
  add_vpc_routes(router_, cloud);
  add_firewall_routes(router_, cloud);
  add_instance_routes(router_, cloud);
  add_instance_network_routes(router_, cloud, options_.vpc2_answers);
  add_control_routes(router_, cloud, faults_, log_);
}

bool LabApi::authorized(const Request& request) const {
  constexpr std::string_view kScheme = "Bearer ";
  if (!request.authorization.starts_with(kScheme)) return false;
  return Secret::copy_of(std::string_view(request.authorization).substr(kScheme.size())) == options_.api_key;
}

Response LabApi::perform(const Request& request, const Router::Match& match) {
  const auto faults =
      is_control(request) ? std::vector<Fault>{} : faults_.strike(request.method, request.path);
  for (const Fault& fault : faults) {
    if (auto refused = refusal_of(fault, request)) return *std::move(refused);
  }
  if (match.route == nullptr) return refuse({404, "Not found."});
  auto body = parse_body(request);
  if (!body.ok()) return refuse(body.error());
  auto answer = match.route->handler({request, match.params, std::move(body).value(), effects_of(faults)});
  Response response = answer.ok() ? std::move(answer).value() : refuse(answer.error());
  spoil(response, faults);
  return response;
}

Response LabApi::answer(const Request& request, const Router::Match& match) {
  if (!is_control(request) && !limit_.admits(request.source, clock_.steady_now())) {
    Response response = refuse({429, "Rate limit exceeded."});
    response.retry_after = 1;
    return response;
  }
  const bool keyless = match.route != nullptr && match.route->keyless;
  if (!keyless && !authorized(request)) return refuse({401, "Invalid API token."});
  return perform(request, match);
}

Response LabApi::handle(const Request& request) {
  const auto match = router_.find(request.method, request.path);
  Response response = answer(request, match);
  if (is_control(request)) return response;
  const std::string operation = match.route == nullptr ? "unknown" : match.route->operation;
  log_.add(operation, {clock_.now(), request.method, request.path, response.status,
                       request.user_agent.substr(0, kLongestAgent)});
  return response;
}

}  // namespace vpcp::lab
