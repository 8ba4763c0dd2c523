#include "page/scenes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "support/reference_scenario.h"

namespace vpcp::testing {
namespace {

const std::vector<std::pair<std::string, std::string>> kPlaces{
    {"amsterdam", "ams"}, {"bangalore", "blr"}, {"frankfurt", "fra"}, {"tokyo", "nrt"},
    {"chicago", "ord"},   {"sydney", "syd"},    {"sao-paulo", "sao"}, {"london", "lhr"},
    {"paris", "cdg"},     {"singapore", "sgp"}, {"seattle", "sea"},   {"madrid", "mad"},
    {"warsaw", "waw"},    {"osaka", "itm"},     {"delhi", "del"},     {"toronto", "yto"}};

SiteSpec site_spec(const std::string& name, const std::string& region, int n) {
  SiteSpec site;
  site.name = name;
  site.region = region;
  site.vpc = {std::nullopt, Cidr::parse("172.16." + std::to_string(n + 1) + ".0/24"), "VPC-" + name};
  site.gateway.label = "Gateway-" + std::string(1, static_cast<char>('A' + n % 26));
  for (int i = 0; i < 1 + n % 4; ++i) {
    ServerSpec server;
    server.name = "server-" + std::to_string(i + 1);
    server.create = CreateServer{};
    site.servers.push_back(server);
  }
  return site;
}

SiteStatus site_status(const SiteSpec& site, int n) {
  GatewayStatus gateway;
  gateway.instance_id = {"7938953e-a1de-47ea-ad0d-e6a4fb30d8ce"};
  gateway.public_ip = Ipv4::parse("192.0.2." + std::to_string(10 + n));
  gateway.vpc_ip = Ipv4::parse("172.16." + std::to_string(n + 1) + ".3");
  gateway.tunnel_ip = Ipv4::parse("10.10.0." + std::to_string(n + 1));
  gateway.public_key = "mF0kNf0l3pWQ2o8mU5cH6mQ4m0mS9r1tqkQyqkq3Uko=";
  const int servers = static_cast<int>(site.servers.size());
  return {site.name, {"vpc-" + site.name}, {gateway}, {servers, servers}};
}

EdgeStatus edge_status(const std::string& a, const std::string& b, int n, SystemTime now) {
  EdgeStatus edge;
  edge.from = std::min(a, b);
  edge.to = std::max(a, b);
  edge.health = EdgeHealth::Up;
  edge.reason = "Verified";
  edge.since = now - hours{31 + n % 17};
  edge.last_handshake = now - seconds{12 + n * 7 % 100};
  edge.rtt_millis = 8 + (n * 37) % 260 + 0.4;
  edge.loss_percent = 0;
  edge.rx_bytes = 1'234'567'890ULL * static_cast<unsigned>(1 + n % 9);
  edge.tx_bytes = 987'654'321ULL * static_cast<unsigned>(1 + n % 7);
  edge.availability = {now - hours{24}, now, {}};
  const SystemTime hour = std::chrono::floor<hours>(now);
  std::vector<AvailabilityHour>& bad = edge.availability->hours;
  if (n % 2 == 1) bad.push_back({hour - hours{13 + n % 5}, 700'000, 0});
  if (n % 3 == 0) bad.push_back({hour - hours{7}, 42'000, 0});
  if (n % 4 == 0) bad.push_back({hour - hours{3}, 0, 3'600'000});
  // What it is now, it is since the last time that it was not.
  if (!bad.empty())
    edge.since = bad.back().hour + milliseconds{bad.back().down_millis + bad.back().unknown_millis};
  return edge;
}

Condition condition_of(const char* type, ConditionStatus status, std::string reason, std::string message,
                       SystemTime since) {
  return {type, status, std::move(reason), std::move(message), 1, since};
}

std::string all_of(std::size_t count) {
  return std::to_string(count) + " of " + std::to_string(count);
}

/// When the last drift of gateways, or of servers, was repaired.
SystemTime repaired(const PeeringStatus& status, bool gateways, SystemTime otherwise) {
  for (const DriftEntry& drift : status.drift) {
    if (drift.where.ends_with("/gateway-0") == gateways) otherwise = std::max(otherwise, *drift.repaired_at);
  }
  return otherwise;
}

/// As the controller says it (domain/status/summary.cpp), after drift and edges: a condition is as it is
/// since the last of those that went against it.
void add_good_conditions(PeeringStatus& status, SystemTime now) {
  const SystemTime since = now - hours{31};
  const SystemTime gateways = repaired(status, true, since);
  const SystemTime routed = repaired(status, false, since);
  SystemTime crossed = since;
  for (const EdgeStatus& edge : status.edges) crossed = std::max(crossed, edge.since);
  const std::string edges = all_of(status.edges.size());
  std::size_t count = 0;
  for (const SiteStatus& site : status.sites) count += static_cast<std::size_t>(site.servers.total);
  const std::string servers = all_of(count);
  status.conditions = {
      condition_of("Accepted", ConditionStatus::True, "Accepted", "", since),
      condition_of("NetworksReady", ConditionStatus::True, "NetworksReady", "every site has its VPC", since),
      condition_of("GatewaysReady", ConditionStatus::True, "GatewaysReady", "every gateway is as declared",
                   gateways),
      condition_of("TunnelsUp", ConditionStatus::True, "Verified",
                   edges + " edges carry ICMP and TCP both ways", crossed),
      condition_of("ServersRouted", ConditionStatus::True, "ServersRouted", servers + " servers are routed",
                   routed),
      condition_of("HostIdentityChanged", ConditionStatus::False, "AsPinned", "", since),
      condition_of("Ready", ConditionStatus::True, "Ready",
                   "packets cross every edge both ways and every server is routed",
                   std::max({gateways, routed, crossed}))};
}

void add_drift(PeeringStatus& status, const std::vector<SiteSpec>& sites, SystemTime now) {
  const std::string route = "no route to " + sites[1].vpc.cidr->str();
  const std::vector<std::array<std::string, 3>> kinds{
      {"ServerRouteMissing", "", route},
      {"ConfigFileChanged", "/gateway-0", "/etc/wireguard/wg0.conf has other content"},
      {"UnitDisabled", "/gateway-0", "wg-quick@wg0 does not start at boot"},
      {"MssClampMissing", "/gateway-0", "the MSS clamp is not loaded"}};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const SystemTime when = now - minutes{790} + minutes{220} * i;
    const SiteSpec& site = sites[i % sites.size()];
    const std::string part = kinds[i][1].empty() ? "/" + site.servers.front().name : kinds[i][1];
    status.drift.push_back(
        {kinds[i][0], site.name + part, kinds[i][2], when, when + seconds{2 + 3 * static_cast<int>(i)}});
  }
}

/// Healthy, with an edge between every two sites, or between each and the hub.
VpcPeering healthy(const std::string& name, std::vector<SiteSpec> sites, SystemTime now,
                   const std::string& hub = "") {
  VpcPeering peering;
  peering.meta = {"network", name, "uid-" + name, 1, "1", {kFinalizer}, {}};
  peering.spec.sites = std::move(sites);
  if (!hub.empty()) peering.spec.topology = {TopologyType::HubAndSpoke, hub, {}};
  peering.status.observed_generation = 1;
  int n = 0;
  for (const SiteSpec& site : peering.spec.sites) {
    peering.status.sites.push_back(site_status(site, n++));
    for (const SiteSpec& other : peering.spec.sites) {
      if (&other == &site) break;
      if (!hub.empty() && site.name != hub && other.name != hub) continue;
      peering.status.edges.push_back(
          edge_status(site.name, other.name, n * 5 + static_cast<int>(other.name.size()), now));
    }
  }
  add_drift(peering.status, peering.spec.sites, now);
  add_good_conditions(peering.status, now);
  peering.status.monthly_cost_usd = 30.0 * static_cast<double>(peering.spec.sites.size()) * 2;
  return peering;
}

std::vector<SiteSpec> places(int count) {
  std::vector<SiteSpec> sites;
  for (int i = 0; i < count; ++i) {
    const auto& [name, region] = kPlaces[static_cast<std::size_t>(i) % kPlaces.size()];
    const int round = i / static_cast<int>(kPlaces.size());
    sites.push_back(site_spec(round == 0 ? name : name + "-" + std::to_string(round + 1), region, i));
  }
  return sites;
}

VpcPeering reference(SystemTime now) {
  VpcPeering peering = healthy("ams-blr", reference_spec().sites, now);
  peering.status.edges[0].rtt_millis = 144.3;
  peering.status.monthly_cost_usd = 120;
  return peering;
}

void set_down(VpcPeering& peering, std::size_t edge, SystemTime now) {
  EdgeStatus& broken = peering.status.edges[edge];
  broken.health = EdgeHealth::Down;
  broken.hop = "tunnel";
  broken.reason = "TunnelDead";
  broken.since = now - seconds{95};
  broken.rtt_millis.reset();
  broken.loss_percent = 100;
  broken.availability->hours.push_back({std::chrono::floor<hours>(now), 95'000, 0});
  for (Condition& condition : peering.status.conditions) {
    if (condition.type != "Ready" && condition.type != "TunnelsUp") continue;
    condition.status = ConditionStatus::False;
    condition.reason = "TunnelDead";
    condition.message = broken.from + " - " + broken.to + ": no traffic; broken at: tunnel";
    condition.last_transition_time = now - seconds{95};
  }
}

VpcPeering broken(SystemTime now) {
  VpcPeering peering = healthy("europe-asia", places(4), now);
  set_down(peering, 1, now);
  EdgeStatus& lossy = peering.status.edges[4];
  lossy.health = EdgeHealth::Degraded;
  lossy.reason = "LossHigh";
  lossy.loss_percent = 4.2;
  lossy.since = now - minutes{9};
  peering.status.sites[3].servers.routed -= 1;
  peering.status.unhealthy_servers = {
      {"tokyo", "server-4", "HostUnreachable",
       "tokyo/server-4 (172.16.4.7:22) cannot be reached: no answer within 5 s"}};
  peering.status.drift.push_back(
      {"PeersChanged", "frankfurt/gateway-0", "peer amsterdam/gateway-0 is missing", now - seconds{80}, {}});
  return peering;
}

VpcPeering with_long_names(SystemTime now) {
  std::vector<SiteSpec> sites = places(3);
  sites[0].name = "amsterdam-production-customer-facing-workloads-primary-zone-0001";
  sites[1].name = "bangalore-production-customer-facing-workloads-primary-zone-0002";
  sites[2].name = "frankfurt-am-main-disaster-recovery-and-analytics-secondary-0003";
  for (SiteSpec& site : sites) site.gateway.label = "Gateway-of-" + site.name;
  VpcPeering peering = healthy(
      "a-peering-whose-name-is-as-long-as-kubernetes-lets-names-of-objects-be-in-practice", sites, now);
  set_down(peering, 2, now);
  return peering;
}

VpcPeering mesh64(SystemTime now) {
  VpcPeering peering = healthy("worldwide", places(64), now);
  for (const std::size_t edge : {17U, 400U, 1033U}) set_down(peering, edge, now);
  for (const std::size_t edge : {90U, 710U}) {
    peering.status.edges[edge].health = EdgeHealth::Degraded;
    peering.status.edges[edge].reason = "LossHigh";
    peering.status.edges[edge].loss_percent = 6.5;
  }
  return peering;
}

VpcPeering planned(SystemTime now) {
  VpcPeering peering = reference(now);
  peering.spec.mode = Mode::Plan;
  peering.status.edges.clear();
  peering.status.drift.clear();
  peering.status.sites = {{"amsterdam", {}, {}, {1, 0}}, {"bangalore", {}, {}, {1, 0}}};
  peering.status.plan = {{"amsterdam", "Create VPC 172.16.1.0/24 in ams", "no VPC of ours in ams"},
                         {"bangalore", "Create VPC 172.16.2.0/24 in blr", "no VPC of ours in blr"}};
  peering.status.conditions = {
      condition_of("Ready", ConditionStatus::False, "Planned", "2 steps are due, and mode is Plan", now)};
  peering.status.monthly_cost_usd = 0;
  return peering;
}

std::vector<VpcPeering> list_of(SystemTime now) {
  std::vector<VpcPeering> all{broken(now), reference(now), healthy("hub", places(5), now, "amsterdam")};
  for (int i = 0; i < 9; ++i) {
    VpcPeering more = healthy("team-" + std::to_string(i + 1), places(2 + i % 3), now);
    more.meta.ns = "teams";
    all.push_back(more);
  }
  return all;
}

}  // namespace

std::vector<VpcPeering> scene(const std::string& name, SystemTime now) {
  if (name == "healthy") return {reference(now)};
  if (name == "broken") return {broken(now)};
  if (name == "six") return {healthy("six", places(6), now)};
  if (name == "hub") return {healthy("hub", places(7), now, "amsterdam")};
  if (name == "names") return {with_long_names(now)};
  if (name == "many64") return {mesh64(now)};
  if (name == "list") return list_of(now);
  if (name == "plan") return {planned(now)};
  return {};
}

}  // namespace vpcp::testing
