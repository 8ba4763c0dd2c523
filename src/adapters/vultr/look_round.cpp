#include "adapters/vultr/look_round.h"

#include <algorithm>
#include <set>

#include "adapters/vultr/errors.h"

namespace vpcp::vultr {
namespace {

constexpr minutes kKeptFor{10};
constexpr std::string_view kOurMark = "vpcp-";

bool is_ours(const std::string& description) {
  return description.find(kOurMark) != std::string::npos;
}

bool is_ours(const Instance& instance) {
  return std::any_of(instance.tags.begin(), instance.tags.end(),
                     [](const std::string& tag) { return tag.starts_with(kOurMark); });
}

/// A person may have taken the mark out of a description; what is in use by our instances is still looked at.
bool uses(const Instance& instance, const FirewallGroup& group) {
  return is_ours(instance) && instance.firewall_group == group.id;
}
bool uses(const Instance& instance, const Vpc& vpc) {
  return is_ours(instance) &&
         std::ranges::any_of(instance.vpcs, [&](const VpcAttachment& at) { return at.vpc == vpc.id; });
}
template <class Item>
bool concerns_us(const Item& item, const std::vector<Instance>& instances) {
  return is_ours(item.description) ||
         std::ranges::any_of(instances, [&](const Instance& instance) { return uses(instance, item); });
}

/// An item can be on two pages when the list changes in between. One thing seen twice would pass for twins.
template <class Item, class IdOf>
std::vector<Item> each_once(std::vector<Item> items, IdOf id_of) {
  std::set<std::string> seen;
  std::erase_if(items, [&](const Item& item) { return !seen.insert(id_of(item)).second; });
  return items;
}

/// Drops what is kept of things that are no longer there.
template <class Map, class Items, class IdOf>
void keep_only(Map& map, const Items& items, IdOf id_of) {
  std::erase_if(map, [&](const auto& entry) {
    return std::none_of(items.begin(), items.end(),
                        [&](const auto& item) { return id_of(item) == entry.first; });
  });
}

}  // namespace

Result<std::shared_ptr<const CloudSnapshot>> LookRound::take(const Context& ctx) {
  auto snapshot = std::make_shared<CloudSnapshot>();
  snapshot->taken_at = clock_.now();
  snapshot->vpcs = TRY(vpcs(ctx));
  snapshot->instances = TRY(instances(ctx));
  find_nat_gateways(ctx, *snapshot);
  snapshot->firewall_groups = TRY(groups(ctx, snapshot->instances));
  return std::shared_ptr<const CloudSnapshot>(std::move(snapshot));
}

void LookRound::forget_rules(const FirewallGroupId& id) {
  kept_.with([&](Kept& kept) {
    kept.rules.erase(id);
    ++kept.rule_writes[id];
  });
}

Result<std::vector<Vpc>> LookRound::vpcs(const Context& ctx) {
  auto all = TRY(api_.list(ctx, "list-vpcs", "/vpcs", read_vpc_page));
  all = each_once(std::move(all), [](const Vpc& vpc) { return vpc.id.value; });
  kept_.with([&](Kept& kept) { keep_only(kept.nat, all, [](const Vpc& vpc) { return vpc.id; }); });
  return all;
}

void LookRound::find_nat_gateways(const Context& ctx, CloudSnapshot& snapshot) {
  for (Vpc& vpc : snapshot.vpcs) {
    if (concerns_us(vpc, snapshot.instances)) vpc.has_nat_gateway = has_nat_gateway(ctx, vpc.id);
  }
}

bool LookRound::has_nat_gateway(const Context& ctx, const VpcId& id) {
  const SteadyTime now = clock_.steady_now();
  const auto known = kept_.with([&](Kept& kept) -> std::optional<KeptNat> {
    const auto found = kept.nat.find(id);
    return found == kept.nat.end() ? std::nullopt : std::optional(found->second);
  });
  if (known && now - known->read_at < kKeptFor) return known->present;
  const auto gateways =
      api_.list(ctx, "get-nat-gateway", "/vpcs/" + id.value + "/nat-gateway", read_nat_gateway_page);
  const bool present =
      gateways.ok() ? !gateways->empty() : known && known->present && gateways.error().reason != kNotFound;
  const bool told = gateways.ok() || gateways.error().kind != ErrorKind::Transient;
  if (told) note_nat_gateway(id, present);
  return present;
}

void LookRound::note_nat_gateway(const VpcId& id, bool present) {
  kept_.with([&](Kept& kept) { kept.nat[id] = {clock_.steady_now(), present}; });
}

Result<std::vector<Instance>> LookRound::instances(const Context& ctx) {
  auto listed = TRY(api_.list(ctx, "list-instances", "/instances", read_instance_page));
  listed = each_once(std::move(listed), [](const ListedInstance& item) { return item.instance.id.value; });
  std::vector<Instance> all;
  all.reserve(listed.size());
  for (ListedInstance& item : listed) {
    if (!item.names_vpcs && is_ours(item.instance)) {
      const std::string path = "/instances/" + item.instance.id.value + "/vpcs";
      auto vpcs = api_.list(ctx, "list-instance-vpcs", path, read_attachment_page);
      // 404: the instance is too new to be known everywhere, or has just gone.
      if (!vpcs.ok() && vpcs.error().reason != kNotFound) return std::move(vpcs).error();
      if (vpcs.ok()) item.instance.vpcs = *std::move(vpcs);
      std::erase_if(item.instance.vpcs, [](const VpcAttachment& vpc) { return vpc.address.bits == 0; });
    }
    all.push_back(std::move(item.instance));
  }
  return all;
}

Result<std::vector<FirewallGroup>> LookRound::groups(const Context& ctx,
                                                     const std::vector<Instance>& instances) {
  auto listed = TRY(api_.list(ctx, "list-firewalls", "/firewalls", read_group_page));
  listed = each_once(std::move(listed), [](const ListedGroup& item) { return item.group.id.value; });
  kept_.with([&](Kept& kept) {
    const auto id_of = [](const ListedGroup& item) { return item.group.id; };
    keep_only(kept.rules, listed, id_of);
    keep_only(kept.rule_writes, listed, id_of);
  });
  std::vector<FirewallGroup> all;
  all.reserve(listed.size());
  for (ListedGroup& item : listed) {
    if (concerns_us(item.group, instances)) item.group.rules = TRY(rules_of(ctx, item));
    all.push_back(std::move(item.group));
  }
  return all;
}

Result<std::vector<FirewallRule>> LookRound::rules_of(const Context& ctx, const ListedGroup& listed) {
  const FirewallGroupId& id = listed.group.id;
  const SteadyTime now = clock_.steady_now();
  std::uint64_t writes = 0;
  auto known = kept_.with([&](Kept& kept) -> std::optional<std::vector<FirewallRule>> {
    writes = kept.rule_writes[id];
    const auto found = kept.rules.find(id);
    if (found == kept.rules.end() || found->second.revision != listed.revision) return std::nullopt;
    if (now - found->second.read_at >= kKeptFor) return std::nullopt;
    return found->second.rules;
  });
  if (known) return *std::move(known);
  auto rules = api_.list(ctx, "list-firewall-rules", "/firewalls/" + id.value + "/rules", read_rule_page);
  if (!rules.ok() && rules.error().reason == kNotFound)
    return std::vector<FirewallRule>{};  // gone since the list
  if (!rules.ok()) return std::move(rules).error();
  kept_.with([&](Kept& kept) {
    // Not kept when a write of ours came between: the revision has seconds only and may not tell them apart.
    if (kept.rule_writes[id] == writes) kept.rules[id] = {listed.revision, now, *rules};
  });
  return rules;
}

}  // namespace vpcp::vultr
