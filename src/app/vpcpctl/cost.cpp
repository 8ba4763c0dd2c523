#include "app/vpcpctl/commands.h"

namespace vpcp::ctl {

int cost_command(Session& session) {
  const auto peerings = session.store().list(session.context(), session.ns());
  if (!peerings.ok()) return fail(peerings.error());
  Table table({"PEERING", "USD/MONTH"});
  double total = 0;
  bool all_known = true;
  for (const VpcPeering& peering : *peerings) {
    const auto& cost = peering.status.monthly_cost_usd;
    table.add({{peering.meta.key().str()}, {cost ? number_text(*cost, 2) : "not known yet"}});
    total += cost.value_or(0);
    all_known = all_known && cost.has_value();
  }
  const ViewStyle style = session.style();
  table.add({{"all", Colour::Bold}, {(all_known ? "" : "at least ") + number_text(total, 2), Colour::Bold}});
  return print(table.str(style.paint) +
               style.paint(Colour::Dim,
                           "List prices of the instances that were created; traffic beyond the "
                           "plans' is not in them.\n"));
}

}  // namespace vpcp::ctl
