#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/record.h"
#include "vpcp/api/status.h"

namespace vpcp {

/// What one probe was meant to show.
enum class ProbePath {
  Gateways,
  Servers
};                                       ///< WireGuard address to WireGuard address; server to the far VPC.
enum class ProbeProtocol { Icmp, Tcp };  ///< Both: a firewall that drops forwarded TCP lets pings pass.

struct ProbeClass {
  std::string from_site;
  ProbePath path{ProbePath::Gateways};
  ProbeProtocol protocol{ProbeProtocol::Icmp};
  friend auto operator<=>(const ProbeClass&, const ProbeClass&) = default;
};

/// One probe of one round.
struct ProbeObservation {
  SitePair edge;
  ProbeClass what;
  std::string from_lane;  ///< The host that probed.
  bool looked{false};     ///< False: the host could not be asked. That is not a loss.
  bool answered{false};
  std::optional<double> millis;  ///< Round-trip time, of ICMP.
};

/// Rounds in a row in which a class of probes must fail before an edge is Down: one lost packet is no
/// verdict.
inline constexpr int kRoundsToDown = 2;
/// The same for pings while TCP on the same path is answered: a ping is one packet each way, so that a link
/// that loses 5 % fails two in a row every few minutes; TCP sends again.
inline constexpr int kRoundsToDownOfPings = 5;

/// What is remembered of an edge between rounds.
struct EdgeBook {
  EdgeStatus status;
  std::map<ProbeClass, int> failed_rounds;
  SystemTime last_crossed{};      ///< The last round in which packets crossed both ways by every class.
  std::vector<bool> recent_lost;  ///< Of the last probes, oldest first, bounded: the loss percentage.
};

/// What is remembered of one peering's traffic.
struct TrafficBook {
  std::map<SitePair, EdgeBook> edges;
  std::map<std::string, int>
      server_failures;  ///< By lane: rounds in a row in which nothing that it sent was answered.
};

/// The book after one more round. Edges that are not in `edges` are dropped.
///
/// Up: every class crossed in both directions. Down: a class failed kRoundsToDown rounds in a row (a class of
/// server probes fails when it fails for every server of the site that could be asked), kRoundsToDownOfPings
/// when only pings fail. Degraded: it failed fewer rounds, or some probes were lost. Unknown: one side could
/// not be asked and nothing failed. The hop follows from which classes fail.
TrafficBook judge_round(TrafficBook before, const std::vector<SitePair>& edges,
                        const std::vector<ProbeObservation>& round, SystemTime now);

const char* to_string(EdgeHealth health);

}  // namespace vpcp
