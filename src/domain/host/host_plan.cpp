#include "domain/host/host_plan.h"

#include <string>

#include "domain/host/gateway_plan.h"
#include "domain/host/server_plan.h"

namespace vpcp {
namespace {

int index_of(const LaidHost& gateway) {
  return std::stoi(gateway.name.substr(gateway.name.rfind('-') + 1));
}

}  // namespace

std::optional<HostPlan> plan_host(const DesiredHosts& desired, const LaidHost& host, const HostFacts& facts) {
  if (host.is_gateway) {
    const auto gateway = desired.gateway({host.site, index_of(host)});
    return gateway ? std::optional(plan_gateway_host(*gateway, facts, host.lane)) : std::nullopt;
  }
  const auto server = desired.server(host);
  return server ? std::optional(plan_server_host(*server, facts, host.origin, host.lane)) : std::nullopt;
}

}  // namespace vpcp
