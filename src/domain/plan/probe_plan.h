#pragma once
#include <map>
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

/// The probes of one round, by the lane of the host that sends them: each gateway to its neighbours'
/// WireGuard addresses, each server to one address of every neighbouring VPC (the servers in turn, `round`
/// counting; the gateway's where there is none), all by ICMP and by TCP to port 22, which is open wherever we
/// can log in. Bounded: 4 targets for each neighbour of a host.
std::map<std::string, std::vector<ProbeAim>> plan_probes(const PeeringSpec& spec, const Layout& layout,
                                                         const std::map<GatewayRef, Ipv4>& tunnel_addresses,
                                                         std::uint64_t round);

/// Longer than a packet's way between any two regions.
inline constexpr milliseconds kProbeSlot{250};
/// How long the hosts of a site (its number among so many) wait in a round while not every edge is up. Probes
/// that leave both ends of a dead tunnel at once make both gateways begin a WireGuard handshake at once; the
/// two cross, both are dropped, and the next round would do the same again. At most 4 slots.
milliseconds probe_pause(std::size_t site, std::size_t sites, std::uint64_t round);

}  // namespace vpcp
