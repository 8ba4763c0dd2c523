#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/vultr/accounts.h"
#include "app/vpcpctl/plan_store.h"
#include "app/vpcpctl/session.h"
#include "domain/desired/orphans.h"

namespace vpcp::ctl {

/// Looks through accounts for what carries our mark and belongs to no object of the store: that of
/// VULTR_API_KEY, and those that objects name by credentialsRef.
class OrphanSearch {
 public:
  explicit OrphanSearch(Session& session);

  /// Errors: Denied "ApiKeyMissing" where there is no key at all, or where one that an object names cannot be
  /// read and the environment has none; and what keeps an account from being looked through.
  Result<std::vector<Orphan>> find();
  /// Of an orphan that find() has found.
  [[nodiscard]] CloudProvider& account_of(const Orphan& orphan) { return *by_orphan_.at(orphan.id); }

 private:
  Result<std::vector<Secret>> keys(const std::vector<VpcPeering>& peerings);

  Session& session_;
  NoMetrics metrics_;
  PlanStore store_;
  VultrAccounts accounts_;
  std::map<std::string, std::shared_ptr<CloudProvider>> by_orphan_;
};

}  // namespace vpcp::ctl
