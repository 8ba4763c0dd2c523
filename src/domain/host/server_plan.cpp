#include "domain/host/server_plan.h"

#include <algorithm>

#include "domain/host/bootstrap.h"
#include "domain/host/commands.h"
#include "domain/host/file_check.h"
#include "domain/host/host_files.h"
#include "domain/host/paths.h"

namespace vpcp {
namespace {

using namespace host_paths;

constexpr seconds kBootLookAgain{2};

HostPlan blocked(std::string reason, std::string message) {
  HostPlan plan;
  plan.blocked = {std::move(reason), std::move(message)};
  return plan;
}

bool is_desired(const DesiredServer& desired, const Cidr& destination) {
  return std::any_of(desired.routes.begin(), desired.routes.end(),
                     [&](const DesiredRoute& route) { return route.destination == destination; });
}

bool is_kept(const HostFacts& facts, const Cidr& destination) {
  return std::any_of(facts.kept_routes.begin(), facts.kept_routes.end(),
                     [&](const KeptRoute& kept) { return kept.destination == destination; });
}

/// What stands in the way of a route; nullopt when the kernel uses it.
std::optional<std::string> route_difference(const DesiredRoute& wanted, const std::string& nic,
                                            const HostFacts& facts) {
  const RouteFacts* best = nullptr;
  for (const RouteFacts& route : facts.routes) {
    if (route.destination == wanted.destination && (best == nullptr || route.metric < best->metric))
      best = &route;
  }
  const std::string name = wanted.destination.str();
  if (best == nullptr) return "no route to " + name;
  if (best->via == wanted.via && best->dev == nic) return std::nullopt;
  return "the route to " + name + " leads elsewhere" + (best->via ? " (via " + best->via->str() + ")" : "");
}

/// What was there is noted before the first change, also for a route that is already as wanted: the netplan
/// drop-in makes it ours from now on.
void plan_routes(PlanBuilder& plan, const DesiredServer& desired, const HostFacts& facts,
                 const std::string& nic) {
  std::vector<Cidr> unkept;
  for (const DesiredRoute& route : desired.routes) {
    if (!is_kept(facts, route.destination)) unkept.push_back(route.destination);
  }
  for (const DesiredRoute& route : desired.routes) {
    auto why = route_difference(route, nic, facts);
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

void plan_stale_routes(PlanBuilder& plan, const DesiredServer& desired, const HostFacts& facts) {
  std::vector<Cidr> stale;
  for (const KeptRoute& kept : facts.kept_routes) {
    if (!is_desired(desired, kept.destination)) stale.push_back(kept.destination);
  }
  if (stale.empty()) return;
  std::string names;
  for (const Cidr& network : stale) names += (names.empty() ? "" : ", ") + network.str();
  plan.add(DriftKind::ServerRouteStale, names + " is no longer part of the peering",
           "Take back the route to " + names, {return_routes_command(stale)});
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
  const HostFile netplan = netplan_file(nic, desired.routes);
  if (auto why = file_difference(netplan, facts)) {
    plan.add(DriftKind::NetplanChanged, *std::move(why), "Write " + netplan.path,
             with_copies(write_netplan_command(netplan)));
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
  if (nic == nullptr) {
    return blocked("VpcInterfaceMissing", "no network interface has the VPC address " +
                                              desired.vpc_address.str() +
                                              "; configure it on the host as the cloud shows it");
  }
  if (!facts.netplan_installed) {
    return blocked("NetplanMissing",
                   "the host has no netplan, so its routes would not survive a reboot; install it");
  }
  plan_routes(plan, desired, facts, nic->name);
  plan_stale_routes(plan, desired, facts);
  plan_files(plan, desired, facts, nic->name);
  if (origin == HostOrigin::Created) plan_bootstrap(plan, Bootstrap::Server, facts);
  return plan.take();
}

}  // namespace vpcp
