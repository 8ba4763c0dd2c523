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
    case DriftKind::InterfaceMissing:
      return "InterfaceMissing";
    case DriftKind::ConfigFileChanged:
      return "ConfigFileChanged";
    case DriftKind::PeersChanged:
      return "PeersChanged";
    case DriftKind::InterfaceAddressChanged:
      return "InterfaceAddressChanged";
    case DriftKind::MtuChanged:
      return "MtuChanged";
    case DriftKind::PeerRouteMissing:
      return "PeerRouteMissing";
    case DriftKind::ForwardingOff:
      return "ForwardingOff";
    case DriftKind::SysctlFileChanged:
      return "SysctlFileChanged";
    case DriftKind::FirewallPortClosed:
      return "FirewallPortClosed";
    case DriftKind::FirewallRoutedDenied:
      return "FirewallRoutedDenied";
    case DriftKind::MssClampMissing:
      return "MssClampMissing";
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

}  // namespace vpcp
