#pragma once
#include <optional>
#include <string>

#include "domain/host/host_facts.h"
#include "domain/plan/step.h"

namespace vpcp {

/// Reported when the host's clock is off by more than two minutes. It is left alone: handshakes are judged by
/// the host's own clock, and setting a clock under running software is the owner's to do. WireGuard refuses
/// the handshakes of a host whose clock was set back until it has caught up; the other side's go through.
std::optional<Step> clock_report(const HostFacts& facts, SystemTime now, const std::string& lane);

}  // namespace vpcp
