#pragma once
#include <optional>
#include <vector>

#include "domain/host/host_plan.h"

namespace vpcp {

/// A host and what the last look at it found. Refers to both.
struct SeenHost {
  const LaidHost* host;
  const HostFacts* facts;
};

/// plan_host() of each, in their order. Many hosts are planned on all processors.
std::vector<std::optional<HostPlan>> plan_hosts(const PeeringSpec& spec, const Layout& layout,
                                                const PeeringRecord& record,
                                                const std::vector<SeenHost>& hosts);

}  // namespace vpcp
