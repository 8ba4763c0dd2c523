#include "domain/host/gateway_plan.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "domain/host/bootstrap.h"
#include "domain/host/commands.h"
#include "domain/host/file_check.h"
#include "domain/host/firewall_check.h"
#include "domain/host/host_files.h"
#include "domain/host/paths.h"
#include "domain/host/way_check.h"
#include "domain/wireguard/config.h"
#include "domain/wireguard/peer_diff.h"

namespace vpcp {
namespace {

using namespace host_paths;

constexpr seconds kInstallLookAgain{2};
constexpr int kStrict = 1;  ///< Of rp_filter.

/// A rule that is there and denies makes ours the first one; one that is missing, the last. Guarded, as a
/// change of what may let us in.
void plan_rule(PlanBuilder& plan, DriftKind kind, RuleState state, const std::string& what,
               const std::string& token, const std::function<Command(const std::string&, RulePlace)>& allow) {
  switch (state) {
    case RuleState::Works:
      return;
    case RuleState::Missing:
      return plan.add_guarded(kind, "no ufw rule allows " + what, "Allow " + what + " in ufw",
                              allow(token, RulePlace::Last), token);
    case RuleState::Denied:
      return plan.add_guarded(kind, "a ufw rule denies " + what, "Allow " + what + " before other ufw rules",
                              allow(token, RulePlace::First), token);
  }
}

void plan_firewall(PlanBuilder& plan, const DesiredGateway& desired, const HostFacts& facts) {
  if (!facts.ufw || !facts.ufw->active) return;
  plan_rule(plan, DriftKind::FirewallPortClosed, port_rule_state(*facts.ufw, desired.listen_port),
            std::to_string(desired.listen_port) + "/udp", "ufw-port",
            [&](const std::string& token, RulePlace place) {
              return allow_port_command(token, place, desired.listen_port);
            });
  for (const Direction direction : {Direction::In, Direction::Out}) {
    const std::string word = direction == Direction::In ? "in" : "out";
    plan_rule(plan, DriftKind::FirewallRoutedDenied, routed_rule_state(*facts.ufw, direction, desired.peers),
              "routed traffic " + word + " on " + kTunnelInterface, "ufw-" + word,
              [&](const std::string& token, RulePlace place) {
                return allow_routed_command(token, place, direction);
              });
  }
}

bool belongs_to_a_peer(const DesiredGateway& desired, Ipv4 address) {
  return std::any_of(desired.peers.begin(), desired.peers.end(), [&](const DesiredPeer& peer) {
    const auto& networks = peer.allowed_ips;
    return std::find(networks.begin(), networks.end(), Cidr::host(address)) != networks.end();
  });
}

/// A tunnel address on another interface answers in the place of the gateway whose it is.
void plan_addresses_elsewhere(PlanBuilder& plan, const DesiredGateway& desired, const HostFacts& facts) {
  for (const LinkFacts& link : facts.links) {
    if (link.name == kTunnelInterface) continue;
    for (const InterfaceAddress& address : link.addresses) {
      const bool taken =
          address.address == desired.tunnel_address || belongs_to_a_peer(desired, address.address);
      if (!taken) continue;
      plan.add(DriftKind::TunnelAddressDuplicate,
               link.name + " has the tunnel address " + address.address.str(),
               "Take " + address.address.str() + " off " + link.name,
               {delete_address_command(address, link.name)});
    }
  }
}

void plan_address(PlanBuilder& plan, const DesiredGateway& desired, const LinkFacts& link) {
  const InterfaceAddress wanted{desired.tunnel_address, desired.tunnel_network.prefix};
  std::vector<Command> commands;
  DriftKind kind = DriftKind::InterfaceAddressChanged;
  for (const InterfaceAddress& address : link.addresses) {
    if (address == wanted) continue;
    commands.push_back(delete_address_command(address, kTunnelInterface));
    if (belongs_to_a_peer(desired, address.address)) kind = DriftKind::TunnelAddressDuplicate;
  }
  const bool there = std::find(link.addresses.begin(), link.addresses.end(), wanted) != link.addresses.end();
  if (there && commands.empty()) return;
  // Deleting a primary address may take its secondaries along: ours goes on before and after.
  const Command ours = tunnel_address_command(wanted.address, wanted.prefix);
  commands.insert(commands.begin(), ours);
  if (commands.size() > 1) commands.push_back(ours);
  const std::string text = wanted.address.str() + "/" + std::to_string(wanted.prefix);
  plan.add(kind,
           kind == DriftKind::TunnelAddressDuplicate ? std::string("wg0 has another gateway's address")
           : there                                   ? std::string("wg0 has a foreign address")
                                                     : "wg0 lacks its address " + text,
           "Give wg0 the address " + text + " alone", std::move(commands));
}

void plan_link(PlanBuilder& plan, const DesiredGateway& desired, const HostFacts& facts) {
  const LinkFacts* link = find_link(facts, kTunnelInterface);
  if (link == nullptr) return;
  plan_address(plan, desired, *link);
  if (!link->up) {
    plan.add(DriftKind::InterfaceDown, "wg0 is down", "Take wg0 up", {tunnel_mtu_command(desired.mtu)});
  } else if (link->mtu != desired.mtu) {
    plan.add(DriftKind::MtuChanged, "the MTU of wg0 is " + std::to_string(link->mtu),
             "Set the MTU of wg0 to " + std::to_string(desired.mtu), {tunnel_mtu_command(desired.mtu)});
  }
}

/// What the peers must be reached through wg0 for, beyond what its own address covers.
std::vector<Cidr> wanted_routes(const DesiredGateway& desired) {
  std::vector<Cidr> out;
  for (const DesiredPeer& peer : desired.peers) {
    for (const Cidr& network : peer.allowed_ips) {
      if (!desired.tunnel_network.contains(network)) out.push_back(network);
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Content is right, owner or mode are not.
bool is_exposed(const HostFile& file, const HostFacts& facts) {
  const auto found = facts.files.find(file.path);
  return found != facts.files.end() && found->second.sha256 == file.sha256;
}

/// The destinations whose first route, the one of the lowest metric, leads into the tunnel. Sorted.
std::vector<Cidr> routed_by_tunnel(const HostFacts& facts) {
  std::vector<const RouteFacts*> routes;
  routes.reserve(facts.routes.size());
  for (const RouteFacts& route : facts.routes) routes.push_back(&route);
  std::stable_sort(routes.begin(), routes.end(), [](const RouteFacts* a, const RouteFacts* b) {
    return std::tie(a->destination, a->metric) < std::tie(b->destination, b->metric);
  });
  std::vector<Cidr> out;
  const RouteFacts* before = nullptr;
  for (const RouteFacts* route : routes) {
    const bool first = before == nullptr || before->destination != route->destination;
    if (first && route->dev == kTunnelInterface && !route->via) out.push_back(route->destination);
    before = route;
  }
  return out;
}

/// Of all that lies behind the tunnel.
void plan_captured(PlanBuilder& plan, const DesiredGateway& desired, std::vector<Cidr> networks,
                   const HostFacts& facts) {
  networks.push_back(desired.tunnel_network);
  const RightWay way{kTunnelInterface, {}, HostOrigin::Created};
  plan_captured_routes(plan, network_in(networks), way, routes_astray(facts, way));
}

void plan_routes(PlanBuilder& plan, const DesiredGateway& desired, std::vector<Cidr> wanted,
                 const HostFacts& facts) {
  // The route that came with the address can be deleted by itself; where the address is missing or the
  // interface is down, it comes back with them.
  const LinkFacts* own = find_link_with(facts, desired.tunnel_address);
  if (own != nullptr && own->name == kTunnelInterface && own->up) {
    wanted.insert(std::lower_bound(wanted.begin(), wanted.end(), desired.tunnel_network),
                  desired.tunnel_network);
  }
  const auto routed = routed_by_tunnel(facts);
  for (const Cidr& network : wanted) {
    if (std::binary_search(routed.begin(), routed.end(), network)) continue;
    plan.add(DriftKind::PeerRouteMissing, network.str() + " is not routed through wg0",
             "Route " + network.str() + " through wg0", {tunnel_route_command(network)});
  }
  for (const RouteFacts& route : facts.routes) {
    if (route.dev != kTunnelInterface || route.of_kernel) continue;
    const bool ours = std::binary_search(wanted.begin(), wanted.end(), route.destination) ||
                      desired.tunnel_network.contains(route.destination);
    if (ours) continue;
    plan.add(
        DriftKind::PeersChanged, route.destination.str() + " is routed through wg0 and belongs to no peer",
        "Delete the route to " + route.destination.str(), {delete_tunnel_route_command(route.destination)});
  }
}

/// Two gateways that meet within the time that a packet travels send each other a first handshake message at
/// once. Each then drops the other's answer, as WireGuard's state machine says, and tries again only after
/// 5 s, often at the same moment again. So of two, the one with the greater key comes later than the longest
/// way between two regions.
milliseconds pause_before(const DesiredGateway& desired,
                          const std::function<bool(const DesiredPeer&)>& is_new) {
  constexpr milliseconds kLongestWay{250};
  constexpr std::ptrdiff_t kMostPauses = 4;  // Beyond this a retry is cheaper.
  const auto before = std::count_if(desired.peers.begin(), desired.peers.end(), [&](const DesiredPeer& peer) {
    return peer.public_key < desired.public_key && is_new(peer);
  });
  return kLongestWay * std::min(before, kMostPauses);
}

/// By what is worst about it: one command puts all of it right.
DriftKind kind_of(const PeerDiff& diff) {
  if (diff.private_key) return DriftKind::TunnelKeyChanged;
  if (!diff.overlaps.empty()) return DriftKind::AllowedIpsOverlap;
  return diff.unknown.empty() ? DriftKind::PeersChanged : DriftKind::PeerUnknown;
}

void plan_running_tunnel(PlanBuilder& plan, const DesiredGateway& desired, const HostFacts& facts) {
  const PeerDiff diff = peer_diff(desired, *facts.tunnel);
  if (facts.rp_filter == kStrict) {
    plan.add(DriftKind::ReversePathFilter, "rp_filter of wg0 is strict: it drops what takes another way back",
             "Let wg0 take packets by any way", {loose_reverse_path_command()});
  }
  if (!diff.empty()) {
    const auto is_missing = [&](const DesiredPeer& peer) {
      return std::find(diff.missing.begin(), diff.missing.end(), peer.name) != diff.missing.end();
    };
    plan.add(kind_of(diff), diff.str(), "Set the peers of wg0",
             {sync_tunnel_command(render_syncconf(desired), pause_before(desired, is_missing))});
  }
  plan_link(plan, desired, facts);
}

void plan_clamp(PlanBuilder& plan, const HostFacts& facts) {
  const HostFile& file = mss_file();
  if (const auto why = file_difference(file, facts)) {
    plan.add(DriftKind::MssClampMissing, *why, "Write and load " + file.path,
             {write_file_command(file), load_nft_command(file.path)});
  } else if (!facts.mss_clamp_loaded) {
    plan.add(DriftKind::MssClampMissing, "the MSS clamp is not loaded", "Load " + file.path,
             {load_nft_command(file.path)});
  }
}

void plan_file(PlanBuilder& plan, DriftKind kind, const HostFile& file, const HostFacts& facts) {
  if (const auto why = file_difference(file, facts)) {
    plan.add(kind, *why, "Write " + file.path, {write_file_command(file)});
  }
}

void plan_unit(PlanBuilder& plan, const HostFacts& facts) {
  if (facts.unit.masked) {
    plan.add(DriftKind::UnitMasked, "wg-quick@wg0 is masked", "Unmask and enable wg-quick@wg0",
             {unmask_tunnel_command(), enable_tunnel_command()});
  } else if (!facts.unit.enabled) {
    plan.add(DriftKind::UnitDisabled, "wg-quick@wg0 does not start at boot", "Enable wg-quick@wg0",
             {enable_tunnel_command()});
  }
}

}  // namespace

HostPlan plan_gateway_host(const DesiredGateway& desired, const HostFacts& facts, const std::string& lane) {
  PlanBuilder plan(lane);
  if (!is_supported_system(facts)) {
    HostPlan refused;
    refused.blocked = unsupported_system(facts);
    return refused;
  }
  constexpr const char* kNotInstalled = "WireGuard or nftables are not installed";
  if (plan_bootstrap(plan, Bootstrap::Gateway, facts) == Ready::NotYet) {
    if (!facts.wireguard_installed)
      plan.report(DriftKind::WireGuardMissing, kNotInstalled,
                  {"the package update installs them", false, true});
    return plan.take();
  }
  if (!facts.wireguard_installed) {
    plan.add(DriftKind::WireGuardMissing, kNotInstalled, "Install WireGuard",
             {start_bootstrap_command(Bootstrap::InstallOnly)});
    plan.end_lane();
    plan.wait(kInstallLookAgain, "package installation");
    return plan.take();
  }
  if (!facts.ip_forward) {
    plan.add(DriftKind::ForwardingOff, "net.ipv4.ip_forward is 0", "Turn forwarding on",
             {forwarding_on_command()});
  }
  plan_firewall(plan, desired, facts);
  plan_vpc_nic(plan, desired.vpc_address, facts);
  plan_default_route(plan, desired.public_address, facts);
  const std::vector<Cidr> wanted = wanted_routes(desired);
  plan_captured(plan, desired, wanted, facts);
  plan_addresses_elsewhere(plan, desired, facts);
  if (facts.tunnel) {
    plan_running_tunnel(plan, desired, facts);
    plan_routes(plan, desired, wanted, facts);
  }
  plan_file(plan, DriftKind::SysctlFileChanged, sysctl_file(), facts);
  plan_clamp(plan, facts);
  if (auto why = tunnel_config_difference(desired, facts)) {
    const HostFile file = tunnel_config_file(desired);
    plan.add(is_exposed(file, facts) ? DriftKind::ConfigFileExposed : DriftKind::ConfigFileChanged,
             *std::move(why), "Write " + file.path, {write_file_command(file)});
  }
  // Coming back after a reboot can wait until there is traffic; a masked unit does not start.
  if (facts.tunnel || facts.unit.masked) plan_unit(plan, facts);
  if (!facts.tunnel) {
    const auto every_peer = [](const DesiredPeer&) { return true; };
    plan.add(DriftKind::InterfaceMissing,
             facts.unit.active ? "wg0 does not answer though its unit is active" : "wg0 is not there",
             "Start wg-quick@wg0", {restart_tunnel_command(pause_before(desired, every_peer))});
    if (!facts.unit.masked) plan_unit(plan, facts);
    plan.end_lane();
  }
  return plan.take();
}

}  // namespace vpcp
