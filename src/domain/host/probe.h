#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "vpcp/api/host.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"
#include "vpcp/base/result.h"

namespace vpcp {

struct ProbeTarget {
  /// ICMP alone proves little: ufw passes forwarded pings while it drops TCP.
  enum class Kind { Icmp, Tcp };
  Kind kind{Kind::Icmp};
  Ipv4 address;
  std::uint16_t port{0};  ///< Tcp only.
  friend auto operator<=>(const ProbeTarget&, const ProbeTarget&) = default;
};

struct ProbeResult {
  enum class Outcome {
    Ok,
    Refused,  ///< The host answered: it is reached.
    Timeout,
  };
  ProbeTarget target;
  Outcome outcome{Outcome::Timeout};
  std::optional<double> millis;
  friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

/// vpcp-probe SECONDS [after:PAUSE] TARGET…: after the pause all targets at once, one attempt each, over
/// after `limit`.
Command probe_command(seconds limit, const std::vector<ProbeTarget>& targets,
                      milliseconds pause = milliseconds{0});

/// The lines of the report, in any order; a target that it does not tell of was not probed. Lines that are
/// none (a shell's greeting) are skipped; error Transient "ProbeReportUnreadable" when there is nothing else.
Result<std::vector<ProbeResult>> parse_probe_report(std::string_view text);

}  // namespace vpcp
