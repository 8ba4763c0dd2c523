#pragma once
#include <map>
#include <memory>
#include <set>
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

  struct Found {
    std::vector<Orphan> orphans;
    /// Accounts that could not be looked through, each with why: of them nothing is known.
    std::vector<std::string> not_looked;
  };
  /// Errors: Denied "ApiKeyMissing" where the environment has no key and no object names one; Denied
  /// "OwnerUnknown" where an object's mark cannot be told, so that what is its own would look like an orphan.
  Result<Found> find();
  /// Of an orphan that find() has found.
  [[nodiscard]] CloudProvider& account_of(const Orphan& orphan) { return *by_orphan_.at(orphan.id); }

 private:
  struct Account {
    Secret key;
    std::string place;  ///< Of the key: "VULTR_API_KEY", "the Secret network/account"
  };
  Result<std::set<std::string>> marks(const std::vector<VpcPeering>& peerings);
  Result<std::string> mark_in_record(const VpcPeering& peering);
  std::vector<Account> accounts(const std::vector<VpcPeering>& peerings, std::vector<Error>& problems);
  /// An account as it was looked through.
  struct Seen {
    std::shared_ptr<CloudProvider> account;
    std::shared_ptr<const CloudSnapshot> cloud;
    std::shared_ptr<const Catalogue> catalogue;
  };
  Status look(const Account& account, std::vector<Seen>& seen);

  Session& session_;
  NoMetrics metrics_;
  PlanStore store_;
  VultrAccounts accounts_;
  std::map<std::string, std::shared_ptr<CloudProvider>> by_orphan_;
};

/// Whether one of them has an account of its own.
bool names_an_account(const std::vector<VpcPeering>& peerings);
/// Says on standard error of which accounts nothing is known; false when there are none.
bool told_of_accounts(const std::vector<std::string>& not_looked);

}  // namespace vpcp::ctl
