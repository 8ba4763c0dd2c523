#pragma once
#include <string>

#include "domain/desired/desired_host.h"
#include "domain/host/host_facts.h"
#include "domain/plan/step.h"

namespace vpcp {

/// The next safe steps that make a host of ours the desired gateway. Empty for a host that is.
///
/// What carries traffic goes first: forwarding, firewall, peers and routes at run time; then the files that
/// bring them back after a reboot. An interface that works is never restarted. Blocked: "UnsupportedSystem"
/// (nothing is touched), "PackageUpdateFailed" (tried again).
HostPlan plan_gateway_host(const DesiredGateway& desired, const HostFacts& facts, const std::string& lane);

}  // namespace vpcp
