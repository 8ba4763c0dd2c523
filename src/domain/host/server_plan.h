#pragma once
#include <string>

#include "domain/desired/desired_host.h"
#include "domain/desired/layout.h"
#include "domain/host/host_facts.h"
#include "domain/plan/step.h"

namespace vpcp {

/// The next safe steps that give a server its routes, now and after reboots. Empty for a server that has
/// them. The package update of a created one never holds its routes back.
///
/// Blocked: "UnsupportedSystem", "VpcInterfaceMissing", "NetplanMissing"; nothing is touched then.
/// That no other VPCPeering has the server (facts.owner) is for the caller to see to.
HostPlan plan_server_host(const DesiredServer& desired, const HostFacts& facts, HostOrigin origin,
                          const std::string& lane);

}  // namespace vpcp
