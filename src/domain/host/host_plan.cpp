#include "domain/host/host_plan.h"

#include <algorithm>
#include <string>

#include "domain/host/gateway_plan.h"
#include "domain/host/server_plan.h"

namespace vpcp {
namespace {

int index_of(const LaidHost& gateway) {
  return std::stoi(gateway.name.substr(gateway.name.rfind('-') + 1));
}

/// Before all else: a change of a process that ended before it could confirm it, and that is not made once
/// more.
void confirm_what_waits(HostPlan& plan, const HostFacts& facts, const std::string& lane) {
  std::vector<Step> confirmations;
  for (const std::string& token : facts.undos) {
    const bool again = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
      const auto* change = std::get_if<HostChange>(&step.action);
      return change != nullptr && change->undo_token == token;
    });
    if (again) continue;
    confirmations.push_back({lane, DriftKind::ChangeNotConfirmed, HostChange{{}, token},
                             "a change that was made here has not been confirmed",
                             "Confirm the change " + token, true});
  }
  plan.steps.insert(plan.steps.begin(), confirmations.begin(), confirmations.end());
}

std::optional<HostPlan> plan_role(const DesiredHosts& desired, const LaidHost& host, const HostFacts& facts) {
  if (host.is_gateway) {
    const auto gateway = desired.gateway({host.site, index_of(host)});
    return gateway ? std::optional(plan_gateway_host(*gateway, facts, host.lane)) : std::nullopt;
  }
  const auto server = desired.server(host);
  return server ? std::optional(plan_server_host(*server, facts, host.origin, host.lane)) : std::nullopt;
}

}  // namespace

std::optional<HostPlan> plan_host(const DesiredHosts& desired, const LaidHost& host, const HostFacts& facts) {
  auto plan = plan_role(desired, host, facts);
  if (plan) confirm_what_waits(*plan, facts, host.lane);
  return plan;
}

}  // namespace vpcp
