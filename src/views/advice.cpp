#include "views/advice.h"

#include <map>

namespace vpcp {

std::string advice_for(const std::string& reason) {
  static const std::map<std::string, std::string> kAdvice{
      // the object
      {"InvalidSpec", "correct the manifest as the message says and apply it again"},
      {"Suspended", "vpcpctl resume NAME lets the controller act again"},
      {"Planned", "spec.mode is Plan: set it to Reconcile to let the controller act"},
      // the cloud
      {"ApiKeyMissing", "give the controller VULTR_API_KEY, or name a Secret in spec.credentialsRef"},
      {"ApiKeyRefused", "make a new API key in Vultr's portal (Account, API) and replace the refused one"},
      {"NotPermitted",
       "let the key be used from the controller's address (Vultr's portal: API, Access Control)"},
      {"QuotaReached", "ask Vultr to raise the account's limit, or remove what is not needed"},
      {"OutOfCapacity", "choose another plan or region; the controller goes on trying"},
      {"PlanNotAvailable", "choose a plan that the region offers"},
      {"ImageNotAvailable", "write spec…os exactly as Vultr's list of systems names it"},
      {"RegionUnknown", "write a region id of Vultr's, such as ams"},
      {"NatGatewayMissing",
       "make a NAT gateway for the VPC in Vultr's portal, or give the server a public address"},
      {"CloudUnavailable", "wait: Vultr's API does not answer; hosts are looked after meanwhile"},
      {"VultrRateLimited",
       "wait: the controller slows down by itself; look who else uses the API from this address"},
      {"VpcOverlaps", "give the VPCs networks that do not overlap"},
      {"InstanceSuspended", "ask Vultr why the instance is suspended"},
      {"ServerNotFound", "correct instanceID, or take the server out of the spec"},
      {"ServerNotAttached", "attach the server to the site's VPC in Vultr's portal (it reboots)"},
      {"ServerDetached",
       "attach the server to the site's VPC again (it reboots), or delete it to have it made anew"},
      {"RecordDamaged", "restore the record's Secret from a backup; nothing is touched until then"},
      // hosts
      {"HostUnreachable",
       "look whether the instance runs and lets the controller reach port 22 (spec.sshSources, its own "
       "firewall)"},
      {"HostLoginRefused",
       "put the controller's public key back into root's authorized_keys, or correct the key in the Secret"},
      {"HostIdentityChanged",
       "find out why the host key changed; if it is right, put the new one into hostKey (existing servers) "
       "or delete the instance to have it made anew"},
      {"SshKeyMissing", "add the private key to the Secret that the spec names"},
      {"SelectedByAnother", "leave the server out of one of the two objects"},
      {"VpcInterfaceMissing", "configure the VPC's interface on the host as Vultr's portal shows it"},
      {"NetplanMissing", "install netplan on the server"},
      {"HostFileImmutable", "take the immutable flag off the file and its folder (chattr -i)"},
      {"HostDiskFull", "make room on the host"},
      {"HostFileSystemReadOnly", "find out why the host's file system is read-only, and mount it writable"},
      {"ChangeUndone",
       "look at the host's routes: what the controller changed would have cut it off; it tries again"},
      {"Fighting", "find the tool or person that changes it, and have one of the two leave it alone"},
      {"RouteCaptured", "delete the route, or choose networks that do not overlap it"},
      {"DefaultRouteChanged", "put back the default route of the public interface"},
      {"ClockWrong", "set the host's clock, and have it kept (timedatectl set-ntp true)"},
      {"UnsupportedSystem", "use Ubuntu 22.04 or later, or Debian 12"},
      {"PackageUpdateFailed", "look whether the host reaches its package mirror; the controller tries again"},
      // traffic
      {"TunnelDead",
       "look whether both gateways run, and whether 51820/udp passes between their public addresses"},
      {"TcpBlocked",
       "a firewall on one of the gateways drops TCP on wg0: allow it there (ufw allow in on wg0)"},
      {"RoutedTcpBlocked",
       "a firewall on one of the gateways drops routed TCP although pings pass: allow it there (ufw route "
       "allow in on wg0, and out on wg0)"},
      {"ServersCutOff", "look at the servers' routes and at net.ipv4.ip_forward of the gateways"},
      {"NoTraffic", "look at the server's own firewall and at its routes (ip route get ADDRESS)"},
      {"GatewayNotReachable", "nothing is known while a gateway cannot be asked; see its line"},
      {"NotVerified", "the controller has not probed lately: is it running?"},
      {"PassOverdue", "a pass of the controller hangs: look at its log and at the hosts it waits for"},
      {"LossHigh",
       "the path between the regions loses packets: ask Vultr, or raise verification.maxLossPercent"},
      {"RttHigh", "the path between the regions is slow: ask Vultr, or raise verification.maxRTTMillis"},
      {"Asymmetric", "one direction loses far more than the other: look at the load of that gateway"},
      {"GatewaySilent", "look whether the instance of the named site runs: neither probes nor SSH reach it"},
      {"OneWayPath",
       "packets pass one way only: look at firewalls before the receiving gateway, then ask Vultr"},
  };
  const auto found = kAdvice.find(reason);
  return found == kAdvice.end() ? "" : found->second;
}

}  // namespace vpcp
