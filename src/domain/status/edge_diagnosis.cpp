#include "domain/status/edge_diagnosis.h"

#include <algorithm>
#include <array>

#include "domain/host/firewall_check.h"
#include "domain/host/paths.h"
#include "domain/wireguard/peer_diff.h"

namespace vpcp {
namespace {

namespace hop {
constexpr const char* kRemoteSide = "remote side";
constexpr const char* kInterface = "WireGuard interface";
constexpr const char* kKey = "key";
constexpr const char* kEndpoint = "endpoint";
constexpr const char* kPort = "firewall (port)";
constexpr const char* kRouted = "firewall (routed)";
constexpr const char* kForwarding = "forwarding";
constexpr const char* kVpcLink = "VPC link";
constexpr const char* kServerRoute = "server route";
constexpr const char* kPath = "path between the regions";
}  // namespace hop

struct CauseRow {
  Cause cause;
  ProbePath breaks;  ///< Gateways: everything; Servers: only what passes through the gateways.
  const char* hop;
  const char* reason;
};

/// In the order in which they hide one another.
constexpr std::array<CauseRow, 21> kCauses{
    {{Cause::GatewayOff, ProbePath::Gateways, hop::kRemoteSide, "GatewayOff"},
     {Cause::InterfaceMissing, ProbePath::Gateways, hop::kInterface, "InterfaceMissing"},
     {Cause::InterfaceDown, ProbePath::Gateways, hop::kInterface, "InterfaceDown"},
     {Cause::OwnKeyWrong, ProbePath::Gateways, hop::kKey, "PrivateKeyDiffers"},
     {Cause::PeerKeyMissing, ProbePath::Gateways, hop::kKey, "PeerMissing"},
     {Cause::PresharedKeyWrong, ProbePath::Gateways, hop::kKey, "PresharedKeyDiffers"},
     {Cause::EndpointWrong, ProbePath::Gateways, hop::kEndpoint, "EndpointDiffers"},
     {Cause::PortClosed, ProbePath::Gateways, hop::kPort, "PortClosed"},
     {Cause::CloudFirewallWrong, ProbePath::Gateways, hop::kPort, "CloudFirewallDiffers"},
     {Cause::AllowedIpsWrong, ProbePath::Gateways, hop::kInterface, "AllowedIpsDiffer"},
     {Cause::TunnelAddressTwice, ProbePath::Gateways, hop::kInterface, "TunnelAddressDuplicate"},
     {Cause::DefaultRouteWrong, ProbePath::Gateways, hop::kEndpoint, "DefaultRouteDiffers"},
     {Cause::TunnelRouteMissing, ProbePath::Servers, hop::kInterface, "TunnelRouteMissing"},
     {Cause::TunnelRouteCaptured, ProbePath::Servers, hop::kInterface, "TunnelRouteCaptured"},
     {Cause::ForwardingOff, ProbePath::Servers, hop::kForwarding, "ForwardingOff"},
     {Cause::ReversePathFilter, ProbePath::Servers, hop::kForwarding, "ReversePathFilter"},
     {Cause::RoutedDenied, ProbePath::Servers, hop::kRouted, "RoutedDenied"},
     {Cause::VpcLinkDown, ProbePath::Servers, hop::kVpcLink, "GatewayVpcLinkDown"},
     {Cause::ServerVpcLinkDown, ProbePath::Servers, hop::kVpcLink, "ServerVpcLinkDown"},
     {Cause::ServerRouteMissing, ProbePath::Servers, hop::kServerRoute, "ServerRouteMissing"},
     {Cause::ServerRouteCaptured, ProbePath::Servers, hop::kServerRoute, "ServerRouteCaptured"}}};

/// Differences that planning finds and that stop traffic.
constexpr std::array<std::pair<DriftKind, Cause>, 19> kOfGateway{
    {{DriftKind::InstanceMissing, Cause::GatewayOff},
     {DriftKind::InstanceStopped, Cause::GatewayOff},
     {DriftKind::InstanceDetached, Cause::VpcLinkDown},
     {DriftKind::WireGuardMissing, Cause::InterfaceMissing},
     {DriftKind::InterfaceMissing, Cause::InterfaceMissing},
     {DriftKind::InterfaceAddressChanged, Cause::InterfaceMissing},
     {DriftKind::InterfaceDown, Cause::InterfaceDown},
     {DriftKind::FirewallPortClosed, Cause::PortClosed},
     {DriftKind::FirewallRulesChanged, Cause::CloudFirewallWrong},
     {DriftKind::FirewallGroupMissing, Cause::CloudFirewallWrong},
     {DriftKind::PeerRouteMissing, Cause::TunnelRouteMissing},
     {DriftKind::ForwardingOff, Cause::ForwardingOff},
     {DriftKind::FirewallRoutedDenied, Cause::RoutedDenied},
     {DriftKind::VpcNicDown, Cause::VpcLinkDown},
     {DriftKind::AllowedIpsOverlap, Cause::AllowedIpsWrong},
     {DriftKind::TunnelAddressDuplicate, Cause::TunnelAddressTwice},
     {DriftKind::DefaultRouteChanged, Cause::DefaultRouteWrong},
     {DriftKind::RouteCaptured, Cause::TunnelRouteCaptured},
     {DriftKind::ReversePathFilter, Cause::ReversePathFilter}}};
constexpr std::array<std::pair<DriftKind, Cause>, 3> kOfServer{
    {{DriftKind::ServerRouteMissing, Cause::ServerRouteMissing},
     {DriftKind::RouteCaptured, Cause::ServerRouteCaptured},
     {DriftKind::VpcNicDown, Cause::ServerVpcLinkDown}}};

/// Of them: what stops every packet of the gateway, or every one that it forwards.
constexpr std::array<DriftKind, 4> kCertain{DriftKind::InterfaceMissing, DriftKind::InterfaceDown,
                                            DriftKind::ForwardingOff, DriftKind::VpcNicDown};

bool contains(const std::vector<DriftKind>& drift, DriftKind kind) {
  return std::find(drift.begin(), drift.end(), kind) != drift.end();
}

template <std::size_t N>
void add_causes(std::set<Cause>& out, const std::array<std::pair<DriftKind, Cause>, N>& table,
                const std::vector<DriftKind>& drift) {
  for (const auto& [kind, cause] : table) {
    if (contains(drift, kind)) out.insert(cause);
  }
}

/// What the probes say when nothing was found at the ends.
Diagnosis by_symptoms(const EdgeSymptoms& symptoms, const EndFinding& a, const EndFinding& b) {
  if (symptoms.gateway_ping) {
    for (const EndFinding* end : {&a, &b}) {
      if (end->looked && !*end->looked) return {hop::kRemoteSide, "GatewaySilent", end->site};
    }
    if (a.received == Flow::StandsStill && b.received == Flow::Grows)
      return {hop::kPath, "OneWayPath", b.site + " to " + a.site};
    if (b.received == Flow::StandsStill && a.received == Flow::Grows)
      return {hop::kPath, "OneWayPath", a.site + " to " + b.site};
    if (!a.looked) return {"tunnel", "TunnelDead", ""};
    return {std::string(hop::kPath) + ", or a firewall outside the hosts", "TunnelDead", ""};
  }
  if (symptoms.gateway_tcp) return {"firewall on a gateway", "TcpBlocked", ""};
  if (symptoms.server_ping)
    return {std::string(hop::kServerRoute) + ", " + hop::kVpcLink + " or a firewall on the servers",
            "ServersCutOff", ""};
  return {std::string(hop::kRouted) + ", or a firewall on the servers", "RoutedTcpBlocked", ""};
}

const TunnelPeerFacts* peer_of(const TunnelFacts& tunnel, const std::string& key) {
  const auto found = std::find_if(tunnel.peers.begin(), tunnel.peers.end(),
                                  [&](const TunnelPeerFacts& peer) { return peer.public_key == key; });
  return found == tunnel.peers.end() ? nullptr : &*found;
}

void add_certain(EndFinding& out, Cause cause) {
  out.causes.insert(cause);
  out.certain.insert(cause);
}

const DesiredPeer* wanted_peer(const EndLook& look) {
  const auto& peers = look.desired->peers;
  const auto wanted = std::find_if(peers.begin(), peers.end(), [&](const DesiredPeer& peer) {
    return peer.public_key == look.remote_key;
  });
  return wanted == peers.end() ? nullptr : &*wanted;
}

void find_in_firewall(EndFinding& out, const EndLook& look) {
  if (!look.remote_network || !look.gateway->ufw || !look.gateway->ufw->active) return;
  for (const Direction direction : {Direction::In, Direction::Out}) {
    if (denies_routed(*look.gateway->ufw, direction, *look.remote_network))
      add_certain(out, Cause::RoutedDenied);
  }
}

void find_in_tunnel(EndFinding& out, const EndLook& look) {
  const TunnelFacts& tunnel = *look.gateway->tunnel;
  if (tunnel.public_key != look.desired->public_key) add_certain(out, Cause::OwnKeyWrong);
  const DesiredPeer* wanted = wanted_peer(look);
  if (wanted == nullptr) return;
  // The digest is of all peers together: with several, the key of this one is under suspicion only.
  if (peer_diff(*look.desired, tunnel).preshared_keys) out.causes.insert(Cause::PresharedKeyWrong);
  const TunnelPeerFacts* peer = peer_of(tunnel, look.remote_key);
  if (peer == nullptr) return add_certain(out, Cause::PeerKeyMissing);
  if (peer->has_preshared_key != wanted->preshared_key.has_value())
    out.causes.insert(Cause::PresharedKeyWrong);
  if (wanted->endpoint && wanted->endpoint != peer->endpoint) out.causes.insert(Cause::EndpointWrong);
  const bool all_allowed =
      std::all_of(wanted->allowed_ips.begin(), wanted->allowed_ips.end(), [&](const Cidr& network) {
        return std::find(peer->allowed_ips.begin(), peer->allowed_ips.end(), network) !=
               peer->allowed_ips.end();
      });
  if (!all_allowed) out.causes.insert(Cause::AllowedIpsWrong);
  const bool reaches_nothing =
      look.remote_network && std::none_of(peer->allowed_ips.begin(), peer->allowed_ips.end(),
                                          [&](const Cidr& c) { return c.overlaps(*look.remote_network); });
  if (reaches_nothing) out.certain.insert(Cause::AllowedIpsWrong);
  if (look.received_before)
    out.received = peer->received > *look.received_before ? Flow::Grows : Flow::StandsStill;
}

}  // namespace

Diagnosis diagnose(const EdgeSymptoms& symptoms, const EndFinding& a, const EndFinding& b) {
  for (const CauseRow& row : kCauses) {
    if (row.breaks == ProbePath::Servers && symptoms.gateways()) continue;
    for (const EndFinding* end : {&a, &b}) {
      if (end->causes.contains(row.cause)) return {row.hop, row.reason, end->site};
    }
  }
  return by_symptoms(symptoms, a, b);
}

std::optional<Diagnosis> certain_break(const EndFinding& a, const EndFinding& b,
                                       const std::set<std::string>& sending) {
  for (const CauseRow& row : kCauses) {
    for (const EndFinding* end : {&a, &b}) {
      if (!end->certain.contains(row.cause)) continue;
      // Of the network behind a peer; its gateways still reach one another.
      const bool of_servers = row.breaks == ProbePath::Servers || row.cause == Cause::AllowedIpsWrong;
      const bool stops = row.breaks == ProbePath::Servers ? sending.contains(end->site) : !sending.empty();
      if (!of_servers || stops) return Diagnosis{row.hop, row.reason, end->site};
    }
  }
  return std::nullopt;
}

EndFinding find_causes(const EndLook& look) {
  EndFinding out{look.site};
  out.looked = look.gateway != nullptr;
  add_causes(out.causes, kOfGateway, look.gateway_drift);
  add_causes(out.causes, kOfServer, look.server_drift);
  if (look.server_without_vpc) out.causes.insert(Cause::ServerVpcLinkDown);
  if (look.gateway == nullptr || look.desired == nullptr) return out;
  for (const auto& [kind, cause] : kOfGateway) {
    const bool certain = std::find(kCertain.begin(), kCertain.end(), kind) != kCertain.end();
    if (certain && contains(look.gateway_drift, kind)) add_certain(out, cause);
  }
  // The package takes its interface down when it is removed, but one that was made otherwise may be left.
  const bool removed = contains(look.gateway_drift, DriftKind::WireGuardMissing) &&
                       find_link(*look.gateway, host_paths::kTunnelInterface) == nullptr;
  if (removed) add_certain(out, Cause::InterfaceMissing);
  find_in_firewall(out, look);
  if (look.gateway->tunnel) find_in_tunnel(out, look);
  return out;
}

}  // namespace vpcp
