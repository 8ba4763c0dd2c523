#include <algorithm>

#include "lab/cloud.h"
#include "lab/cloud_find.h"

namespace vpcp::lab {

Answer<Done> Cloud::check_change(const InstanceChange& change) {
  if (change.plan && find_plan(*change.plan) == nullptr) return Refusal{400, "Invalid plan chosen."};
  if (change.os_id && find_os(*change.os_id) == nullptr) return Refusal{400, "Invalid OS chosen."};
  if (change.tags && change.tags->size() > 50) return Refusal{400, "Too many tags."};
  if (change.firewall_group && !change.firewall_group->empty() &&
      find_group(*change.firewall_group) == nullptr) {
    return Refusal{400, "Invalid firewall group ID"};
  }
  return Done{};
}

void Cloud::apply(InstanceRecord& record, const InstanceChange& change) {
  if (change.label) record.label = *change.label;
  if (change.tags) {
    record.tags = *change.tags;
    std::ranges::sort(record.tags);
  }
  if (change.backups) record.backups = *change.backups;
  if (change.ddos_protection) record.ddos_protection = *change.ddos_protection;
  if (change.user_scheme) record.user_scheme = *change.user_scheme;
  if (change.enable_ipv6.value_or(false) && record.v6_network.empty()) give_ipv6(record);
  if (change.firewall_group) {
    record.firewall_group = *change.firewall_group;
    note(backend_.set_firewall(record.id, inbound(record.firewall_group)), "set firewall", record.id);
  }
  if (change.user_data) {
    record.user_data = *change.user_data;
    note(backend_.set_user_data(record.id, record.user_data), "set user data", record.id);
  }
}

Answer<InstanceView> Cloud::change_instance(const std::string& id, const InstanceChange& change) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find_instance(id);
  if (record == nullptr) return no_such_instance();
  TRY(check_change(change));
  apply(*record, change);
  for (const std::string& vpc : change.attach_vpc) TRY(attach(*record, vpc));
  for (const std::string& vpc : change.detach_vpc) TRY(detach(*record, vpc));
  if (change.plan && record->plan->id != *change.plan) {
    record->plan = find_plan(*change.plan);
    note(backend_.reboot(id), "reboot", id);
  }
  if (change.os_id) {
    record->os = find_os(*change.os_id);
    TRY(reinstall(*record));
  }
  return view(*record);
}

Answer<Done> Cloud::reinstall(InstanceRecord& record) {
  record.boot_from = clock_.now();
  record.activated = false;
  const Status done = backend_.reinstall(host_spec(record));
  if (!done.ok()) return Refusal{500, "Unable to reinstall server: " + done.error().message};
  return Done{};
}

Answer<InstanceView> Cloud::reinstall_instance(const std::string& id, std::optional<std::string> hostname) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find_instance(id);
  if (record == nullptr) return no_such_instance();
  if (hostname) record->hostname = *std::move(hostname);
  TRY(reinstall(*record));
  return view(*record);
}

Answer<Done> Cloud::delete_instance(const std::string& id) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find_instance(id);
  if (record == nullptr) return no_such_instance();
  note(backend_.destroy(id), "destroy", id);
  release(*record);
  state_.deleted_until.push_back(clock_.now() + options_.quota_linger);
  state_.instances.erase(record->seq);
  state_.by_id.erase(id);
  return Done{};
}

Answer<Done> Cloud::power(const std::string& id, PowerAction action) {
  const std::lock_guard lock(mutex_);
  if (find_instance(id) == nullptr) return no_such_instance();
  switch (action) {
    case PowerAction::Start:
      note(backend_.power_on(id), "power on", id);
      break;
    case PowerAction::Halt:
      note(backend_.power_off(id), "power off", id);
      break;
    case PowerAction::Reboot:
      note(backend_.reboot(id), "reboot", id);
      break;
  }
  return Done{};
}

Answer<Done> Cloud::power_cut(const std::string& id) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find(state_.instances, id);
  if (record == nullptr) return no_such_instance();
  activate(*record);
  const Status done = backend_.power_off(id);
  if (!done.ok()) return Refusal{500, done.error().message};
  return Done{};
}

Answer<Done> Cloud::attach(InstanceRecord& record, const std::string& vpc_id) {
  VpcRecord* vpc = find_vpc(vpc_id);
  if (vpc == nullptr || vpc->region != record.region) return no_such_vpc();
  if (std::ranges::find(record.vpcs, vpc_id, &Membership::vpc_id) != record.vpcs.end()) {
    return Refusal{400, "Unable to attach VPC: already attached to this VPC network"};
  }
  const Membership joined = TRY(join(record, *vpc));
  note(backend_.attach_vpc(record.id, nic(joined)), "attach VPC", record.id);
  return Done{};
}

Answer<Done> Cloud::detach(InstanceRecord& record, const std::string& vpc_id) {
  if (std::ranges::find(record.vpcs, vpc_id, &Membership::vpc_id) == record.vpcs.end()) return no_such_vpc();
  leave(record, vpc_id);
  note(backend_.detach_vpc(record.id, vpc_id), "detach VPC", record.id);
  return Done{};
}

Answer<Done> Cloud::attach_vpc(const std::string& id, const std::string& vpc_id) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find_instance(id);
  if (record == nullptr) return no_such_instance();
  return attach(*record, vpc_id);
}

Answer<Done> Cloud::detach_vpc(const std::string& id, const std::string& vpc_id) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find_instance(id);
  if (record == nullptr) return no_such_instance();
  return detach(*record, vpc_id);
}

}  // namespace vpcp::lab
