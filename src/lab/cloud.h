#pragma once
#include <functional>
#include <memory>
#include <mutex>

#include "lab/page.h"
#include "vpcp/base/log.h"

namespace vpcp::lab {

struct CloudOptions {
  milliseconds boot{5000};        ///< From create to "active"; the real cloud takes about a minute.
  milliseconds visible_after{0};  ///< From create to being seen by get and list.
  milliseconds vpc_linger{
      3000};  ///< A VPC is "attached" this long after its last server went (really 4 … 73 s).
  milliseconds quota_linger{3000};  ///< A deleted server counts this long.
  Cidr public_network{
      *Cidr::parse("192.0.2.0/24")};  ///< One for all regions; .1 is the router's, .250 kept free.
  std::size_t max_instances{0};       ///< Quota; 0: none.
};

struct NewInstance {
  std::string region;
  std::string plan;
  int os_id{0};
  std::string label;
  std::string hostname;
  std::vector<std::string> tags;
  std::vector<std::string> ssh_key_ids;
  std::string user_data;  ///< Decoded.
  std::vector<std::string> attach_vpc;
  bool enable_vpc{false};
  bool vpc_only{false};
  bool enable_ipv6{false};
  bool disable_public_ipv4{false};
  std::string firewall_group;
  bool backups{false};
  bool ddos_protection{false};
  std::string user_scheme{"root"};
  // What a fault does to this one.
  milliseconds visible_after{0};  ///< On top of CloudOptions::visible_after.
  bool stuck{false};
};

/// Absent members stay as they are.
struct InstanceChange {
  std::optional<std::string> label;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> user_data;
  std::optional<std::string> firewall_group;
  std::vector<std::string> attach_vpc;
  std::vector<std::string> detach_vpc;
  std::optional<bool> enable_ipv6;
  std::optional<std::string> plan;
  std::optional<int> os_id;  ///< Reinstalls: the disk is lost.
  std::optional<bool> backups;
  std::optional<bool> ddos_protection;
  std::optional<std::string> user_scheme;
};

struct InstanceFilter {
  std::string tag;  ///< Case-insensitive, as the real one; all others are exact. Empty: no filter.
  std::string label;
  std::string main_ip;
  std::string region;
  std::string firewall_group;
  std::string hostname;
};

struct NewVpc {
  std::string region;
  std::string description;
  std::string subnet;  ///< Empty: the cloud chooses.
  int mask{0};
};

enum class PowerAction { Start, Halt, Reboot };

/// The simulated account: what there is, and how it changes with requests and with time. Knows nothing of
/// HTTP or JSON, and forgets everything when it ends. Thread-safe: one lock around all of it; the backend is
/// called under that lock, so it sees changes in their order.
class Cloud {
 public:
  /// All must outlive the Cloud.
  Cloud(CloudOptions options, Backend& backend, const Clock& clock, Log log);

  Page<SshKeyRecord> ssh_keys(const PageRequest& page) const;
  Answer<SshKeyRecord> ssh_key(const std::string& id) const;
  Answer<SshKeyRecord> create_ssh_key(std::string name, std::string key);
  Answer<Done> update_ssh_key(const std::string& id, std::optional<std::string> name,
                              std::optional<std::string> key);
  Answer<Done> delete_ssh_key(const std::string& id);

  Page<VpcRecord> vpcs(const PageRequest& page) const;
  Answer<VpcRecord> vpc(const std::string& id) const;
  Answer<VpcRecord> create_vpc(const NewVpc& wanted);
  Answer<Done> describe_vpc(const std::string& id, const std::string& description);
  Answer<Done> delete_vpc(const std::string& id);
  /// The instances attached to the VPC.
  Answer<Page<InstanceView>> vpc_members(const std::string& id, const PageRequest& page);
  Answer<NatGatewayRecord> create_nat_gateway(const std::string& vpc_id, std::string label, std::string tag);
  Answer<NatGatewayRecord> update_nat_gateway(const std::string& vpc_id, const std::string& id,
                                              std::optional<std::string> label,
                                              std::optional<std::string> tag);
  Answer<Done> delete_nat_gateway(const std::string& vpc_id, const std::string& id);

  Page<FirewallGroupRecord> firewall_groups(const PageRequest& page) const;
  Answer<FirewallGroupRecord> firewall_group(const std::string& id) const;
  Answer<FirewallGroupRecord> create_firewall_group(std::string description);
  Answer<Done> describe_firewall_group(const std::string& id, std::string description);
  /// Never refused: the instances that used it are open afterwards.
  Answer<Done> delete_firewall_group(const std::string& id);
  Answer<FirewallRuleRecord> create_firewall_rule(const std::string& group_id, FirewallRuleRecord rule);
  Answer<Done> delete_firewall_rule(const std::string& group_id, int rule_id);

