#include "app/vpcpctl/orphan_search.h"

namespace vpcp::ctl {

OrphanSearch::OrphanSearch(Session& session, const Secret& key)
    : session_(session),
      accounts_({session.http(), metrics_, system_clock()}, session.options().vultr_url),
      account_(accounts_.account(key)) {}

Result<std::vector<Orphan>> OrphanSearch::find() {
  std::set<std::string> uids;  // of every namespace: an object elsewhere is an owner, too
  for (const VpcPeering& peering : TRY(session_.store().list(session_.context(), "")))
    uids.insert({peering.meta.uid, peering.status.mark});
  const auto cloud = TRY(account_->look(session_.context(), milliseconds{0}));
  const auto catalogue = TRY(account_->catalogue(session_.context()));
  return find_orphans(*cloud, uids, catalogue->plans);
}

}  // namespace vpcp::ctl
