#pragma once
#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/api/cloud.h"
#include "vpcp/base/result.h"

namespace vpcp::testing {

/// How the fake cloud deviates from a perfect one, with Vultr's usual figures; but its servers boot in a
/// third of the time: every second of a boot is a pass in every simulation.
struct CloudQuirks {
  milliseconds visible_after{0};         ///< A new resource is missing from the lists for this long.
  milliseconds address_after{6000};      ///< The VPC address is missing for this long after a create.
  milliseconds active_after{20000};      ///< Pending, and without a public address, for this long.
  milliseconds locked_for{0};            ///< Deletes and power calls fail for this long after a create.
  milliseconds attached_lingers{20000};  ///< A VPC cannot be deleted for this long after its last instance.
  std::set<InstanceId> unlisted{};       ///< They exist, and the lists do not show them.
  std::size_t vpcs_per_region{5};
  std::size_t max_instances{1000};
};

/// One instance with what the API does not show of it.
struct Machine {
  Instance facts;  ///< As it will be once everything has become visible.
  Secret user_data;
  PublicNetwork network{PublicNetwork::IPv4};
  SystemTime created{};
};

/// The state of the fake cloud and its rules, free of threads, faults and hooks. `now` is an argument
/// throughout. Errors are those of CloudProvider.
class CloudWorld {
 public:
  CloudQuirks quirks;
  Catalogue catalogue{
      {{"vc2-1c-1gb", {"vc2-1c-1gb", 5.0, {"ams", "blr", "sgp", "fra"}}},
       {"vc2-2c-4gb", {"vc2-2c-4gb", 20.0, {"ams", "blr"}}}},
      {{"Ubuntu 22.04 LTS x64", 1743}, {"Ubuntu 24.04 LTS x64", 2284}, {"Debian 12 x64 (bookworm)", 2136}},
      {"ams", "blr", "sgp", "fra"}};
  std::map<InstanceId, Machine> machines;
  std::map<VpcId, Vpc> vpcs;
  std::map<FirewallGroupId, FirewallGroup> groups;

  [[nodiscard]] CloudSnapshot snapshot(SystemTime now) const {
    CloudSnapshot view;
    view.taken_at = now;
    const auto visible = [&](SystemTime created) { return created + quirks.visible_after <= now; };
    for (const auto& [id, vpc] : vpcs) {
      if (visible(vpc.created)) view.vpcs.push_back(vpc);
    }
    for (const auto& [id, machine] : machines) {
      if (visible(machine.created) && !quirks.unlisted.contains(id))
        view.instances.push_back(shown(machine, now));
    }
    for (const auto& [id, group] : groups) {
      if (visible(group.created)) view.firewall_groups.push_back(group);
    }
    return view;
  }

  /// Everything as it is, without the delays of visibility.
  [[nodiscard]] CloudSnapshot settled(SystemTime now) const {
    CloudSnapshot view;
    view.taken_at = now;
    for (const auto& [id, vpc] : vpcs) view.vpcs.push_back(vpc);
    for (const auto& [id, machine] : machines) view.instances.push_back(machine.facts);
    for (const auto& [id, group] : groups) view.firewall_groups.push_back(group);
    return view;
  }

  [[nodiscard]] InstanceState state_of(const Machine& machine, SystemTime now) const {
    return machine.created + quirks.active_after > now ? InstanceState::Pending : machine.facts.state;
  }
  /// The instance as the API shows it now.
  [[nodiscard]] Instance shown(const Machine& machine, SystemTime now) const {
    Instance instance = machine.facts;
    instance.state = state_of(machine, now);
    if (machine.created + quirks.active_after > now) instance.public_ip.reset();
    if (machine.created + quirks.address_after > now) instance.vpcs.clear();
    instance.locked = instance.locked || machine.created + quirks.locked_for > now;
    return instance;
  }

  Result<Vpc> create_vpc(const NewVpc& wanted, SystemTime now) {
    TRY(check_region(wanted.region));
    const auto same_region = std::count_if(
        vpcs.begin(), vpcs.end(), [&](const auto& entry) { return entry.second.region == wanted.region; });
    if (static_cast<std::size_t>(same_region) >= quirks.vpcs_per_region) {
      return quota("VPCs of region " + wanted.region);
    }
    Vpc vpc{{next_id()}, wanted.region, wanted.description.substr(0, 255), wanted.cidr, now};
    vpcs[vpc.id] = vpc;
    return vpc;
  }

