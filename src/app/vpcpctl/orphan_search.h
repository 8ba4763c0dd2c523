#pragma once
#include <memory>
#include <vector>

#include "adapters/vultr/accounts.h"
#include "app/vpcpctl/plan_store.h"
#include "app/vpcpctl/session.h"
#include "domain/desired/orphans.h"

namespace vpcp::ctl {

/// Looks through an account for what carries our mark and belongs to no object of the store.
class OrphanSearch {
 public:
  OrphanSearch(Session& session, const Secret& key);
  Result<std::vector<Orphan>> find();
  [[nodiscard]] CloudProvider& account() { return *account_; }

 private:
  Session& session_;
  NoMetrics metrics_;
  VultrAccounts accounts_;
  std::shared_ptr<CloudProvider> account_;
};

}  // namespace vpcp::ctl
