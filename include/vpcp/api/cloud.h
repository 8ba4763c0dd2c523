#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/api/ids.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// What the cloud says of itself, in our words. Facts are those of the Vultr API v2
/// (https://docs.vultr.com/api).

struct Vpc {
  VpcId id;
  std::string region;
  std::string description;  ///< The only free text; at most 255 characters.
  Cidr cidr;
  SystemTime created{};
  bool has_nat_gateway{false};
  friend bool operator==(const Vpc&, const Vpc&) = default;
};

struct VpcAttachment {
  VpcId vpc;
  Ipv4 address;  ///< Chosen by Vultr; can be missing for some seconds after a create (the attachment is then
                 ///< absent).
  friend bool operator==(const VpcAttachment&, const VpcAttachment&) = default;
};

enum class InstanceState { Pending, Active, Suspended, Resizing, Other };
enum class PowerState { Running, Stopped };

struct Instance {
  InstanceId id;
  std::string region;
  std::string plan;
  std::string os;
  std::string label;
  std::vector<std::string> tags;
  InstanceState state{InstanceState::Pending};
  PowerState power{PowerState::Running};
  bool locked{false};             ///< server_status "locked": power and delete calls fail until it ends.
  std::optional<Ipv4> public_ip;  ///< main_ip, absent while it is 0.0.0.0 or empty.
  bool vpc_only{false};           ///< It has no public NIC.
  std::vector<VpcAttachment> vpcs;
  std::optional<FirewallGroupId> firewall_group;
  SystemTime created{};
  friend bool operator==(const Instance&, const Instance&) = default;
};

enum class RuleProtocol { Udp, Tcp, Icmp };

/// An inbound accept rule for IPv4; everything else is denied as soon as an instance has a group.
struct NewFirewallRule {
  RuleProtocol protocol{RuleProtocol::Udp};
  std::string port;  ///< "51820" or "8000:9000"; empty for ICMP.
  Cidr source;
  std::string notes;
  friend auto operator<=>(const NewFirewallRule&, const NewFirewallRule&) = default;
};
struct FirewallRule {
  int id{0};
  NewFirewallRule rule;
  bool foreign{false};  ///< A rule of a form that we never make (IPv6, GRE, a load balancer …); `rule` is
                        ///< then not meaningful.
  friend bool operator==(const FirewallRule&, const FirewallRule&) = default;
};

struct FirewallGroup {
  FirewallGroupId id;
  std::string description;
  std::vector<FirewallRule> rules;
  SystemTime created{};
  friend bool operator==(const FirewallGroup&, const FirewallGroup&) = default;
};

/// All of one account at one moment, shared by every object that uses the account.
struct CloudSnapshot {
  std::vector<Vpc> vpcs;
  std::vector<Instance> instances;
  std::vector<FirewallGroup> firewall_groups;
  SystemTime taken_at{};
};

/// A machine size. (A plan of steps is the domain's Plan.)
struct CloudPlan {
  std::string id;
  double monthly_cost_usd{0};
  std::vector<std::string> locations;
};

/// What can be bought; changes rarely.
struct Catalogue {
  std::map<std::string, CloudPlan> plans;  ///< By id.
  std::map<std::string, int> os_ids;       ///< By exact name.
  std::vector<std::string> regions;
};

struct NewVpc {
  std::string region;
  std::string description;
  Cidr cidr;
  friend bool operator==(const NewVpc&, const NewVpc&) = default;
};

/// How an instance is reachable from outside.
enum class PublicNetwork {
  IPv4,
  VpcOnly,  ///< No public NIC; its VPC must have a NAT gateway.
  NoIPv4,   ///< enable_ipv6 + disable_public_ipv4, closed by a firewall group.
};

struct NewInstance {
  std::string region;
  std::string plan;
  std::string os;  ///< Exact name; the adapter looks up the id.
  std::string label;
  std::string hostname;
  std::vector<std::string> tags;
  VpcId vpc;  ///< Attached at create: attaching later reboots the server and leaves the NIC unconfigured.
  std::optional<FirewallGroupId> firewall_group;
  PublicNetwork network{PublicNetwork::IPv4};
  Secret user_data;  ///< Plain cloud-config; the adapter encodes it.
};

/// Absent members stay as they are.
struct InstancePatch {
  std::optional<std::vector<std::string>> tags;  ///< Replaces the whole set.
  std::optional<FirewallGroupId> firewall_group;
  std::optional<Secret> user_data;
};

}  // namespace vpcp
