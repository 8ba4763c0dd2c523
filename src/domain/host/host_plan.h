#pragma once
#include <optional>

#include "domain/desired/desired.h"
#include "domain/host/host_facts.h"
#include "domain/plan/step.h"

namespace vpcp {

/// The next safe steps on a host of the layout, gateway or server. nullopt while what it needs is not known:
/// a gateway's keys, a server's VPC address or that of its gateway.
std::optional<HostPlan> plan_host(const DesiredHosts& desired, const LaidHost& host, const HostFacts& facts);

}  // namespace vpcp
