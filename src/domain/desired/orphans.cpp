#include "domain/desired/orphans.h"

#include <optional>
#include <string_view>

namespace vpcp {
namespace {

constexpr std::size_t kUidLength = 36;

/// The uid of a mark "vpcp-UID", with what may follow it; nullopt: that is none.
std::optional<std::string> uid_of_mark(std::string_view text) {
  constexpr std::string_view kMark = "vpcp-";
  if (!text.starts_with(kMark) || text.size() < kMark.size() + kUidLength) return std::nullopt;
  const std::string_view uid = text.substr(kMark.size(), kUidLength);
  for (std::size_t i = 0; i < uid.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (uid[i] >= '0' && uid[i] <= '9') || (uid[i] >= 'a' && uid[i] <= 'f');
    if (dash ? uid[i] != '-' : !hex) return std::nullopt;
  }
  const std::string_view rest = text.substr(kMark.size() + kUidLength);
  if (!rest.empty() && rest.front() != '/') return std::nullopt;
  return std::string(uid);
}

/// Of a VPC: "VPC-A (vpcp-UID/amsterdam)".
std::optional<std::string> uid_of_vpc(std::string_view description) {
  const std::size_t at = description.rfind("(vpcp-");
  if (at == std::string_view::npos || !description.ends_with(')')) return std::nullopt;
  return uid_of_mark(description.substr(at + 1, description.size() - at - 2));
}

}  // namespace

std::vector<Orphan> find_orphans(const CloudSnapshot& cloud, const std::set<std::string>& uids,
                                 const std::map<std::string, CloudPlan>& plans) {
  std::vector<Orphan> out;
  const auto add = [&](const std::optional<std::string>& uid, Orphan orphan) {
    if (!uid || uids.contains(*uid)) return;
    orphan.owner_uid = *uid;
    out.push_back(std::move(orphan));
  };
  for (const Instance& instance : cloud.instances) {
    const auto plan = plans.find(instance.plan);
    const double cost = plan == plans.end() ? 0 : plan->second.monthly_cost_usd;
    for (const std::string& tag : instance.tags) {
      const auto uid = uid_of_mark(tag);
      if (!uid) continue;
      add(uid, {Orphan::Kind::Instance, instance.id.value, instance.label, instance.region, "", cost,
                instance.created});
      break;
    }
  }
  for (const FirewallGroup& group : cloud.firewall_groups)
    add(uid_of_mark(group.description),
        {Orphan::Kind::FirewallGroup, group.id.value, group.description, "", "", 0, group.created});
  for (const Vpc& vpc : cloud.vpcs)
    add(uid_of_vpc(vpc.description),
        {Orphan::Kind::Vpc, vpc.id.value, vpc.description, vpc.region, "", 0, vpc.created});
  return out;
}

std::map<std::string, int> count_by_type(const std::vector<Orphan>& orphans) {
  std::map<std::string, int> counts{{"vpc", 0}, {"instance", 0}, {"firewall_group", 0}};
  for (const Orphan& orphan : orphans) {
    switch (orphan.kind) {
      case Orphan::Kind::Instance:
        ++counts["instance"];
        break;
      case Orphan::Kind::FirewallGroup:
        ++counts["firewall_group"];
        break;
      case Orphan::Kind::Vpc:
        ++counts["vpc"];
        break;
    }
  }
  return counts;
}

}  // namespace vpcp
