#include "views/edge_blame.h"

#include <map>

namespace vpcp {
namespace {

constexpr EdgeBlame kEndOfTunnel{Suspect::Yes, Suspect::No, false};
constexpr EdgeBlame kBetween{Suspect::No, Suspect::No, false};
constexpr EdgeBlame kAtGateway{Suspect::Yes, Suspect::No, true};
/// Of the site's servers; the status does not say which.
constexpr EdgeBlame kAtServers{Suspect::No, Suspect::Maybe, true};

Suspect at_end(const EdgeStatus& edge, const std::string& site, Suspect EdgeBlame::*place) {
  if (edge.health != EdgeHealth::Down || (site != edge.from && site != edge.to)) return Suspect::No;
  if (!edge.at.empty() && edge.at != site) return Suspect::No;
  const auto blame = blame_of(edge.reason);
  return blame ? (*blame).*place : Suspect::No;
}

}  // namespace

std::optional<EdgeBlame> blame_of(const std::string& reason) {
  static const std::map<std::string, EdgeBlame> kBlames{
      {"GatewayOff", kEndOfTunnel},
      {"GatewaySilent", kEndOfTunnel},
      {"InterfaceMissing", kEndOfTunnel},
      {"InterfaceDown", kEndOfTunnel},
      {"PrivateKeyDiffers", kEndOfTunnel},
      {"PeerMissing", kEndOfTunnel},
      {"PresharedKeyDiffers", kEndOfTunnel},
      {"EndpointDiffers", kEndOfTunnel},
      {"PortClosed", kEndOfTunnel},
      {"CloudFirewallDiffers", kEndOfTunnel},
      {"AllowedIpsDiffer", kEndOfTunnel},
      {"TunnelAddressDuplicate", kEndOfTunnel},
      {"DefaultRouteDiffers", kEndOfTunnel},
      {"TunnelDead", kBetween},
      {"OneWayPath", kBetween},
      {"TunnelRouteMissing", kAtGateway},
      {"TunnelRouteCaptured", kAtGateway},
      {"ForwardingOff", kAtGateway},
      {"ReversePathFilter", kAtGateway},
      {"RoutedDenied", kAtGateway},
      {"GatewayVpcLinkDown", kAtGateway},
      {"TcpBlocked", kAtGateway},
      {"ServerVpcLinkDown", kAtServers},
      {"ServerRouteMissing", kAtServers},
      {"ServerRouteCaptured", kAtServers},
      {"ServersCutOff", {Suspect::Maybe, Suspect::Yes, true}},
      {"RoutedTcpBlocked", {Suspect::Yes, Suspect::Maybe, true}}};
  const auto found = kBlames.find(reason);
  return found == kBlames.end() ? std::nullopt : std::optional(found->second);
}

Suspect gateway_suspect(const EdgeStatus& edge, const std::string& site) {
  return at_end(edge, site, &EdgeBlame::gateway);
}

Suspect server_suspect(const EdgeStatus& edge, const std::string& site) {
  return at_end(edge, site, &EdgeBlame::server);
}

std::string degraded_fact(const std::string& reason) {
  static const std::map<std::string, std::string> kFacts{
      {"LossHigh", "packets cross it, and too many are lost"},
      {"Asymmetric", "packets cross it, and too many of one direction are lost"},
      {"RttHigh", "packets cross it, and take too long"},
      {"MtuTooSmall", "small packets cross it, large ones do not"}};
  const auto found = kFacts.find(reason);
  return found == kFacts.end() ? "" : found->second;
}

}  // namespace vpcp
