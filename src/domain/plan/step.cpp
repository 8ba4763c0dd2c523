#include "domain/plan/step.h"

namespace vpcp {

const char* to_string(DriftKind kind) {
  switch (kind) {
    case DriftKind::VpcMissing:
      return "VpcMissing";
    case DriftKind::VpcDescriptionChanged:
      return "VpcDescriptionChanged";
    case DriftKind::InstanceMissing:
      return "InstanceMissing";
    case DriftKind::InstanceStopped:
      return "InstanceStopped";
    case DriftKind::InstanceDetached:
      return "InstanceDetached";
    case DriftKind::InstanceTwin:
      return "InstanceTwin";
    case DriftKind::FirewallGroupMissing:
      return "FirewallGroupMissing";
    case DriftKind::FirewallGroupDetached:
      return "FirewallGroupDetached";
    case DriftKind::FirewallRulesChanged:
      return "FirewallRulesChanged";
    case DriftKind::TagsChanged:
      return "TagsChanged";
    case DriftKind::UserDataNotReplaced:
      return "UserDataNotReplaced";
    case DriftKind::NotBootstrapped:
      return "NotBootstrapped";
    case DriftKind::RebootRequired:
      return "RebootRequired";
    case DriftKind::HostKeyNotRotated:
      return "HostKeyNotRotated";
    case DriftKind::WireGuardMissing:
      return "WireGuardMissing";
    case DriftKind::UnitDisabled:
      return "UnitDisabled";
    case DriftKind::UnitMasked:
      return "UnitMasked";
    case DriftKind::InterfaceMissing:
      return "InterfaceMissing";
    case DriftKind::ConfigFileChanged:
      return "ConfigFileChanged";
    case DriftKind::ConfigFileExposed:
      return "ConfigFileExposed";
    case DriftKind::PeersChanged:
      return "PeersChanged";
    case DriftKind::PeerUnknown:
      return "PeerUnknown";
    case DriftKind::AllowedIpsOverlap:
      return "AllowedIpsOverlap";
    case DriftKind::TunnelKeyChanged:
      return "TunnelKeyChanged";
    case DriftKind::InterfaceAddressChanged:
      return "InterfaceAddressChanged";
    case DriftKind::InterfaceDown:
      return "InterfaceDown";
    case DriftKind::TunnelAddressDuplicate:
      return "TunnelAddressDuplicate";
    case DriftKind::MtuChanged:
      return "MtuChanged";
    case DriftKind::PeerRouteMissing:
      return "PeerRouteMissing";
    case DriftKind::RouteCaptured:
      return "RouteCaptured";
    case DriftKind::DefaultRouteChanged:
      return "DefaultRouteChanged";
    case DriftKind::ForwardingOff:
      return "ForwardingOff";
    case DriftKind::ReversePathFilter:
      return "ReversePathFilter";
    case DriftKind::SysctlFileChanged:
      return "SysctlFileChanged";
    case DriftKind::FirewallPortClosed:
      return "FirewallPortClosed";
    case DriftKind::FirewallRoutedDenied:
      return "FirewallRoutedDenied";
    case DriftKind::MssClampMissing:
      return "MssClampMissing";
    case DriftKind::ChangeNotConfirmed:
      return "ChangeNotConfirmed";
    case DriftKind::VpcNicDown:
      return "VpcNicDown";
    case DriftKind::ClockWrong:
      return "ClockWrong";
    case DriftKind::VpcNicRenamed:
      return "VpcNicRenamed";
    case DriftKind::ServerRouteMissing:
      return "ServerRouteMissing";
    case DriftKind::ServerRouteStale:
      return "ServerRouteStale";
    case DriftKind::NetplanChanged:
      return "NetplanChanged";
    case DriftKind::CloudInitNetworkEnabled:
      return "CloudInitNetworkEnabled";
    case DriftKind::LeftToRemove:
      return "LeftToRemove";
  }
  return "Unknown";
}

const char* expected_of(DriftKind kind) {
  switch (kind) {
    case DriftKind::VpcMissing:
      return "one VPC of the site, with our mark";
    case DriftKind::VpcDescriptionChanged:
      return "the declared description with our mark";
    case DriftKind::InstanceMissing:
      return "an instance of ours that plays this part";
    case DriftKind::InstanceStopped:
      return "the instance is powered on";
    case DriftKind::InstanceDetached:
      return "the instance is attached to the VPC of its site";
    case DriftKind::InstanceTwin:
      return "one instance of ours for each part";
    case DriftKind::FirewallGroupMissing:
      return "one firewall group of ours for the host";
    case DriftKind::FirewallGroupDetached:
      return "the instance has its firewall group";
    case DriftKind::FirewallRulesChanged:
      return "WireGuard from the other gateways and SSH from spec.sshSources, and no other rule";
    case DriftKind::TagsChanged:
      return "our tags, beside those of others";
    case DriftKind::UserDataNotReplaced:
      return "user-data without a key";
    case DriftKind::NotBootstrapped:
      return "the packages are up to date";
    case DriftKind::RebootRequired:
      return "the host runs what is installed";
    case DriftKind::HostKeyNotRotated:
      return "an SSH host key that never left the host";
    case DriftKind::WireGuardMissing:
      return "wg, wg-quick and nft are installed";
    case DriftKind::UnitDisabled:
      return "wg-quick@wg0 starts at boot";
    case DriftKind::UnitMasked:
      return "wg-quick@wg0 can be started";
    case DriftKind::InterfaceMissing:
      return "wg0 is there and answers";
    case DriftKind::ConfigFileChanged:
      return "/etc/wireguard/wg0.conf as we write it";
    case DriftKind::ConfigFileExposed:
      return "/etc/wireguard/wg0.conf is root's, mode 600: it holds the private key";
    case DriftKind::PeersChanged:
      return "the declared peers, port and keepalive on wg0";
    case DriftKind::PeerUnknown:
      return "declared peers on wg0, and no other";
    case DriftKind::AllowedIpsOverlap:
      return "every network belongs to the peer that it lies behind";
    case DriftKind::TunnelKeyChanged:
      return "wg0 has the gateway's own key";
    case DriftKind::InterfaceAddressChanged:
      return "wg0 has its tunnel address alone";
    case DriftKind::InterfaceDown:
      return "wg0 is up";
    case DriftKind::TunnelAddressDuplicate:
      return "a tunnel address is on wg0 of one gateway, and nowhere else";
    case DriftKind::MtuChanged:
      return "wg0 has the declared MTU";
    case DriftKind::PeerRouteMissing:
      return "the networks of peers are routed through wg0";
    case DriftKind::RouteCaptured:
      return "no narrower route inside a network of the peering";
    case DriftKind::DefaultRouteChanged:
      return "the default route leaves by the public interface";
    case DriftKind::ForwardingOff:
      return "net.ipv4.ip_forward is 1";
    case DriftKind::ReversePathFilter:
      return "rp_filter of wg0 is 2 (loose) or 0";
    case DriftKind::SysctlFileChanged:
      return "/etc/sysctl.d/99-vpcp.conf as we write it";
    case DriftKind::FirewallPortClosed:
      return "ufw lets the tunnel's port in";
    case DriftKind::FirewallRoutedDenied:
      return "ufw lets routed traffic in and out on wg0";
    case DriftKind::MssClampMissing:
      return "TCP's segment size is clamped to the tunnel's MTU";
    case DriftKind::ChangeNotConfirmed:
      return "no change waits to be undone";
    case DriftKind::VpcNicDown:
      return "the interface of the VPC is up";
    case DriftKind::ClockWrong:
      return "the host's clock is right to two minutes";
    case DriftKind::VpcNicRenamed:
      return "/etc/netplan/60-vpcp.yaml names the interface of the VPC as the system does";
    case DriftKind::ServerRouteMissing:
      return "the networks of the peering are routed to the site's gateway, and what was there is noted";
    case DriftKind::ServerRouteStale:
      return "no route of ours to what has left the peering";
    case DriftKind::NetplanChanged:
      return "/etc/netplan/60-vpcp.yaml as we write it";
    case DriftKind::CloudInitNetworkEnabled:
      return "cloud-init leaves the network's configuration alone";
    case DriftKind::LeftToRemove:
      return "nothing of ours that is not declared";
  }
  return "";
}

}  // namespace vpcp
