#include "domain/host/server_plan.h"

#include <algorithm>
#include <iterator>

#include "domain/host/bootstrap.h"
#include "domain/host/commands.h"
#include "domain/host/file_check.h"
#include "domain/host/host_files.h"
#include "domain/host/paths.h"
#include "domain/host/way_check.h"

namespace vpcp {
namespace {

using namespace host_paths;

constexpr seconds kBootLookAgain{2};

HostPlan blocked(std::string reason, std::string message) {
  HostPlan plan;
  plan.blocked = {std::move(reason), std::move(message)};
  return plan;
}

/// The destinations of a list of routes, sorted.
template <class Routes>
std::vector<Cidr> destinations_of(const Routes& routes) {
  std::vector<Cidr> sorted;
  sorted.reserve(routes.size());
  for (const auto& route : routes) sorted.push_back(route.destination);
  if (!std::is_sorted(sorted.begin(), sorted.end())) std::sort(sorted.begin(), sorted.end());
  return sorted;
}

/// What of `all` is not in `others`; both sorted.
std::vector<Cidr> without(const std::vector<Cidr>& all, const std::vector<Cidr>& others) {
  std::vector<Cidr> rest;
  std::set_difference(all.begin(), all.end(), others.begin(), others.end(), std::back_inserter(rest));
  return rest;
}

using RouteIndex = std::vector<const RouteFacts*>;

/// By destination, the one that the kernel uses first.
RouteIndex by_destination(const std::vector<RouteFacts>& routes) {
  const auto before = [](const RouteFacts* a, const RouteFacts* b) {
    if (a->destination != b->destination) return a->destination < b->destination;
    return a->metric < b->metric;
  };
  RouteIndex sorted;
  sorted.reserve(routes.size());
  for (const RouteFacts& route : routes) sorted.push_back(&route);
  if (!std::is_sorted(sorted.begin(), sorted.end(), before))
    std::stable_sort(sorted.begin(), sorted.end(), before);
  return sorted;
}

/// Moves `at` on to the destination; null when there is no route to it. For a walk in the order of
/// destinations.
const RouteFacts* walk_to(const Cidr& destination, RouteIndex::const_iterator& at, const RouteIndex& routes) {
  while (at != routes.end() && (*at)->destination < destination) ++at;
  return at == routes.end() || (*at)->destination != destination ? nullptr : *at;
}

/// What stands in the way of a route; nullopt when the kernel uses it.
std::optional<std::string> route_difference(const DesiredRoute& wanted, const std::string& nic,
                                            const RouteFacts* best) {
  if (best != nullptr && best->via == wanted.via && best->dev == nic) return std::nullopt;
  const std::string name = wanted.destination.str();
  if (best == nullptr) return "no route to " + name;
  return "the route to " + name + " leads elsewhere" + (best->via ? " (via " + best->via->str() + ")" : "");
}

/// The destinations that shall be routed and those whose former routes are noted on the host, both sorted.
struct Destinations {
  std::vector<Cidr> desired;
  std::vector<Cidr> kept;
};

/// What was there is noted before the first change, also for a route that is already as wanted: the netplan
/// drop-in makes it ours from now on.
void plan_routes(PlanBuilder& plan, const DesiredServer& desired, const Destinations& destinations,
                 const HostFacts& facts, const std::string& nic) {
  std::vector<Cidr> unkept = without(destinations.desired, destinations.kept);
  const RouteIndex routes = by_destination(facts.routes);
  auto at = routes.begin();
  for (const DesiredRoute& route : desired.routes) {
    auto why = route_difference(route, nic, walk_to(route.destination, at, routes));
    if (!why) continue;
    std::vector<Command> commands;
    if (!unkept.empty()) commands.push_back(keep_routes_command(unkept));
    unkept.clear();
    commands.push_back(server_route_command(route.destination, route.via, nic));
    plan.add(DriftKind::ServerRouteMissing, *std::move(why),
             "Route " + route.destination.str() + " via " + route.via.str(), std::move(commands));
  }
  if (unkept.empty()) return;
  plan.add(DriftKind::ServerRouteMissing, "routes are there that we have no note of",
           "Note the routes that were there", {keep_routes_command(unkept)});
}

void plan_stale_routes(PlanBuilder& plan, const Destinations& destinations) {
  const std::vector<Cidr> stale = without(destinations.kept, destinations.desired);
  if (stale.empty()) return;
  std::string names;
  for (const Cidr& network : stale) names += (names.empty() ? "" : ", ") + network.str();
  plan.add(DriftKind::ServerRouteStale, names + " is no longer part of the peering",
           "Take back the route to " + names, {return_routes_command(stale)});
}

/// Of an existing server, before the first change: another object that selects it must find out.
void plan_claim(PlanBuilder& plan, const DesiredServer& desired, const HostFacts& facts) {
  if (facts.owner == desired.owner) return;
  plan.add(DriftKind::ServerRouteMissing, "the server has no note that this VPCPeering routes it",
           "Note whose server it is", {claim_command(desired.owner)});
}

void plan_files(PlanBuilder& plan, const DesiredServer& desired, const HostFacts& facts,
                const std::string& nic) {
  std::vector<std::string> unkept;
  for (const char* path : {kNetplanFile, kCloudNetworkFile}) {
    const auto& kept = facts.kept_files;
    if (std::find(kept.begin(), kept.end(), path) == kept.end()) unkept.emplace_back(path);
  }
  const auto with_copies = [&](Command write) {
    std::vector<Command> commands;
    if (!unkept.empty()) commands.push_back(keep_files_command(unkept));
    unkept.clear();
    commands.push_back(std::move(write));
    return commands;
  };
  if (auto why = netplan_difference(nic, desired.routes, facts)) {
    const HostFile netplan = netplan_file(nic, desired.routes);
    const bool renamed = !facts.netplan_nic.empty() && facts.netplan_nic != nic &&
                         find_link(facts, facts.netplan_nic) == nullptr;
    if (renamed) why = "the interface " + facts.netplan_nic + " is now called " + nic;
    plan.add(renamed ? DriftKind::VpcNicRenamed : DriftKind::NetplanChanged, *std::move(why),
             "Write " + netplan.path, with_copies(write_netplan_command(netplan)));
  }
  if (!facts.cloud_config_folder) return;
  const HostFile cloud = cloud_network_file();
  if (auto why = file_difference(cloud, facts)) {
    plan.add(DriftKind::CloudInitNetworkEnabled, *std::move(why), "Write " + cloud.path,
             with_copies(write_file_command(cloud)));
  }
}

}  // namespace

HostPlan plan_server_host(const DesiredServer& desired, const HostFacts& facts, HostOrigin origin,
                          const std::string& lane) {
  PlanBuilder plan(lane);
  if (!is_supported_system(facts)) {
    HostPlan refused;
    refused.blocked = unsupported_system(facts);
    return refused;
  }
  const LinkFacts* nic = find_link_with(facts, desired.vpc_address);
  if (nic == nullptr && facts.cloud_init == CloudInit::Running) {
    plan.wait(kBootLookAgain, "cloud-init");
    return plan.take();
  }
  if (!facts.netplan_installed) {
    return blocked("NetplanMissing",
                   "the host has no netplan, so its routes would not survive a reboot; install it");
  }
  plan_vpc_nic(plan, desired.vpc_address, facts);
  if (nic == nullptr && !plan.empty()) {
    plan.end_lane();  // its address comes back with it, and the routes after that
    return plan.take();
  }
  if (nic == nullptr) {
    return blocked("VpcInterfaceMissing", "no network interface has the VPC address " +
                                              desired.vpc_address.str() +
                                              "; configure it on the host as the cloud shows it");
  }
  const Destinations destinations{destinations_of(desired.routes), destinations_of(facts.kept_routes)};
  if (origin == HostOrigin::Existing) plan_claim(plan, desired, facts);
  plan_routes(plan, desired, destinations, facts, nic->name);
  if (!desired.routes.empty())
    plan_captured_routes(plan, destinations.desired, {nic->name, desired.routes[0].via, origin}, facts);
  plan_stale_routes(plan, destinations);
  plan_files(plan, desired, facts, nic->name);
  if (origin == HostOrigin::Created) plan_bootstrap(plan, Bootstrap::Server, facts);
  return plan.take();
}

}  // namespace vpcp
