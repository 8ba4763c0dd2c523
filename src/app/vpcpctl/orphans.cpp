#include "domain/desired/orphans.h"

#include <algorithm>

#include "adapters/vultr/accounts.h"
#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/plan_store.h"

namespace vpcp::ctl {
namespace {

const char* kind_of(Orphan::Kind kind) {
  switch (kind) {
    case Orphan::Kind::Instance:
      return "instance";
    case Orphan::Kind::FirewallGroup:
      return "firewall group";
    case Orphan::Kind::Vpc:
      return "VPC";
  }
  return "";
}

Status remove(const Context& ctx, CloudProvider& account, const Orphan& orphan) {
  switch (orphan.kind) {
    case Orphan::Kind::Instance:
      return account.delete_instance(ctx, {orphan.id});
    case Orphan::Kind::FirewallGroup:
      return account.delete_firewall_group(ctx, {orphan.id});
    case Orphan::Kind::Vpc:
      return account.delete_vpc(ctx, {orphan.id});
  }
  return {};
}

class OrphanSearch {
 public:
  OrphanSearch(Session& session, const Secret& key)
      : session_(session),
        accounts_({session.http(), metrics_, system_clock()}, session.options().vultr_url),
        account_(accounts_.account(key)) {}

  Result<std::vector<Orphan>> find() {
    std::set<std::string> uids;  // of every namespace: an object elsewhere is an owner, too
    for (const VpcPeering& peering : TRY(session_.store().list(session_.context(), "")))
      uids.insert({peering.meta.uid, peering.status.mark});
    const auto cloud = TRY(account_->look(session_.context(), milliseconds{0}));
    const auto catalogue = TRY(account_->catalogue(session_.context()));
    return find_orphans(*cloud, uids, catalogue->plans);
  }

  int remove_named(const std::vector<Orphan>& orphans, const std::vector<std::string>& ids, bool yes) {
    int failures = 0;
    for (const std::string& id : ids) {
      const auto orphan = std::ranges::find(orphans, id, &Orphan::id);
      if (orphan == orphans.end()) {
        failures += fail("no orphan has the id " + id + ": vpcpctl orphans lists them");
        continue;
      }
      const std::string name =
          std::string(kind_of(orphan->kind)) + " " + one_line(orphan->name) + " (" + id + ")";
      if (!yes && !confirm("Delete the " + name + "? What is on it is lost.")) {
        failures += fail(name + " is left alone: nobody said yes (--yes answers where nobody can be asked)");
        continue;
      }
      const Status gone = remove(session_.context(), *account_, *orphan);
      failures += gone.ok() ? print("deleted: " + name + "\n") : fail(name + ": " + gone.error().message);
    }
    return failures == 0 ? 0 : 1;
  }

 private:
  Session& session_;
  NoMetrics metrics_;
  VultrAccounts accounts_;
  std::shared_ptr<CloudProvider> account_;
};

}  // namespace

int orphans_command(Session& session, const std::vector<std::string>& ids, bool yes) {
  const auto key = api_key();
  if (!key.ok()) return fail(key.error());
  OrphanSearch search(session, *key);
  const auto orphans = search.find();
  if (!orphans.ok()) return fail(orphans.error());
  if (!ids.empty()) return search.remove_named(*orphans, ids, yes);
  if (orphans->empty())
    return print("Every resource with a mark of ours belongs to an object of this store.\n");
  const ViewStyle style = session.style();
  Table table({"KIND", "NAME", "REGION", "MADE", "USD/MONTH", "OWNER'S UID", "ID"});
  for (const Orphan& orphan : *orphans) {
    table.add({{kind_of(orphan.kind)},
               {one_line(orphan.name)},
               {orphan.region.empty() ? "-" : orphan.region},
               {ago(orphan.created, style.now)},
               {number_text(orphan.monthly_cost_usd, 2)},
               {orphan.owner_uid},
               {orphan.id}});
  }
  return print(
      table.str(style.paint) +
      style.paint(Colour::Dim,
                  "No object of this store has these uids. Another store that uses the same account may: "
                  "look there before\nyou delete one: vpcpctl orphans --delete ID…\n"));
}

}  // namespace vpcp::ctl
