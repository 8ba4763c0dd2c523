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

/// The routes of a host by destination, of those to one the kernel's first. Refers to them.
class FoundRoutes {
 public:
  FoundRoutes(const HostFacts& facts, const RightWay& way)
      : routes_(facts.routes), astray_(routes_astray(facts, way)) {
    if (std::is_sorted(routes_.begin(), routes_.end(), before)) return;  // as the kernel tells them
    sorted_.reserve(routes_.size());
    for (const RouteFacts& route : routes_) sorted_.push_back(&route);
    std::stable_sort(sorted_.begin(), sorted_.end(),
                     [](const RouteFacts* a, const RouteFacts* b) { return before(*a, *b); });
  }
  /// Null when there is no route to it. To be asked in the order of destinations.
  const RouteFacts* walk_to(const Cidr& destination) {
    for (; at_ < routes_.size(); ++at_) {
      const RouteFacts& route = nth(at_);
      if (route.destination == destination) return &route;
      if (destination < route.destination) break;
    }
    return nullptr;
  }
  /// Those that lead elsewhere: on most hosts few.
  [[nodiscard]] const std::vector<const RouteFacts*>& astray() const { return astray_; }
  [[nodiscard]] bool is_astray(const RouteFacts* route) const {
    return std::find(astray_.begin(), astray_.end(), route) != astray_.end();
  }

 private:
  static bool before(const RouteFacts& a, const RouteFacts& b) {
    return a.destination != b.destination ? a.destination < b.destination : a.metric < b.metric;
  }
  [[nodiscard]] const RouteFacts& nth(std::size_t i) const {
    return sorted_.empty() ? routes_[i] : *sorted_[i];
  }

  const std::vector<RouteFacts>& routes_;
  const std::vector<const RouteFacts*> astray_;
  std::vector<const RouteFacts*> sorted_;  ///< Empty: they come sorted.
  std::size_t at_{0};
};

/// What stands in the way of a route to the network, for people.
std::string route_difference(const Cidr& network, const RouteFacts* best) {
  const std::string name = network.str();
  if (best == nullptr) return "no route to " + name;
  return "the route to " + name + " leads elsewhere" + (best->via ? " (via " + best->via->str() + ")" : "");
}

/// Of all its routes: one.
std::optional<Ipv4> next_hop_of(const DesiredServer& desired) {
  return desired.routes.empty() ? std::nullopt : std::optional(desired.routes.front().via);
}

/// How what is noted on a host of its former routes differs from what is routed.
struct Notes {
  std::vector<Cidr> missing;
  std::vector<Cidr> stale;
};

Notes compare_notes(const std::vector<DesiredRoute>& desired, const std::vector<KeptRoute>& kept) {
  const auto same = [](const DesiredRoute& a, const KeptRoute& b) { return a.destination == b.destination; };
  if (std::equal(desired.begin(), desired.end(), kept.begin(), kept.end(), same)) return {};
  const std::vector<Cidr> wanted = destinations_of(desired);
  const std::vector<Cidr> noted = destinations_of(kept);
  return {without(wanted, noted), without(noted, wanted)};
}

/// What was there is noted before the first change, also for a route that is already as wanted: the netplan
/// drop-in makes it ours from now on.
void plan_routes(PlanBuilder& plan, const DesiredServer& desired, std::vector<Cidr> unkept,
                 FoundRoutes& found, const std::string& nic) {
  for (const DesiredRoute& route : desired.routes) {
    const RouteFacts* best = found.walk_to(route.destination);
    if (best != nullptr && !found.is_astray(best)) continue;
    std::vector<Command> commands;
    if (!unkept.empty()) commands.push_back(keep_routes_command(unkept));
    unkept.clear();
    commands.push_back(server_route_command(route.destination, route.via, nic));
    plan.add(DriftKind::ServerRouteMissing, route_difference(route.destination, best),
             "Route " + route.destination.str() + " via " + route.via.str(), std::move(commands));
  }
  if (unkept.empty()) return;
  plan.add(DriftKind::ServerRouteMissing, "routes are there that we have no note of",
           "Note the routes that were there", {keep_routes_command(unkept)});
}

void plan_stale_routes(PlanBuilder& plan, const std::vector<Cidr>& stale) {
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
  const HostFile& cloud = cloud_network_file();
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
  Notes notes = compare_notes(desired.routes, facts.kept_routes);
  if (origin == HostOrigin::Existing) plan_claim(plan, desired, facts);
  const RightWay way{nic->name, next_hop_of(desired), origin};
  FoundRoutes found(facts, way);
  plan_routes(plan, desired, std::move(notes.missing), found, nic->name);
  plan_captured_routes(plan, network_in(desired.routes, &DesiredRoute::destination), way, found.astray());
  plan_stale_routes(plan, notes.stale);
  plan_files(plan, desired, facts, nic->name);
  if (origin == HostOrigin::Created) plan_bootstrap(plan, Bootstrap::Server, facts);
  return plan.take();
}

}  // namespace vpcp
