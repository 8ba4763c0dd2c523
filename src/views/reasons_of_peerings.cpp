// Reasons in the status of an object: of its conditions, hosts and edges.
#include "views/reason_tables.h"

namespace vpcp {

ReasonGroup reasons_of_good_health() {
  return {"All is well",
          "Of conditions that are as they shall be, and of an edge that is `Up`.",
          {{"Accepted", "the spec makes sense", ""},
           {"NetworksReady", "every site has its VPC", ""},
           {"GatewaysReady", "every gateway is as declared", ""},
           {"Verified", "packets crossed the edge, or every edge, within the last interval", ""},
           {"ServersRouted", "every server has its routes, and is answered", ""},
           {"AsPinned", "every host has shown the SSH host key that is known of it", ""},
           {"Ready", "all of the above", ""}}};
}

ReasonGroup reasons_of_objects() {
  return {"The object",
          "Of `Accepted`, `Ready` and any condition that waits for a step; also in the log.",
          {{"InvalidSpec", "the spec makes no sense, or may not change like this; nothing is touched",
            "correct the manifest as the message says and apply it again"},
           {"SpecUnreadable",
            "the object has a value that this version cannot read; nothing is touched, nor removed",
            "correct the value, or run the version of the controller that knows it"},
           {"Changing", "steps are due and are being carried out", "wait: the controller is at it"},
           {"Suspended", "steps are due and are not carried out, because spec.suspend is set",
            "vpcpctl resume NAME lets the controller act again"},
           {"ReadySuspended",
            "all is in place; the controller looks, and would not act, because spec.suspend is set",
            "vpcpctl resume NAME lets the controller act again"},
           {"Planned", "steps are due and are not carried out; status.plan has them",
            "spec.mode is Plan: vpcpctl plan NAME shows all of it, mode Reconcile has it done"},
           {"PassOverdue", "hosts and cloud have not been looked at for three intervals, a minute at least",
            "a pass of the controller hangs: look at its log and at the hosts it waits for"},
           {"StatusOutdated",
            "shown by vpcpctl: the controller that wrote this status has not looked at the edges since, for "
            "two intervals and five minutes at least",
            "start vpc-peering-controller, or look at its log for why it does not look or write"},
           {"RecordDamaged", "the keys and ids of the object cannot be read",
            "restore the record's Secret from a backup; nothing is touched until then"},
           {"RestoreRefused", "spec.restoreFrom names no Secret, or the record of an object that still lives",
            "correct spec.restoreFrom, or copy the other object's record into a Secret of another name, and "
            "then delete that object with deletionPolicy: Retain"},
           {"InternalError", "a bug in the controller ended the pass; the next one begins anew",
            "report it with the output of vpcpctl support-bundle"}}};
}

ReasonGroup reasons_of_networks() {
  return {"Networks",
          "Of `NetworksReady`.",
          {{"VpcMissing", "the VPC of a site does not exist yet", "wait: the controller is at it"},
           {"VpcNotFound", "the VPC that vpc.id names does not exist",
            "correct vpc.id, or, for a site that was never up, leave it out to have a VPC created"},
           {"VpcInOtherRegion", "the VPC that vpc.id names is in another region than the site",
            "correct vpc.id or the region of the site"},
           {"VpcCidrChanged", "the VPC has another network than the spec or the object says",
            "write the network that the VPC has into vpc.cidr; a VPC's network cannot be changed"},
           {"VpcNotPrivate", "the network of the VPC is not a private one (RFC 1918)",
            "name a VPC with a private network"},
           {"VpcOverlaps", "the network of the VPC overlaps another site's or the tunnel's",
            "give the VPCs networks that do not overlap"},
           {"CloudInconsistent",
            "an instance exists, but the cloud's list does not show it; nothing is concluded",
            "wait: the controller looks again"}}};
}

ReasonGroup reasons_of_hosts() {
  return {
      "Hosts",
      "Of `GatewaysReady` and `ServersRouted` (the message begins with the host), and in `unhealthyServers`.",
      {{"InstanceMissing", "its instance does not exist yet", "wait: the controller is at it"},
       {"InstanceNotRunning", "its instance is not running yet", "wait: the controller is at it"},
       {"InstanceSuspended", "Vultr has suspended the instance",
        "ask Vultr why the instance is suspended: see its ticket, or the billing page"},
       {"InstanceStuck", "Vultr has been making the instance for more than 15 minutes",
        "look at the instance's console at Vultr; delete it there, and the controller makes it anew"},
       {"Preparing", "it waits for cloud-init, for packages or for a reboot",
        "wait: the controller is at it"},
       {"NotReachable", "it has no address or key yet, or has not been looked at",
        "wait: it is looked at as soon as it has an address"},
       {"HostUnreachable", "no SSH connection to it, or it broke",
        "look whether the instance runs and lets the controller reach port 22 (spec.sshSources, its own "
        "firewall)"},
       {"CommandTimedOut", "it accepted a connection and did not finish a command in time",
        "look at the host's load and disk; the controller tries again"},
       {"CommandFailed", "a command on the host failed; the message has what it said, without keys",
        "do what the message asks for; the controller tries again"},
       {"HostReportUnreadable", "what the host told of itself cannot be understood",
        "log in and look what prints more than it should (a login script), or which tool is missing"},
       {"HostLoginRefused", "our key is not accepted",
        "an existing server: correct the key in the Secret; one that was created: restore "
        "/root/.ssh/authorized_keys by the web console; a gateway may be deleted instead, and is made anew "
        "(so "
        "is a server that was created, but without what is on its disk)"},
       {"HostIdentityChanged", "it showed another SSH host key than the pinned one; nothing was sent to it",
        "find out why the host key changed; if it is right, put the new one into hostKey (existing servers) "
        "or delete the instance to have it made anew"},
       {"SshKeyMissing",
        "the Secret of ssh.privateKeyRef or its key does not exist, or was refused as readable by others",
        "add the private key to the Secret that the spec names"},
       {"ServerNotFound", "the instanceID of the spec does not exist",
        "correct instanceID, or take the server out of the spec"},
       {"ServerNotAttached", "the server of the spec is not in the site's VPC",
        "attach the server to the site's VPC in Vultr's portal (it reboots)"},
       {"ServerDetached",
        "a server that we created lost its VPC; it is not deleted for you, since its data would be lost",
        "attach the server to the site's VPC again (it reboots), or delete it to have it made anew"},
       {"SelectedByAnother", "another VPCPeering routes this server already",
        "leave the server out of one of the two objects"},
       {"ServerSelectedTwice",
        "a server is named by instanceID and chosen by a tag or by two sites; the first of them has it",
        "select every server once"},
       {"UnsupportedSystem", "it runs another system than the supported ones; nothing was changed",
        "use Ubuntu 22.04, 24.04 or Debian 12"},
       {"PackageUpdateFailed", "packages could not be updated; the message has the end of the log",
        "look whether the host reaches its package mirror; the controller tries again"},
       {"VpcInterfaceMissing", "no network interface of the server has its VPC address",
        "configure the VPC's interface on the host as Vultr's portal shows it"},
       {"NetplanMissing", "the server has no netplan", "install netplan on the server"},
       {"HostFileImmutable", "a file of ours cannot be written: it is immutable; it is as it was",
        "take the immutable flag off the file and its folder (chattr -i)"},
       {"HostDiskFull", "a file of ours cannot be written: no room; it is as it was",
        "make room on the host"},
       {"HostFileSystemReadOnly", "a file of ours cannot be written: the file system is read-only",
        "find out why the host's file system is read-only, and mount it writable"},
       {"ChangeUndone", "a change was not confirmed over a new connection, and the host has taken it back",
        "look at the host's routes and its firewall: what the controller changed would have cut it off; it "
        "tries again"},
       {"Fighting", "somebody else changes what the controller repairs; it goes on repairing every 2 minutes",
        "find the tool or person that changes it, and have one of the two leave it alone"},
       {"RouteCaptured",
        "a route of somebody else captures a part of a peer's network, and is not ours to delete",
        "delete the route, or choose networks that do not overlap it"},
       {"DefaultRouteChanged", "the default route does not leave by the public interface",
        "put back the default route of the public interface"},
       {"WireGuardMissing",
        "WireGuard or nftables are not installed on the gateway, and the package update installs "
        "them",
        "wait for it; if it fails, the reason is PackageUpdateFailed"},
       {"ClockWrong", "the host's clock is off by more than two minutes",
        "set the host's clock, and have it kept (timedatectl set-ntp true)"},
       {"NoTraffic", "nothing that the server sends to the other sites is answered",
        "look at the server's own firewall and at its routes (ip route get ADDRESS)"}}};
}

ReasonGroup reasons_of_traffic() {
  const char* repaired = "wait: the controller puts it back; vpcpctl drift NAME tells whether it comes again";
  return {
      "Edges",
      "Of an edge and of `TunnelsUp`. `hop` and `at` of the edge say where it is broken.",
      {{"NotProbedYet", "no probe was made since the controller runs",
        "wait: the first probes are on their way"},
       {"NotVerified", "no packet is known to have crossed it lately",
        "the controller has not probed lately: is it running?"},
       {"GatewayNotReachable", "a side could not be asked for two intervals and 4 seconds",
        "look whether the gateway runs and lets the controller reach port 22; its own line says why it does "
        "not answer"},
       {"ProbeReportUnreadable", "what a gateway told of its probes cannot be understood",
        "log in to the gateway and look what prints more than it should (a login script)"},
       {"LossHigh", "more probes are lost than verification.maxLossPercent allows",
        "the path between the regions loses packets: ask Vultr, or raise verification.maxLossPercent"},
       {"RttHigh", "round trips take longer than verification.maxRTTMillis allows",
        "the path between the regions is slow: ask Vultr, or raise verification.maxRTTMillis"},
       {"Asymmetric", "one direction loses much, the other little",
        "one direction loses far more than the other: look at the load of that gateway"},
       {"MtuTooSmall", "the path between the regions carries no packet as large as the tunnel's MTU",
        "set spec.tunnel.mtu to at most the edge's pathMTU, or leave it out: then it is lowered by itself, "
        "to 1280 at the least"},
       {"GatewayOff", "the instance of the gateway is stopped", "wait: the controller starts it"},
       {"GatewaySilent", "neither probes nor SSH reach the gateway",
        "look whether the instance of the named site runs: neither probes nor SSH reach it"},
       {"OneWayPath", "packets arrive in one direction only",
        "packets pass one way only: look at firewalls before the receiving gateway, then ask Vultr"},
       {"TunnelDead", "nothing crosses the tunnel, and nothing is found wrong on the hosts",
        "look whether both gateways run, and whether 51820/udp passes between their public addresses"},
       {"TcpBlocked", "pings cross between the gateways, TCP does not",
        "a firewall on one of the gateways drops TCP on wg0: allow it there (ufw allow in on wg0)"},
       {"RoutedTcpBlocked", "pings cross between the servers, TCP does not",
        "a firewall on one of the gateways drops routed TCP although pings pass: allow it there (ufw route "
        "allow in on wg0, and out on wg0)"},
       {"ServersCutOff", "the tunnel works, and nothing crosses between the servers",
        "look at the servers' routes and at net.ipv4.ip_forward of the gateways"},
       {"InterfaceMissing", "wg0 is gone, or does not answer", repaired},
       {"InterfaceDown", "somebody has taken wg0 down", repaired},
       {"PrivateKeyDiffers", "wg0 runs with another private key", repaired},
       {"PeerMissing", "wg0 lacks the other gateway's key", repaired},
       {"PresharedKeyDiffers", "the two gateways have not the same preshared key", repaired},
       {"EndpointDiffers", "wg0 sends to another address than the other gateway's", repaired},
       {"AllowedIpsDiffer", "wg0 does not accept the other site's network from its gateway", repaired},
       {"TunnelRouteMissing", "the other site's network is not routed through wg0", repaired},
       {"TunnelRouteCaptured",
        "a narrower route on the gateway leads a part of the other site's network elsewhere", repaired},
       {"TunnelAddressDuplicate", "the gateway has a tunnel address that is another gateway's", repaired},
       {"DefaultRouteDiffers", "another default route wins on the gateway: it does not reach the other one",
        repaired},
       {"ReversePathFilter", "rp_filter of the gateway drops what comes through wg0", repaired},
       {"PortClosed", "ufw on the gateway denies the tunnel's port", repaired},
       {"CloudFirewallDiffers", "the gateway's firewall group in the cloud is not as declared", repaired},
       {"RoutedDenied", "ufw on the gateway denies routed traffic", repaired},
       {"ForwardingOff", "net.ipv4.ip_forward of the gateway is 0", repaired},
       {"GatewayVpcLinkDown", "the VPC's interface of the gateway is down", repaired},
       {"ServerVpcLinkDown", "the VPC's interface of the server is down", repaired},
       {"ServerRouteMissing", "the server has no route to the other site", repaired},
       {"ServerRouteCaptured",
        "a narrower route on the server leads a part of the other site's network elsewhere",
        "delete that route on the server (vpcpctl drift NAME names it), unless it is meant: on a server that "
        "was there before it is left alone"}}};
}

ReasonGroup reasons_of_deletions() {
  return {
      "Deletion",
      "`Deleting` is the reason of `Ready`; its message begins with one of the phases below it.",
      {{"Deleting", "the object is being deleted", "wait: the controller is at it"},
       {"Waiting", "the deletion waits for what the message names", "do what the message asks for"},
       {"RestoringServers", "servers that existed are given back what they had",
        "wait; a server that is gone for good holds it up: take it out of Vultr"},
       {"WaitingForLostCreate", "a resource may still turn up whose creation was not answered",
        "wait: 5 minutes at most"},
       {"DeletingInstances", "instances that we created are being deleted", "wait: the controller is at it"},
       {"DeletingFirewallGroups", "instances are gone, firewall groups follow",
        "wait: the controller is at it"},
       {"DeletingVpcs", "firewall groups are gone, VPCs follow",
        "wait: Vultr keeps a VPC for minutes after its last instance"}}};
}

}  // namespace vpcp
