#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/orphan_search.h"
#include "views/cost_view.h"

namespace vpcp::ctl {

int cost_command(Session& session) {
  auto peerings = session.store().list(session.context(), session.ns());
  if (!peerings.ok()) return fail(peerings.error());
  Bill bill{*std::move(peerings), {}, {}};
  auto found = OrphanSearch(session).find();
  if (found.ok()) {
    bill.not_looked = found->not_looked;
    const bool known = !found->orphans.empty() || bill.not_looked.empty();
    if (known) bill.orphans = std::move(found->orphans);
  } else if (found.error().reason != "ApiKeyMissing") {
    bill.not_looked.push_back(found.error().message);
  }
  // What the store knows is shown all the same.
  const int printed =
      print(session.in_form([&](Width width) { return bill_table(bill, width, session.style()); },
                            [&](TextForm form) { return bill_text(bill, form); }));
  return told_of_accounts(bill.not_looked) ? 1 : printed;
}

}  // namespace vpcp::ctl
