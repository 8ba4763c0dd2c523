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
    Refused,  ///< By the host, where nothing listens, or by a firewall on the way: no connection is made.
    Timeout,
  };
  ProbeTarget target;
  Outcome outcome{Outcome::Timeout};
  std::optional<double> millis{};  ///< Mean, of what was answered.
  int sent{1};
  int answered{0};
  std::optional<double> jitter_millis{};
  friend bool operator==(const ProbeResult&, const ProbeResult&) = default;
};

/// How the targets of one command are probed.
struct ProbeBurst {
  milliseconds limit{1500};  ///< For the last answer, from when the last probe was sent.
  int pings{7};              ///< One after the other, kPingSpacing apart.
  int connections{1};        ///< The same of TCP. Each makes sshd of the target fork.
  milliseconds pause{0};     ///< Before the first.
};
inline constexpr milliseconds kPingSpacing{40};
/// How long such a command takes when nothing is answered.
milliseconds longest(const ProbeBurst& burst);
/// vpcp-probe SECONDS PINGS CONNECTIONS [after:PAUSE] TARGET…: after the pause all targets at once. A single
/// connection that is not answered is followed by as many as there are pings, within the same time: the
/// report has more lines of that target then.
Command probe_command(const std::vector<ProbeTarget>& targets, const ProbeBurst& burst);

/// The lines of the report, in any order, one for the pings of a target and one for each connection; a target
/// that it does not tell of was not probed. Lines that are none (a shell's greeting) are skipped; error
/// Transient "ProbeReportUnreadable" when there is nothing else.
Result<std::vector<ProbeResult>> parse_probe_report(std::string_view text);

}  // namespace vpcp
