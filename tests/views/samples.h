#pragma once
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "domain/specs.h"
#include "views/status_view.h"

/// Peerings as a controller reports them, and the files that a view must equal. VPCP_WRITE_GOLDEN=1 writes
/// them anew, to be looked at before they are committed.
namespace vpcp::testing {

inline const SystemTime kNow = from_rfc3339("2026-11-22T21:50:00Z");
inline ViewStyle plain() {
  return {Paint(false), kNow};
}

inline void expect_golden(const std::string& text, const std::string& name) {
  const std::string path = std::string(VPCP_SOURCE_DIR) + "/tests/views/golden/" + name;
  if (std::getenv("VPCP_WRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << text;
  std::ifstream in(path, std::ios::binary);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << name;
}

inline Condition condition_of(const char* type, ConditionStatus status, std::string reason,
                              std::string message) {
  return {type, status, std::move(reason), std::move(message), 1, kNow - hours{3}};
}

inline SiteStatus site_of(const std::string& name, const char* public_ip, const char* vpc_ip,
                          const char* tunnel_ip) {
  SiteStatus site;
  site.name = name;
  site.vpc_id = {"vpc-" + name};
  site.gateways = {
      {{"i-" + name}, Ipv4::parse(public_ip), Ipv4::parse(vpc_ip), Ipv4::parse(tunnel_ip), "", ""}};
  site.servers = {1, 1};
  return site;
}

/// The reference scenario, all well.
inline VpcPeering healthy() {
  VpcPeering peering;
  peering.meta.ns = "network";
  peering.meta.name = "ams-blr";
  peering.meta.generation = 1;
  peering.spec = specs::ams_blr();
  PeeringStatus& status = peering.status;
  status.observed_generation = 1;
  status.conditions = {
      condition_of("Accepted", ConditionStatus::True, "Accepted", ""),
      condition_of("NetworksReady", ConditionStatus::True, "NetworksReady", "every site has its VPC"),
      condition_of("GatewaysReady", ConditionStatus::True, "GatewaysReady", "every gateway is as declared"),
      condition_of("TunnelsUp", ConditionStatus::True, "Verified", "traffic crossed every tunnel"),
      condition_of("ServersRouted", ConditionStatus::True, "ServersRouted", "2 of 2 servers are routed"),
      condition_of("HostIdentityChanged", ConditionStatus::False, "AsPinned", ""),
      condition_of("Ready", ConditionStatus::True, "Verified", "traffic crosses every tunnel")};
  status.sites = {site_of("amsterdam", "192.0.2.10", "172.16.1.3", "10.10.0.1"),
                  site_of("bangalore", "192.0.2.11", "172.16.2.3", "10.10.0.2")};
  status.sites[1].private_servers = {{"db-server", Exposure::FirewalledIPv6}};
  status.edges.resize(1);
  EdgeStatus& edge = status.edges.front();
  edge.from = "amsterdam";
  edge.to = "bangalore";
  edge.health = EdgeHealth::Up;
  edge.reason = "Verified";
  edge.since = kNow - hours{3};
  edge.last_handshake = kNow - seconds{42};
  edge.rtt_millis = 145.25;
  edge.loss_percent = 0;
  edge.rx_bytes = 1'234'567;
  edge.tx_bytes = 987;
  edge.availability = {kNow - hours{3}, kNow, {}};
  status.monthly_cost_usd = 20;
  return peering;
}

/// A firewall on a gateway drops routed TCP; pings pass.
inline VpcPeering tcp_dropped() {
  VpcPeering peering = healthy();
  EdgeStatus& edge = peering.status.edges.front();
  edge.health = EdgeHealth::Down;
  edge.reason = "RoutedTcpBlocked";
  edge.hop = "firewall (routed), or a firewall on the servers";
  edge.since = kNow - seconds{20};
  edge.availability->hours = {{kNow - minutes{50}, 20000, 0}};
  const auto fails = [&](const char* type) {
    return condition_of(
        type, ConditionStatus::False, "RoutedTcpBlocked",
        "amsterdam - bangalore: no traffic; broken at: firewall (routed), or a firewall on the "
        "servers");
  };
  peering.status.conditions[3] = fails("TunnelsUp");
  peering.status.conditions[6] = fails("Ready");
  peering.status.drift = {
      {"ServerRouteMissing", "bangalore/db-server", "no route to 172.16.1.0/24", kNow - hours{5},
       kNow - hours{5} + seconds{7}, "a route to every network of the peering"},
      {"FirewallRoutedDenied",
       "bangalore/gateway-0",
       "a ufw rule denies routed traffic out on wg0",
       kNow - seconds{18},
       {},
       "routed traffic may pass",
       "repair.policy is Warn"}};
  return peering;
}

/// A few seconds after it was declared.
inline VpcPeering being_made() {
  VpcPeering peering = healthy();
  const auto at_it = [](const char* type, const char* reason, const char* message) {
    return condition_of(type, ConditionStatus::False, reason, message);
  };
  const char* const gateway = "amsterdam/gateway-0: its instance is not running yet";
  peering.status.conditions[2] = at_it("GatewaysReady", "InstanceNotRunning", gateway);
  peering.status.conditions[3] = condition_of("TunnelsUp", ConditionStatus::Unknown, "NotProbedYet",
                                              "amsterdam - bangalore: not probed yet");
  const char* const server = "amsterdam/app-server: no instance of ours has this part: Create App-Server";
  peering.status.conditions[4] = at_it("ServersRouted", "Changing", server);
  peering.status.conditions[6] = at_it("Ready", "InstanceNotRunning", gateway);
  for (Condition& condition : peering.status.conditions) condition.last_transition_time = kNow;
  peering.status.sites[0].servers.routed = 0;
  peering.status.sites[0].gateways[0].public_ip.reset();
  peering.status.unhealthy_servers = {{"amsterdam", "app-server", "Changing", server}};
  EdgeStatus edge;
  edge.from = "amsterdam";
  edge.to = "bangalore";
  edge.reason = "NotProbedYet";
  peering.status.edges = {edge};
  return peering;
}

/// It is being deleted, and Vultr still counts servers in a VPC.
inline VpcPeering being_deleted() {
  VpcPeering peering = healthy();
  peering.meta.deletion_timestamp = kNow - minutes{1};
  peering.status.conditions[6] =
      condition_of("Ready", ConditionStatus::False, "Deleting", "DeletingInstances: 4 resources");
  peering.status.edges.clear();
  return peering;
}

/// A server does not answer, so that nothing is known of it.
inline VpcPeering server_unreachable() {
  VpcPeering peering = healthy();
  peering.status.sites[1].servers.routed = 0;
  peering.status.unhealthy_servers = {
      {"bangalore", "db-server", "HostUnreachable", "bangalore/db-server: no route to host\x1b[2J"}};
  const auto unknown = [&](const char* type) {
    return condition_of(type, ConditionStatus::Unknown, "HostUnreachable",
                        "bangalore/db-server: no route to host");
  };
  peering.status.conditions[4] = unknown("ServersRouted");
  peering.status.conditions[6] = unknown("Ready");
  return peering;
}

}  // namespace vpcp::testing
