#include "domain/host/way_check.h"

#include <algorithm>
#include <limits>

#include "domain/host/commands.h"

namespace vpcp {
namespace {

/// Names an undo on the host: letters, digits and dashes, the same for the same route.
std::string token_for(const Cidr& destination) {
  std::string token = "route-" + destination.str();
  for (char& c : token) {
    if (c == '.' || c == '/') c = '-';
  }
  return token;
}

std::string leads(const RouteFacts& route) {
  if (route.via) return "via " + route.via->str();
  return route.dev.empty() ? std::string("to nowhere") : "to " + route.dev;
}

/// Of equals the kernel's first.
const RouteFacts* best_default(const HostFacts& facts) {
  const RouteFacts* best = nullptr;
  for (const RouteFacts& route : facts.routes) {
    if (route.destination.prefix == 0 && (best == nullptr || route.metric < best->metric)) best = &route;
  }
  return best;
}

bool is_network_card(const LinkFacts& link) {
  constexpr std::size_t kMacLength = 17;  // loopback has zeros, tunnels an IP address or nothing
  return link.mac.size() == kMacLength && link.mac != "00:00:00:00:00:00";
}

/// What has the address of the VPC. systemd-networkd takes it away from an interface that is taken down: then
/// it is the only network card that is down; of several it is not known which.
const LinkFacts* find_vpc_nic(Ipv4 vpc_address, const HostFacts& facts) {
  if (const LinkFacts* nic = find_link_with(facts, vpc_address)) return nic;
  const LinkFacts* only = nullptr;
  for (const LinkFacts& link : facts.links) {
    if (link.enabled || !link.addresses.empty() || !is_network_card(link)) continue;
    if (only != nullptr) return nullptr;
    only = &link;
  }
  return only;
}

}  // namespace

void plan_vpc_nic(PlanBuilder& plan, std::optional<Ipv4> vpc_address, const HostFacts& facts) {
  const LinkFacts* nic = vpc_address ? find_vpc_nic(*vpc_address, facts) : nullptr;
  if (nic == nullptr || nic->enabled) return;
  plan.add(DriftKind::VpcNicDown, nic->name + ", the interface of the VPC, is down",
           "Bring " + nic->name + " up", {link_up_command(nic->name)});
}

void plan_default_route(PlanBuilder& plan, std::optional<Ipv4> public_address, const HostFacts& facts) {
  const LinkFacts* nic = public_address ? find_link_with(facts, *public_address) : nullptr;
  const RouteFacts* best = best_default(facts);
  if (nic == nullptr || best == nullptr || best->dev == nic->name) return;
  const auto right = std::find_if(facts.routes.begin(), facts.routes.end(), [&](const RouteFacts& route) {
    return route.destination.prefix == 0 && route.dev == nic->name;
  });
  if (right == facts.routes.end()) {
    plan.report(DriftKind::DefaultRouteChanged, "the only default route leads " + leads(*best),
                {"Put back the default route of " + nic->name, false});
    return;
  }
  plan.add_guarded(
      DriftKind::DefaultRouteChanged, "another default route leads " + leads(*best) + " (" + best->dev + ")",
      "Delete the default routes that do not leave by " + nic->name,
      drop_routes_command("default-route", "default", nic->name, right->metric), "default-route");
}

std::vector<const RouteFacts*> routes_astray(const HostFacts& facts, const RightWay& way) {
  std::vector<const RouteFacts*> astray;
  for (const RouteFacts& route : facts.routes) {
    if (route.via != way.via || route.dev != way.dev) astray.push_back(&route);
  }
  return astray;
}

void plan_captured_routes(PlanBuilder& plan, const NetworkAround& network_around, const RightWay& way,
                          const std::vector<const RouteFacts*>& astray) {
  for (const RouteFacts* found : astray) {
    const RouteFacts& route = *found;
    const Cidr* whole = network_around(route.destination);
    if (whole == nullptr) continue;
    const std::string name = route.destination.str();
    const std::string why =
        "the route to " + name + " leads " + leads(route) + ": it captures a part of " + whole->str();
    if (way.origin == HostOrigin::Existing || route.of_kernel) {
      plan.report(DriftKind::RouteCaptured, why,
                  {"Delete the route to " + name + ", or choose other networks", true});
      continue;
    }
    plan.add_guarded(DriftKind::RouteCaptured, why, "Delete the route to " + name,
                     drop_routes_command(token_for(route.destination), name, way.via ? "-" : way.dev,
                                         std::numeric_limits<std::uint32_t>::max()),
                     token_for(route.destination));
  }
}

}  // namespace vpcp
