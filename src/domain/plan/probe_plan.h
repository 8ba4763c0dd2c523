#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/host/probe.h"
#include "domain/status/edge_verdict.h"

namespace vpcp {

/// One probe and what it is meant to show.
struct ProbeAim {
  SitePair edge;
  ProbeClass what;
  ProbeTarget target;
};

/// Which part of all probes is meant.
struct ProbeTurn {
  std::uint64_t round{0};  ///< Counts intervals: servers, and the targets among them, take turns.
  /// Sites are spread over so many moments of an interval, so that a large mesh does not probe all at once.
  std::size_t slot{0};
  std::size_t slots{1};
  std::optional<std::set<SitePair>> only;  ///< A closer look at these edges, from all sites at once.
  std::set<std::string> skip{};  ///< Lanes that do not send: what they would see, the far side sees too.
};

/// The probes of one turn, by the lane of the host that sends them: each gateway to its neighbours' WireGuard
/// addresses, servers to one address of every neighbouring VPC (the servers in turn; the gateway's where
/// there is none), all by ICMP and by TCP to port 22, which is open wherever we can log in. Every edge is
/// probed from both sides in each interval; of a site's servers at least 4 and a sixth, so that each has its
/// turn once in 6 intervals.
std::map<std::string, std::vector<ProbeAim>> plan_probes(const PeeringSpec& spec, const Layout& layout,
                                                         const std::map<GatewayRef, Ipv4>& tunnel_addresses,
                                                         const ProbeTurn& turn);

/// In how many moments of an interval: about 8 sites each, and not more than 4 a second.
std::size_t probe_slots(std::size_t sites, seconds interval);

/// Longer than a packet's way between any two regions.
inline constexpr milliseconds kProbeSlot{250};
/// How long the hosts of a site (its number among so many) wait in a round while not every edge is up. Probes
/// that leave both ends of a dead tunnel at once make both gateways begin a WireGuard handshake at once; the
/// two cross, both are dropped, and the next round would do the same again. At most 4 slots.
milliseconds probe_pause(std::size_t site, std::size_t sites, std::uint64_t round);

/// How soon a host has answered lately.
struct HostPace {
  /// From when its last probe was sent until its report was here; absent until it has answered once.
  std::optional<milliseconds> needed;
  bool silent{false};       ///< No report came in the last round.
  SteadyTime given_much{};  ///< When it was last waited for as long as a new connection may take.
};
/// How long a host is waited for, beyond the time that its probes take when nothing is answered: little
/// longer than it has needed, since a dead host must not keep the others from their next round. One that is
/// silent is given enough for a new connection, though not in every round where they follow one another
/// closely.
milliseconds patience(const HostPace& pace, SteadyTime now);
/// `given` is what patience() said at `began`; `took` as in HostPace::needed, nullopt when no report came.
void note_report(HostPace& pace, milliseconds given, std::optional<milliseconds> took, SteadyTime began);

}  // namespace vpcp
