#include "controllers/orphan_count.h"

#include <set>

#include "domain/desired/orphans.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

constexpr seconds kEvery{60};
/// An account that no pass has shown for so long is no longer used: its key was rotated, or its last object
/// went.
constexpr seconds kForgotten{180};

}  // namespace

bool OrphanCount::due(const CloudProvider* account) {
  const SteadyTime now = clock_.steady_now();
  return accounts_.with([&](auto& accounts) {
    const auto [found, fresh] = accounts.try_emplace(account);
    if (!fresh && now < found->second.next) return false;
    found->second.next = now + kEvery;
    return true;
  });
}

void OrphanCount::count(const Context& ctx, const CloudProvider* account, const CloudSnapshot& cloud) {
  if (!due(account)) return;
  const auto keys = store_.list(ctx);
  if (!keys.ok()) return;
  std::set<std::string> uids;
  for (const ObjectKey& key : *keys) {
    const auto object = store_.get(ctx, key);
    if (!object.ok()) return;  // what cannot be read is no orphan's owner proven gone
    if (*object) uids.insert({(*object)->meta.uid, (*object)->status.mark});
  }
  std::map<std::string, int> sums;
  accounts_.with([&](auto& accounts) {
    accounts[account].orphans = count_by_type(find_orphans(cloud, uids, {}));
    const SteadyTime now = clock_.steady_now();
    std::erase_if(accounts, [&](const auto& entry) { return now - entry.second.next > kForgotten; });
    for (const auto& [known, entry] : accounts) {
      for (const auto& [type, number] : entry.orphans) sums[type] += number;
    }
  });
  for (const auto& [type, number] : sums) metrics_.set(metric::kOrphanedResources, {type}, number);
}

}  // namespace vpcp
