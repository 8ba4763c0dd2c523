#pragma once
#include <optional>
#include <string>

#include "domain/host/host_facts.h"
#include "domain/plan/step.h"

namespace vpcp {

/// Off by no more than two minutes, as read by a look at about `now`.
bool clock_is_right(const HostFacts& facts, SystemTime now);

/// Reported when the host's clock is not right. It is left alone: a handshake is judged by the clock that
/// stamped it (handshakes.h), and setting a clock under running software is the owner's to do. WireGuard
/// refuses the handshakes of a host whose clock was set back until it has caught up; the other side's go
/// through.
std::optional<Step> clock_report(const HostFacts& facts, SystemTime now, const std::string& lane);

}  // namespace vpcp