  Status set_vpc_description(const VpcId& id, const std::string& description) {
    const auto vpc = vpcs.find(id);
    if (vpc == vpcs.end()) return Error{ErrorKind::Conflict, "NotFound", "there is no VPC " + id.value};
    vpc->second.description = description.substr(0, 255);
    return {};
  }

  Status delete_vpc(const VpcId& id, SystemTime now) {
    if (!vpcs.contains(id)) return {};
    for (const auto& [instance, machine] : machines) {
      if (attached(machine, id)) return still_attached(id);
    }
    const auto left = last_detached_.find(id);
    if (left != last_detached_.end() && left->second + quirks.attached_lingers > now) {
      return still_attached(id);
    }
    vpcs.erase(id);
    return {};
  }

  Result<FirewallGroup> create_firewall_group(const std::string& description, SystemTime now) {
    FirewallGroup group{{next_id()}, description.substr(0, 255), {}, now};
    groups[group.id] = group;
    return group;
  }

  /// A rule that exists already is a success, as the adapter makes of Vultr's "already defined".
  Status add_firewall_rule(const FirewallGroupId& id, const NewFirewallRule& rule) {
    const auto group = groups.find(id);
    if (group == groups.end()) {
      return Error{ErrorKind::Conflict, "NotFound", "there is no firewall group " + id.value};
    }
    auto& rules = group->second.rules;
    const auto same = [&](const FirewallRule& r) { return r.rule == rule; };
    if (std::none_of(rules.begin(), rules.end(), same)) rules.push_back({++rules_made_, rule, false});
    return {};
  }

  Status delete_firewall_rule(const FirewallGroupId& id, int rule) {
    const auto group = groups.find(id);
    if (group == groups.end()) return {};
    std::erase_if(group->second.rules, [&](const FirewallRule& r) { return r.id == rule; });
    return {};
  }

  /// Instances that used it are left with no firewall at all.
  Status delete_firewall_group(const FirewallGroupId& id) {
    groups.erase(id);
    for (auto& [instance, machine] : machines) {
      if (machine.facts.firewall_group == id) machine.facts.firewall_group.reset();
    }
    return {};
  }

  Result<Instance> create_instance(const NewInstance& wanted, SystemTime now) {
    TRY(check_new_instance(wanted));
    Machine machine;
    machine.created = now;
    machine.user_data = wanted.user_data;
    machine.network = wanted.network;
    Instance& facts = machine.facts;
    facts.id = {next_id()};
    facts.region = wanted.region;
    facts.plan = wanted.plan;
    facts.os = wanted.os;
    facts.label = wanted.label;
    facts.tags = sorted(wanted.tags);
    facts.state = InstanceState::Active;
    facts.firewall_group = wanted.firewall_group;
    facts.created = now;
    facts.vpcs = {{wanted.vpc, free_address(wanted.vpc)}};
    if (wanted.network == PublicNetwork::IPv4) facts.public_ip = free_public_address();
    facts.vpc_only = wanted.network == PublicNetwork::VpcOnly;
    machines[facts.id] = machine;
    return shown(machine, now);
  }

  Status update_instance(const InstanceId& id, const InstancePatch& patch) {
    const auto machine = machines.find(id);
    if (machine == machines.end()) return no_instance(id);
    if (patch.tags) machine->second.facts.tags = sorted(*patch.tags);
    if (patch.firewall_group) machine->second.facts.firewall_group = patch.firewall_group;
    if (patch.user_data) machine->second.user_data = *patch.user_data;
    return {};
  }

  Status start_instance(const InstanceId& id, SystemTime now) {
    const auto machine = machines.find(id);
    if (machine == machines.end()) return no_instance(id);
    if (shown(machine->second, now).locked) return locked(id);
    machine->second.facts.power = PowerState::Running;
    return {};
  }

  Status delete_instance(const InstanceId& id, SystemTime now) {
    const auto machine = machines.find(id);
    if (machine == machines.end()) return {};
    if (shown(machine->second, now).locked) return locked(id);
    detach_instance(id, now);
    machines.erase(machine);
    return {};
  }

