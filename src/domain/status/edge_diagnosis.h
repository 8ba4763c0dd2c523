#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/desired/desired_host.h"
#include "domain/host/host_facts.h"
#include "domain/plan/step.h"
#include "domain/status/edge_verdict.h"

namespace vpcp {

/// What was found at one end of an edge that stops traffic for certain.
enum class Cause {
  GatewayOff,
  InterfaceMissing,
  InterfaceDown,
  OwnKeyWrong,
  PeerKeyMissing,
  PresharedKeyWrong,
  EndpointWrong,
  AllowedIpsWrong,
  PortClosed,
  CloudFirewallWrong,
  TunnelAddressTwice,
  DefaultRouteWrong,
  TunnelRouteMissing,
  TunnelRouteCaptured,
  ForwardingOff,
  ReversePathFilter,
  RoutedDenied,
  VpcLinkDown,
  ServerVpcLinkDown,
  ServerRouteMissing,
  ServerRouteCaptured,
};

/// What the gateway has received from the other one since the look before. Standing still says something only
/// while probes are sent all the time.
enum class Flow { Unknown, Grows, StandsStill };

/// One end of an edge, as far as it could be looked at.
struct EndFinding {
  std::string site;
  std::optional<bool> looked{};  ///< The gateway answered; absent: nobody has asked.
  std::set<Cause> causes{};
  Flow received{Flow::Unknown};
  /// Of the causes: what no packet of the edge, or none between its servers, gets past.
  std::set<Cause> certain{};
};

/// One row of a table per cause: what was found at an end comes before what the probes alone suggest.
Diagnosis diagnose(const EdgeSymptoms& symptoms, const EndFinding& a, const EndFinding& b);

/// What breaks the edge for certain, before any probe was lost. `sending`: the sites of it whose servers are
/// probed from. Where nothing is forwarded, what stops forwarding stops nothing.
std::optional<Diagnosis> certain_break(const EndFinding& a, const EndFinding& b,
                                       const std::set<std::string>& sending);

/// What was looked at of one end.
struct EndLook {
  std::string site;
  const HostFacts* gateway{nullptr};       ///< Null: it did not answer.
  const DesiredGateway* desired{nullptr};  ///< Null: not known yet.
  std::string remote_key{};                ///< WireGuard's public key of the other end.
  std::optional<Cidr> remote_network{};    ///< Of the VPC there. A hub's peer has those of others, too.
  std::vector<DriftKind>
      gateway_drift{};  ///< Of the gateway, on the host and in the cloud; also what is only reported.
  std::vector<DriftKind> server_drift{};           ///< Of the site's servers.
  bool server_without_vpc{false};                  ///< A server of the site has no interface in its VPC.
  std::optional<std::uint64_t> received_before{};  ///< The peer's counter at the look before.
};
EndFinding find_causes(const EndLook& look);

}  // namespace vpcp
