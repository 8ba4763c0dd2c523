#include "app/vpcpctl/orphan_search.h"

#include <algorithm>

#include "controllers/account_key.h"
#include "controllers/mark_owner.h"
#include "domain/status/outdated.h"

namespace vpcp::ctl {
namespace {

Error owner_unknown(const VpcPeering& peering, const std::string& why) {
  return {
      ErrorKind::Denied,
      "OwnerUnknown",
      "what belongs to " + peering.meta.key().str() + " cannot be told from what belongs to nobody: " + why,
      {}};
}

}  // namespace

OrphanSearch::OrphanSearch(Session& session)
    : session_(session),
      store_(session.store(), {}),
      accounts_({session.http(), metrics_, system_clock()}, session.options().vultr_url) {}

/// Of an object whose status does not say it: a restored one marks what is its own by the uid of another.
Result<std::string> OrphanSearch::mark_in_record(const VpcPeering& peering) {
  const auto recorded = recorded_mark(session_.context(), store_, peering);
  if (!recorded.ok()) return owner_unknown(peering, "its record cannot be read: " + recorded.error().message);
  if (*recorded) return **recorded;
  if (peering.spec.restore_secret)
    return owner_unknown(peering, "it goes on from the Secret " + *peering.spec.restore_secret +
                                      ", which no pass has taken over yet; wait for its first pass");
  if (is_hearsay(peering.status))
    return owner_unknown(peering, find_condition(peering.status, condition::kReady)->message);
  return peering.meta.uid;
}

/// Of all objects, of every namespace: one elsewhere is an owner, too.
Result<std::set<std::string>> OrphanSearch::marks(const std::vector<VpcPeering>& peerings) {
  std::set<std::string> marks;
  for (const VpcPeering& peering : peerings) {
    marks.insert(peering.meta.uid);
    marks.insert(peering.status.mark.empty() ? TRY(mark_in_record(peering)) : peering.status.mark);
  }
  return marks;
}

/// Each once.
std::vector<OrphanSearch::Account> OrphanSearch::accounts(const std::vector<VpcPeering>& peerings,
                                                          std::vector<Error>& problems) {
  std::vector<Account> all;
  const auto own = api_key();
  if (own.ok()) all.push_back({*own, "VULTR_API_KEY"});
  bool own_is_needed = peerings.empty();
  for (const VpcPeering& peering : peerings) {
    const auto& secret = peering.spec.credentials_secret;
    own_is_needed |= !secret;
    if (!secret) continue;
    const auto key = api_key_of(session_.context(), store_, peering, {});
    if (!key.ok()) {
      const bool told = std::ranges::find(problems, key.error().message, &Error::message) != problems.end();
      if (!told) problems.push_back(key.error());
    } else if (std::ranges::find(all, *key, &Account::key) == all.end()) {
      all.push_back({*key, "the Secret " + peering.meta.ns + "/" + *secret});
    }
  }
  const bool own_was_meant = !own.ok() && own.error().reason != "ApiKeyMissing";
  if (!own.ok() && (own_is_needed || own_was_meant)) problems.push_back(own.error());
  return all;
}

Status OrphanSearch::look(const Account& account, std::vector<Seen>& seen) {
  const auto provider = accounts_.account(account.key);
  const auto cloud = TRY(provider->look(session_.context(), milliseconds{0}));
  const auto catalogue = TRY(provider->catalogue(session_.context()));
  seen.push_back({provider, cloud, catalogue});
  return {};
}

bool names_an_account(const std::vector<VpcPeering>& peerings) {
  return std::ranges::any_of(
      peerings, [](const VpcPeering& peering) { return peering.spec.credentials_secret.has_value(); });
}

bool told_of_accounts(const std::vector<std::string>& not_looked) {
  for (const std::string& why : not_looked)
    fail("what is ours but no longer needed could not be looked for in every account: " + why);
  return !not_looked.empty();
}

Result<OrphanSearch::Found> OrphanSearch::find() {
  const auto peerings = TRY(session_.store().list(session_.context(), ""));
  std::vector<Error> problems;
  const std::vector<Account> all = accounts(peerings, problems);
  if (all.empty() && !names_an_account(peerings)) return problems.front();
  std::vector<Seen> seen;
  for (const Account& account : all) {
    const Status done = look(account, seen);
    if (!done.ok()) problems.push_back(explain_refused_key(done.error(), account.place, "this machine's"));
  }
  Found found;
  for (const Error& problem : problems) found.not_looked.push_back(problem.message);
  // Only now: what an object has made that came after this would not be in the cloud yet.
  const auto owners = TRY(marks(TRY(session_.store().list(session_.context(), ""))));
  for (const Seen& one : seen) {
    for (Orphan& orphan : find_orphans(*one.cloud, owners, one.catalogue->plans)) {
      if (by_orphan_.emplace(orphan.id, one.account).second) found.orphans.push_back(std::move(orphan));
    }
  }
  return found;
}

}  // namespace vpcp::ctl
