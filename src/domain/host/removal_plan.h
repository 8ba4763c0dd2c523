#pragma once
#include <string>

#include "domain/host/host_facts.h"
#include "domain/plan/step.h"

namespace vpcp {

/// The steps that make a server as it was before us: files byte for byte with their modes, routes in the
/// kernel, and at last our notes about them. Killed anywhere, the next look yields the rest. Empty when
/// nothing of ours is there.
HostPlan plan_server_removal(const HostFacts& facts, const std::string& lane);

}  // namespace vpcp
