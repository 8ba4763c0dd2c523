#include "support/cloud_faults.h"

namespace vpcp::testing {
namespace {

FirewallGroup* group_of(CloudWorld& world, const InstanceId& id) {
  const auto& group = world.machines.at(id).facts.firewall_group;
  const auto found = group ? world.groups.find(*group) : world.groups.end();
  return found == world.groups.end() ? nullptr : &found->second;
}

void lose_group(CloudWorld& world, const InstanceId& id, SystemTime /*now*/) {
  const FirewallGroup* group = group_of(world, id);
  if (group == nullptr) return;
  const FirewallGroupId lost = group->id;  // which goes with the group
  (void)world.delete_firewall_group(lost);
}
/// With the one for SSH, by which we come ourselves.
void lose_rules(CloudWorld& world, const InstanceId& id, SystemTime /*now*/) {
  if (FirewallGroup* group = group_of(world, id)) group->rules.clear();
}
void add_rule(CloudWorld& world, const InstanceId& id, SystemTime /*now*/) {
  const NewFirewallRule rule{RuleProtocol::Tcp, "8080", Cidr{}, "by hand"};
  if (const FirewallGroup* group = group_of(world, id)) (void)world.add_firewall_rule(group->id, rule);
}

void add_twin(CloudWorld& world, const InstanceId& id, SystemTime now) {
  Machine twin = world.machines.at(id);
  if (twin.facts.tags.empty()) return;  // without our tags it would be somebody else's
  twin.facts.id.value.replace(0, 8, "ffffffff");
  if (twin.facts.public_ip) twin.facts.public_ip->bits |= 1U << 16U;  // not given out by CloudWorld so soon
  for (VpcAttachment& vpc : twin.facts.vpcs) vpc.address.bits += 100;
  twin.created = twin.facts.created = now + milliseconds{1};
  world.machines[twin.facts.id] = twin;
}

void describe_otherwise(CloudWorld& world, const InstanceId& id, SystemTime /*now*/) {
  for (const VpcAttachment& vpc : world.machines.at(id).facts.vpcs)
    (void)world.set_vpc_description(vpc.vpc, "by hand");
}

std::vector<CloudFault> make_cloud_faults() {
  return {
      {"ItIsHalted", "InstanceStopped", false, false,
       [](CloudWorld& world, const InstanceId& id, SystemTime) {
         world.machines.at(id).facts.power = PowerState::Stopped;
       }},
      {"ItIsDeleted", "InstanceMissing", false, true,
       [](CloudWorld& world, const InstanceId& id, SystemTime now) { (void)world.delete_instance(id, now); }},
      {"ATwinOfItIsMade", "InstanceTwin", false, false, add_twin},
      {"ItsTagsAreTakenOff", "TagsChanged", false, false,
       [](CloudWorld& world, const InstanceId& id, SystemTime) { world.machines.at(id).facts.tags.clear(); }},
      {"ItLosesItsFirewallGroup", "FirewallGroupDetached", false, false,
       [](CloudWorld& world, const InstanceId& id, SystemTime) {
         world.machines.at(id).facts.firewall_group.reset();
       }},
      {"ItsFirewallGroupIsDeleted", "FirewallGroupMissing", false, false, lose_group},
      {"AllRulesOfItsFirewallGroupAreGone", "FirewallRulesChanged", false, false, lose_rules},
      {"ARuleNobodyDeclaredIsInItsFirewallGroup", "FirewallRulesChanged", false, false, add_rule},
      {"ItsVpcIsDescribedOtherwise", "VpcDescriptionChanged", true, false, describe_otherwise},
  };
}

}  // namespace

void PrintTo(const CloudFault& fault, std::ostream* out) {
  *out << fault.name;
}

const std::vector<CloudFault>& cloud_faults() {
  static const std::vector<CloudFault> all = make_cloud_faults();
  return all;
}

void delete_vpc_of(CloudWorld& world, const InstanceId& id, SystemTime now) {
  const auto& attached = world.machines.at(id).facts.vpcs;
  if (attached.empty()) return;
  const VpcId vpc = attached.front().vpc;
  for (const auto& [other, machine] : world.machines) {
    if (!machine.facts.vpcs.empty() && machine.facts.vpcs.front().vpc == vpc)
      world.detach_instance(other, now);
  }
  world.vpcs.erase(vpc);
}

bool attach_again(CloudWorld& world, const InstanceId& id) {
  const Machine& machine = world.machines.at(id);
  if (!machine.facts.vpcs.empty()) return false;
  for (const auto& [vpc, facts] : world.vpcs) {
    if (facts.region == machine.facts.region) return world.attach_instance(id, vpc).ok();
  }
  return false;
}

}  // namespace vpcp::testing