  /// Only people do this, and the next; the host reboots.
  Status attach_instance(const InstanceId& id, const VpcId& vpc) {
    const auto machine = machines.find(id);
    if (machine == machines.end() || !vpcs.contains(vpc)) return no_instance(id);
    machine->second.facts.vpcs = {{vpc, free_address(vpc)}};
    return {};
  }
  /// Precondition: it exists.
  void detach_instance(const InstanceId& id, SystemTime now) {
    for (const VpcAttachment& vpc : std::exchange(machines.at(id).facts.vpcs, {}))
      last_detached_[vpc.vpc] = now;
  }

 private:
  static std::vector<std::string> sorted(std::vector<std::string> tags) {
    std::sort(tags.begin(), tags.end());
    return tags;
  }
  static bool attached(const Machine& machine, const VpcId& id) {
    const auto& all = machine.facts.vpcs;
    return std::any_of(all.begin(), all.end(), [&](const VpcAttachment& a) { return a.vpc == id; });
  }

  static Error quota(const std::string& what) {
    return {ErrorKind::Denied, "QuotaReached", "the account may have no more " + what};
  }
  static Error still_attached(const VpcId& id) {
    return {ErrorKind::Conflict, "StillAttached", "servers are attached to VPC " + id.value};
  }
  static Error locked(const InstanceId& id) {
    return {ErrorKind::Conflict, "Locked", "instance " + id.value + " is locked"};
  }
  static Error no_instance(const InstanceId& id) {
    return {ErrorKind::Conflict, "NotFound", "there is no instance " + id.value};
  }

  [[nodiscard]] Status check_region(const std::string& region) const {
    const auto& known = catalogue.regions;
    if (std::find(known.begin(), known.end(), region) != known.end()) return {};
    return Error{ErrorKind::Invalid, "RegionUnknown", "there is no region " + region};
  }

  [[nodiscard]] Status check_new_instance(const NewInstance& wanted) const {
    TRY(check_region(wanted.region));
    const auto plan = catalogue.plans.find(wanted.plan);
    if (plan == catalogue.plans.end() || !sold_in(plan->second, wanted.region)) {
      return Error{ErrorKind::Invalid, "PlanNotAvailable", wanted.plan + " is not sold in " + wanted.region};
    }
    if (!catalogue.os_ids.contains(wanted.os)) {
      return Error{ErrorKind::Invalid, "ImageNotAvailable", "there is no image " + wanted.os};
    }
    const auto vpc = vpcs.find(wanted.vpc);
    if (vpc == vpcs.end() || vpc->second.region != wanted.region) {
      return Error{ErrorKind::Conflict, "NotFound",
                   "there is no VPC " + wanted.vpc.value + " in " + wanted.region};
    }
    if (wanted.network == PublicNetwork::VpcOnly && !vpc->second.has_nat_gateway) {
      return Error{ErrorKind::Invalid, "NatGatewayMissing",
                   "VPC " + wanted.vpc.value + " has no NAT gateway"};
    }
    if (machines.size() >= quirks.max_instances) return quota("instances");
    return {};
  }
  static bool sold_in(const CloudPlan& plan, const std::string& region) {
    return std::find(plan.locations.begin(), plan.locations.end(), region) != plan.locations.end();
  }

  /// From .3 up, the lowest free one: a freed address is given out again.
  [[nodiscard]] Ipv4 free_address(const VpcId& id) const {
    std::set<Ipv4> used;
    for (const auto& [instance, machine] : machines) {
      for (const VpcAttachment& a : machine.facts.vpcs) {
        if (a.vpc == id) used.insert(a.address);
      }
    }
    std::uint64_t n = 3;
    while (used.contains(vpcs.at(id).cidr.at(n))) ++n;
    return vpcs.at(id).cidr.at(n);
  }
  /// Of 198.18.0.0/15, which is for tests (RFC 2544); never given out twice.
  Ipv4 free_public_address() { return {0xc6120000u + ++public_addresses_made_}; }

  std::string next_id() {
    char text[40];
    std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", ++ids_made_);
    return text;
  }

  std::map<VpcId, SystemTime> last_detached_;
  int ids_made_{0};
  int rules_made_{0};
  std::uint32_t public_addresses_made_{0};
};

}  // namespace vpcp::testing
