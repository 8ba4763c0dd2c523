#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/specs.h"

/// A cloud that holds the reference scenario, for tests that change one thing of it.
namespace vpcp::samples {

inline constexpr const char* kUid = "u";
inline const SystemTime kStart = from_rfc3339("2026-01-02T03:00:00Z");

inline Cidr cidr(const char* text) {
  return Cidr::parse(text).value();
}
inline Ipv4 ip(const char* text) {
  return Ipv4::parse(text).value();
}

inline VpcPeering peering(PeeringSpec spec = specs::ams_blr()) {
  VpcPeering out;
  out.meta.ns = "default";
  out.meta.name = "ams-blr";
  out.meta.uid = kUid;
  out.meta.generation = 1;
  out.spec = std::move(spec);
  return out;
}

inline Vpc vpc(const std::string& id, const std::string& region, const char* network,
               const std::string& description) {
  return {VpcId{id}, region, description, cidr(network), kStart, false};
}

/// An instance of ours that has a part.
inline Instance part(const std::string& id, const std::string& site, const std::string& name,
                     const std::string& vpc_id, const char* vpc_address) {
  Instance out;
  out.id.value = id;
  out.label = name;
  out.tags = {"vpcp-part-" + name, "vpcp-site-" + site, "vpcp-u"};
  out.state = InstanceState::Active;
  out.vpcs = {{VpcId{vpc_id}, ip(vpc_address)}};
  out.created = kStart;
  return out;
}

/// A server of the user's.
inline Instance foreign(const std::string& id, const std::string& label, std::vector<std::string> tags = {}) {
  Instance out;
  out.id.value = id;
  out.label = label;
  out.tags = std::move(tags);
  out.state = InstanceState::Active;
  out.public_ip = ip("203.0.113.77");
  out.vpcs = {{VpcId{"vpc-a"}, ip("172.16.1.77")}};
  out.created = kStart;
  return out;
}

inline FirewallRule rule(int id, RuleProtocol protocol, const char* port, const char* source) {
  return {id, {protocol, port, cidr(source), ""}, false};
}

/// As it is when everything is in place.
inline CloudSnapshot cloud() {
  CloudSnapshot out;
  out.vpcs = {vpc("vpc-a", "ams", "172.16.1.0/24", "VPC of amsterdam (vpcp-u/amsterdam)"),
              vpc("vpc-b", "blr", "172.16.2.0/24", "VPC of bangalore (vpcp-u/bangalore)")};
  out.instances = {part("gw-a", "amsterdam", "gateway-0", "vpc-a", "172.16.1.3"),
                   part("app", "amsterdam", "app-server", "vpc-a", "172.16.1.4"),
                   part("gw-b", "bangalore", "gateway-0", "vpc-b", "172.16.2.3"),
                   part("db", "bangalore", "db-server", "vpc-b", "172.16.2.4")};
  out.instances[0].public_ip = ip("203.0.113.1");
  out.instances[0].firewall_group = FirewallGroupId{"fw-a"};
  out.instances[1].public_ip = ip("203.0.113.4");
  out.instances[2].public_ip = ip("203.0.113.2");
  out.instances[2].firewall_group = FirewallGroupId{"fw-b"};
  out.instances[3].firewall_group = FirewallGroupId{"fw-db"};
  out.firewall_groups = {
      {FirewallGroupId{"fw-a"},
       "vpcp-u/amsterdam/gateway-0",
       {rule(1, RuleProtocol::Udp, "51820", "203.0.113.2/32"), rule(2, RuleProtocol::Tcp, "22", "0.0.0.0/0")},
       kStart},
      {FirewallGroupId{"fw-b"},
       "vpcp-u/bangalore/gateway-0",
       {rule(1, RuleProtocol::Udp, "51820", "203.0.113.1/32"), rule(2, RuleProtocol::Tcp, "22", "0.0.0.0/0")},
       kStart},
      {FirewallGroupId{"fw-db"}, "vpcp-u/bangalore/db-server", {}, kStart}};
  out.taken_at = kStart;
  return out;
}

template <class T>
T& find(std::vector<T>& list, const std::string& id) {
  return *std::find_if(list.begin(), list.end(), [&](const T& item) { return item.id.value == id; });
}
inline Instance& instance(CloudSnapshot& snapshot, const std::string& id) {
  return find(snapshot.instances, id);
}
template <class T>
void drop(std::vector<T>& list, const std::string& id) {
  std::erase_if(list, [&](const T& item) { return item.id.value == id; });
}

}  // namespace vpcp::samples
