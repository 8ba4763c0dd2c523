#include "domain/host/host_plan.h"

#include <string>

#include "domain/desired/desired.h"
#include "domain/host/gateway_plan.h"
#include "domain/host/server_plan.h"

namespace vpcp {
namespace {

int index_of(const LaidHost& gateway) {
  return std::stoi(gateway.name.substr(gateway.name.rfind('-') + 1));
}

}  // namespace

std::optional<HostPlan> plan_host(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record,
                                  const LaidHost& host, const HostFacts& facts) {
  if (host.is_gateway) {
    const GatewayRef ref{host.site, index_of(host)};
    if (!record.gateways.contains(ref)) return std::nullopt;
    return plan_gateway_host(desired_gateway(spec, layout, record, ref), facts, host.lane);
  }
  const auto desired = desired_server(spec, layout, host);
  if (!desired) return std::nullopt;
  return plan_server_host(*desired, facts, host.origin, host.lane);
}

}  // namespace vpcp
