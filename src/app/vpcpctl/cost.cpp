#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/orphan_search.h"
#include "views/cost_view.h"

namespace vpcp::ctl {

int cost_command(Session& session) {
  auto peerings = session.store().list(session.context(), session.ns());
  if (!peerings.ok()) return fail(peerings.error());
  Bill bill{*std::move(peerings), {}};
  std::optional<Error> problem;
  auto orphans = OrphanSearch(session).find();
  if (orphans.ok()) {
    bill.orphans = *std::move(orphans);
  } else if (orphans.error().reason != "ApiKeyMissing") {
    problem = orphans.error();
  }
  const int printed =
      print(session.in_form([&](Width width) { return bill_table(bill, width, session.style()); },
                            [&](TextForm form) { return bill_text(bill, form); }));
  // What the store knows is shown all the same.
  return problem ? fail("what is ours but no longer needed could not be looked for: " + problem->message)
                 : printed;
}

}  // namespace vpcp::ctl