  Page<InstanceView> instances(const InstanceFilter& filter, const PageRequest& page);
  Answer<InstanceView> instance(const std::string& id);
  Answer<InstanceView> create_instance(const NewInstance& wanted);
  Answer<InstanceView> change_instance(const std::string& id, const InstanceChange& change);
  Answer<InstanceView> reinstall_instance(const std::string& id, std::optional<std::string> hostname);
  Answer<Done> delete_instance(const std::string& id);
  Answer<Done> power(const std::string& id, PowerAction action);
  Answer<Done> attach_vpc(const std::string& id, const std::string& vpc_id);
  Answer<Done> detach_vpc(const std::string& id, const std::string& vpc_id);

  // The lab's own levers: no API of the real cloud.
  /// Everything there is, also what the API does not show yet.
  std::vector<InstanceView> every_instance();
  Answer<Done> power_cut(const std::string& id);
  Answer<Done> set_link(const Link& link);
  /// From now on the API says another network of the VPC, as after a mistake at the provider; its hosts and
  /// addresses stay as they are.
  Answer<Done> tell_network(const std::string& vpc, const std::string& subnet, int mask);

 private:
  struct State {
    Seq last_seq{0};
    std::uint32_t last_nic{0};
    std::uint64_t next_public{10};
    std::set<Ipv4> public_used;
    std::map<Seq, SshKeyRecord> ssh_keys;
    std::map<Seq, VpcRecord> vpcs;
    std::map<Seq, FirewallGroupRecord> groups;
    std::map<Seq, InstanceRecord> instances;
    std::unordered_map<std::string, Seq> by_id;  ///< Of all kinds.
    std::vector<SystemTime> deleted_until;       ///< Deleted instances that still count for the quota.
  };

  // All of these expect the lock to be held.
  template <class Record>
  Record* find(std::map<Seq, Record>& records, const std::string& id) const;
  Seq add_id(const std::string& id);
  VpcRecord* find_vpc(const std::string& id) { return find(state_.vpcs, id); }
  FirewallGroupRecord* find_group(const std::string& id) { return find(state_.groups, id); }
  /// nullptr also while the instance is not visible yet.
  InstanceRecord* find_instance(const std::string& id);
  /// Makes it "active" when it is time. Before each change of power, for who was on once stays "active".
  void activate(InstanceRecord& record);
  InstanceView view(InstanceRecord& record);
  std::vector<InstanceRecord*> matching(const InstanceFilter& filter);
  Answer<Done> check(const NewInstance& wanted);
  Answer<Done> check_quota();
  Answer<Done> check_networks(const NewInstance& wanted);
  Answer<Done> give_public_address(InstanceRecord& record);
  void give_ipv6(InstanceRecord& record);
  Answer<Done> join_vpcs(InstanceRecord& record, const NewInstance& wanted);
  Answer<Membership> join(InstanceRecord& record, VpcRecord& vpc);
  void leave(InstanceRecord& record, const std::string& vpc_id);
  void release(InstanceRecord& record);
  Answer<Done> attach(InstanceRecord& record, const std::string& vpc_id);
  Answer<Done> detach(InstanceRecord& record, const std::string& vpc_id);
  Answer<Done> check_change(const InstanceChange& change);
  void apply(InstanceRecord& record, const InstanceChange& change);
  Answer<Done> reinstall(InstanceRecord& record);
  Answer<VpcRecord*> add_vpc(const NewVpc& wanted);
  std::optional<Ipv4> take_public_address();
  std::string next_mac(const char* prefix);
  VpcNic nic(const Membership& membership);
  HostSpec host_spec(const InstanceRecord& record);
  Inbound inbound(const std::string& group_id);
  void apply_firewall(const std::string& group_id);
  std::size_t users_of(const std::string& group_id) const;
  FirewallGroupRecord counted(const FirewallGroupRecord& group) const;
  /// Logs a refusal of the backend where the API has no way to tell it.
  void note(const Status& status, const char* what, const std::string& id) const;

  const CloudOptions options_;
  Backend& backend_;
  const Clock& clock_;
  const Log log_;
  mutable std::mutex mutex_;
  mutable State state_;
};

}  // namespace vpcp::lab
