#include <strings.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "lab/cloud.h"
#include "lab/cloud_find.h"

namespace vpcp::lab {
namespace {

constexpr std::size_t kMaxTags = 50;

bool same_ignoring_case(const std::string& a, const std::string& b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool passes(const InstanceRecord& record, const InstanceFilter& filter) {
  const auto exact = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  const auto tagged = [&](const std::string& tag) { return same_ignoring_case(tag, filter.tag); };
  return (filter.tag.empty() || std::ranges::any_of(record.tags, tagged)) &&
         exact(filter.label, record.label) && exact(filter.region, record.region) &&
         exact(filter.hostname, record.hostname) && exact(filter.firewall_group, record.firewall_group) &&
         (filter.main_ip.empty() || filter.main_ip == record.public_ip.value_or(Ipv4{}).str());
}

std::vector<std::string> sorted(std::vector<std::string> tags) {
  std::ranges::sort(tags);
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace

InstanceRecord* Cloud::find_instance(const std::string& id) {
  InstanceRecord* record = find(state_.instances, id);
  if (record == nullptr || record->visible_from > clock_.now()) return nullptr;
  activate(*record);
  return record;
}

void Cloud::activate(InstanceRecord& record) {
  if (record.activated || record.stuck || clock_.now() - record.boot_from < options_.boot) return;
  record.activated = backend_.state(record.id) == HostState::Running;
}

std::vector<InstanceRecord*> Cloud::matching(const InstanceFilter& filter) {
  const SystemTime now = clock_.now();
  std::vector<InstanceRecord*> all;
  for (auto& [seq, record] : state_.instances) {
    if (record.visible_from <= now && passes(record, filter)) all.push_back(&record);
  }
  return all;
}

InstanceView Cloud::view(InstanceRecord& record) {
  const auto age = clock_.now() - record.boot_from;
  activate(record);
  InstanceView view{record, "active", "running", "ok", options_.public_network, true, true};
  if (!record.activated) {
    view.status = "pending";
    view.server_status = "none";
    view.main_ip_known = age >= options_.boot / 2;
    view.vpcs_known = age >= options_.boot / 8;  // seen long before "active": 6 s of 60
    return view;
  }
  if (age < options_.boot * 5 / 4) view.server_status = "installingbooting";
  if (backend_.state(record.id) != HostState::Running) view.power_status = "stopped";
  return view;
}

Page<InstanceView> Cloud::instances(const InstanceFilter& filter, const PageRequest& page) {
  const std::lock_guard lock(mutex_);
  return paginate(matching(filter), page, [this](InstanceRecord& record) { return view(record); });
}

Answer<InstanceView> Cloud::instance(const std::string& id) {
  const std::lock_guard lock(mutex_);
  InstanceRecord* record = find_instance(id);
  if (record == nullptr) return no_such_instance();
  return view(*record);
}

std::vector<InstanceView> Cloud::every_instance() {
  const std::lock_guard lock(mutex_);
  std::vector<InstanceView> all;
  for (auto& [seq, record] : state_.instances) all.push_back(view(record));
  return all;
}

Answer<Done> Cloud::check_quota() {
  std::erase_if(state_.deleted_until, [now = clock_.now()](SystemTime until) { return until <= now; });
  const std::size_t counted = state_.instances.size() + state_.deleted_until.size();
  if (options_.max_instances == 0 || counted < options_.max_instances) return Done{};
  return Refusal{
      400, "Server add failed: You have reached the maximum number of active instances for this account."};
}

Answer<Done> Cloud::check(const NewInstance& wanted) {
  if (find_region(wanted.region) == nullptr) return Refusal{400, "Invalid region."};
  const Plan* plan = find_plan(wanted.plan);
  if (plan == nullptr || !sold_in(*plan, wanted.region)) return Refusal{400, "Invalid plan chosen."};
  const auto placeable = backend_.regions();
  if (!placeable.empty() && std::ranges::find(placeable, wanted.region) == placeable.end()) {
    return Refusal{400,
                   "Server add failed: the selected location does not have any more capacity for this plan."};
  }
  if (find_os(wanted.os_id) == nullptr) return Refusal{400, "Invalid OS chosen."};
  if (wanted.tags.size() > kMaxTags) return Refusal{400, "Too many tags."};
  for (const std::string& key : wanted.ssh_key_ids) {
    if (find(state_.ssh_keys, key) == nullptr) return Refusal{400, "Invalid ssh key"};
  }
  if (!wanted.firewall_group.empty() && find_group(wanted.firewall_group) == nullptr) {
    return Refusal{400, "Invalid firewall group ID"};
  }
  TRY(check_networks(wanted));
  return check_quota();
}

Answer<Done> Cloud::check_networks(const NewInstance& wanted) {
  for (const std::string& id : wanted.attach_vpc) {
    const VpcRecord* vpc = find_vpc(id);
    if (vpc == nullptr || vpc->region != wanted.region) return Refusal{400, "Invalid VPC ID"};
  }
  if (!wanted.vpc_only) return Done{};
  if (wanted.attach_vpc.empty()) return Refusal{400, "Server add failed: vpc_only requires attach_vpc."};
  if (!find_vpc(wanted.attach_vpc.front())->nat) {
    return Refusal{400, "Server add failed: vpc_only requires a VPC network with a NAT Gateway."};
  }
  return Done{};
}

Answer<Done> Cloud::give_public_address(InstanceRecord& record) {
  record.public_ip = take_public_address();
  if (record.public_ip) return Done{};
  return Refusal{400,
                 "Server add failed: the selected location does not have any more capacity for this plan."};
}

void Cloud::give_ipv6(InstanceRecord& record) {
  std::array<char, 64> text{};
  const auto high = static_cast<unsigned>(record.seq >> 16 & 0xffff);
  const auto low = static_cast<unsigned>(record.seq & 0xffff);
  std::snprintf(text.data(), text.size(), "2001:db8:%x:%x::", high, low);
  record.v6_network = text.data();
  record.v6_address = record.v6_network + "100";
}

Answer<Done> Cloud::join_vpcs(InstanceRecord& record, const NewInstance& wanted) {
  for (const std::string& id : wanted.attach_vpc) TRY(join(record, *find_vpc(id)));
  if (!wanted.attach_vpc.empty() || !wanted.enable_vpc) return Done{};
  const auto existing =
      std::ranges::find_if(state_.vpcs, [&](const auto& vpc) { return vpc.second.region == wanted.region; });
  VpcRecord* vpc = existing == state_.vpcs.end() ? nullptr : &existing->second;
  if (vpc == nullptr) vpc = TRY(add_vpc({wanted.region, "", "", 0}));
  TRY(join(record, *vpc));
  return Done{};
}

void Cloud::release(InstanceRecord& record) {
  while (!record.vpcs.empty()) leave(record, std::string(record.vpcs.front().vpc_id));
  if (record.public_ip) state_.public_used.erase(*record.public_ip);
}

HostSpec Cloud::host_spec(const InstanceRecord& record) {
  HostSpec spec;
  spec.instance_id = record.id;
  spec.hostname = record.hostname;
  spec.label = record.label;
  spec.region = record.region;
  spec.os_name = record.os->name;
  spec.vcpus = record.plan->vcpus;
  spec.memory_mb = record.plan->memory_mb;
  if (!record.vpc_only) {
    spec.public_nic = PublicNic{record.public_ip, options_.public_network.at(1),
                                options_.public_network.prefix, record.public_mac, record.v6_address};
  }
  for (const Membership& membership : record.vpcs) spec.vpc_nics.push_back(nic(membership));
  spec.user_data = record.user_data;
  spec.ssh_keys = record.ssh_keys;
  spec.inbound = inbound(record.firewall_group);
  return spec;
}

Answer<InstanceView> Cloud::create_instance(const NewInstance& wanted) {
  const std::lock_guard lock(mutex_);
  TRY(check(wanted));
  InstanceRecord record;
  record.id = random_uuid();
  record.region = wanted.region;
  record.plan = find_plan(wanted.plan);
  record.os = find_os(wanted.os_id);
  record.label = wanted.label;
  record.hostname = wanted.hostname.empty() ? "vultr" : wanted.hostname;
  record.tags = sorted(wanted.tags);
  record.firewall_group = wanted.firewall_group;
  record.user_data = wanted.user_data;
  for (const std::string& key : wanted.ssh_key_ids)
    record.ssh_keys.push_back(find(state_.ssh_keys, key)->key);
  record.user_scheme = wanted.user_scheme;
  record.vpc_only = wanted.vpc_only;
  record.backups = wanted.backups;
  record.ddos_protection = wanted.ddos_protection;
  record.public_mac = wanted.vpc_only ? "" : next_mac("56");
  record.created = record.boot_from = clock_.now();
  record.visible_from = record.created + options_.visible_after + wanted.visible_after;
  record.stuck = wanted.stuck;
  // Without IPv6 the wish for no public IPv4 is not heard.
  const bool no_ipv4 = wanted.vpc_only || (wanted.enable_ipv6 && wanted.disable_public_ipv4);
  if (!no_ipv4) TRY(give_public_address(record));
  if (const auto joined = join_vpcs(record, wanted); !joined.ok()) return release(record), joined.error();
  record.seq = add_id(record.id);
  if (wanted.enable_ipv6) give_ipv6(record);
  if (const Status made = backend_.create(host_spec(record)); !made.ok()) {
    release(record);
    state_.by_id.erase(record.id);
    return Refusal{500, "Server add failed: " + made.error().message};
  }
  return view(state_.instances[record.seq] = std::move(record));
}

}  // namespace vpcp::lab
