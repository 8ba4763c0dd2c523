#pragma once
#include <optional>
#include <string>

#include "domain/host/commands.h"
#include "domain/host/host_facts.h"
#include "domain/host/plan_builder.h"

namespace vpcp {

/// Ubuntu 22.04, 24.04 or Debian 12.
bool is_supported_system(const HostFacts& facts);
/// Reason and message for one that is not.
HostPlan::Blocked unsupported_system(const HostFacts& facts);

/// May the host's own configuration go on?
enum class Ready { Yes, NotYet };

/// The way of a created host from its first boot to "packages updated, rebooted once if the update asks for
/// it": waits for cloud-init, starts the update detached, waits, retries a failed one a minute later,
/// reboots. Adds to the plan what is due.
///
/// The reboot cannot happen twice: it is asked for one boot, which is over afterwards.
Ready plan_bootstrap(PlanBuilder& plan, Bootstrap what, const HostFacts& facts);

}  // namespace vpcp
