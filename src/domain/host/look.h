#pragma once
#include <string_view>

#include "domain/host/host_facts.h"
#include "vpcp/api/host.h"
#include "vpcp/base/result.h"

namespace vpcp {

enum class HostRole { Gateway, Server };

/// One command that looks at all that matters on a host and changes nothing: vpcp-look gateway|server. Works
/// on a bare host (no WireGuard, ufw or netplan); costs about 10 ms of the host's processor.
Command look_command(HostRole role);

/// Reads its report. Lines before it (a shell's greeting) are skipped. Error Transient "HostReportUnreadable"
/// for a report that is cut short or is not one; its message quotes no more than the offending word.
Result<HostFacts> parse_host_report(std::string_view text);

}  // namespace vpcp
