#include <algorithm>

#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/orphan_search.h"
#include "views/cost_view.h"

namespace vpcp::ctl {
namespace {

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

int remove_named(Session& session, OrphanSearch& search, const std::vector<Orphan>& orphans,
                 const OrphanOptions& options) {
  int failures = 0;
  for (const std::string& id : options.ids) {
    const auto orphan = std::ranges::find(orphans, id, &Orphan::id);
    if (orphan == orphans.end()) {
      failures += fail("no orphan has the id " + id + ": vpcpctl orphans lists them");
      continue;
    }
    const std::string name =
        std::string(kind_of(orphan->kind)) + " " + one_line(orphan->name) + " (" + id + ")";
    if (!options.yes && !confirm("Delete the " + name + "? What is on it is lost.")) {
      failures += fail(name + " is left alone: nobody said yes (--yes answers where nobody can be asked)");
      continue;
    }
    const Status gone = remove(session.context(), search.account_of(*orphan), *orphan);
    failures += gone.ok() ? print("deleted: " + name + "\n") : fail(name + ": " + gone.error().message);
  }
  return failures == 0 ? 0 : 1;
}

}  // namespace

int orphans_command(Session& session, const OrphanOptions& options) {
  OrphanSearch search(session);
  const auto found = search.find();
  if (!found.ok()) return fail(found.error());
  const std::vector<Orphan>& orphans = found->orphans;
  if (!options.ids.empty()) return remove_named(session, search, orphans, options);
  // No all-clear for accounts that nobody looked through.
  const bool silent = orphans.empty() && !found->not_looked.empty() && !session.for_programs();
  const int printed =
      silent ? 0
             : print(session.in_form(
                   [&](Width width) { return orphan_table(orphans, width, session.style()); },
                   [&](TextForm form) { return orphan_text(orphans, found->not_looked, form); }));
  return told_of_accounts(found->not_looked) ? 1 : printed;
}

}  // namespace vpcp::ctl
