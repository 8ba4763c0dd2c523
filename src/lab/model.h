#pragma once
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "lab/backend.h"
#include "lab/catalogue.h"

namespace vpcp::lab {

/// Order of creation: lists are sorted by it, and cursors point at it.
using Seq = std::uint64_t;

struct SshKeyRecord {
  Seq seq{0};
  std::string id;
  std::string name;
  std::string key;
  SystemTime created{};
};

struct NatGatewayRecord {
  std::string id;
  std::string label;
  std::string tag;
  Ipv4 public_ip;
  Ipv4 private_ip;
  SystemTime created{};
};

/// A server that is gone but still holds its VPC for a while.
struct Lingering {
  std::string public_ip;
  SystemTime until;
};

struct VpcRecord {
  Seq seq{0};
  std::string id;
  std::string region;
  std::string description;
  Cidr cidr;
  SystemTime created{};
  std::optional<NatGatewayRecord> nat;
  std::set<Ipv4> used;         ///< Addresses of servers and of the NAT gateway.
  std::uint64_t free_from{0};  ///< Nothing below this one is free.
  std::vector<Lingering> lingering;
  std::optional<Cidr> told;  ///< What the API says in place of `cidr`: a fault.
};

struct FirewallRuleRecord {
  int id{0};
  std::string ip_type;  ///< v4 v6
  std::string protocol;
  std::string port;  ///< "22", "8000:9000", "" for protocols without ports.
  std::string subnet;
  int subnet_size{0};
  std::string source;
  std::string notes;
  /// The same traffic: what makes a rule a duplicate.
  [[nodiscard]] bool same_traffic(const FirewallRuleRecord& other) const;
};

struct FirewallGroupRecord {
  Seq seq{0};
  std::string id;
  std::string description;
  SystemTime created{};
  SystemTime modified{};
  int last_rule_id{0};
  std::vector<FirewallRuleRecord> rules;
  std::size_t instance_count{0};  ///< Filled in the copies that leave the Cloud.
};

struct Membership {
  std::string vpc_id;
  Ipv4 address;
  std::string mac;
  SystemTime since{};
};

struct InstanceRecord {
  Seq seq{0};
  std::string id;
  std::string region;
  const Plan* plan{nullptr};
  const Os* os{nullptr};
  std::string label;
  std::string hostname;
  std::vector<std::string> tags;  ///< Sorted.
  std::string firewall_group;     ///< Empty: none.
  std::string user_data;          ///< Decoded. May hold secrets: never logged.
  std::vector<std::string> ssh_keys;
  std::string user_scheme{"root"};
  bool vpc_only{false};
  bool backups{false};
  bool ddos_protection{false};
  std::optional<Ipv4> public_ip;
  std::string public_mac;
  std::string v6_network;  ///< Empty without enable_ipv6.
  std::string v6_address;
  std::vector<Membership> vpcs;
  SystemTime created{};
  SystemTime visible_from{};
  SystemTime boot_from{};  ///< Of the last installation.
  bool activated{false};   ///< Has been "active" once, and stays it.
  bool stuck{false};       ///< Never gets "active".
};

/// An instance as the API shows it at one moment.
struct InstanceView {
  InstanceRecord record;
  std::string status;
  std::string power_status;
  std::string server_status;
  Cidr public_network;
  bool main_ip_known{false};
  bool vpcs_known{false};
};

}  // namespace vpcp::lab
