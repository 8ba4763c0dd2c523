#include "app/vpcpctl/orphan_search.h"

#include <algorithm>

#include "controllers/account_key.h"

namespace vpcp::ctl {

OrphanSearch::OrphanSearch(Session& session)
    : session_(session),
      store_(session.store(), {}),
      accounts_({session.http(), metrics_, system_clock()}, session.options().vultr_url) {}

/// Each once.
Result<std::vector<Secret>> OrphanSearch::keys(const std::vector<VpcPeering>& peerings) {
  std::vector<Secret> all;
  const auto own = api_key();
  if (own.ok()) all.push_back(*own);
  for (const VpcPeering& peering : peerings) {
    if (!peering.spec.credentials_secret) continue;
    const auto key = api_key_of(session_.context(), store_, peering, {});
    if (!key.ok() && !own.ok()) return key.error();
    if (key.ok() && std::ranges::find(all, *key) == all.end()) all.push_back(*key);
  }
  if (all.empty()) return own.error();
  return all;
}

Result<std::vector<Orphan>> OrphanSearch::find() {
  const auto peerings = TRY(session_.store().list(session_.context(), ""));
  std::set<std::string> uids;  // of every namespace: an object elsewhere is an owner, too
  for (const VpcPeering& peering : peerings) uids.insert({peering.meta.uid, peering.status.mark});
  std::vector<Orphan> all;
  for (const Secret& key : TRY(keys(peerings))) {
    const auto account = accounts_.account(key);
    const auto cloud = TRY(account->look(session_.context(), milliseconds{0}));
    const auto catalogue = TRY(account->catalogue(session_.context()));
    for (Orphan& orphan : find_orphans(*cloud, uids, catalogue->plans)) {
      if (by_orphan_.emplace(orphan.id, account).second) all.push_back(std::move(orphan));
    }
  }
  return all;
}

}  // namespace vpcp::ctl
