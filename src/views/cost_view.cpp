#include "views/cost_view.h"

#include <algorithm>

namespace vpcp {
namespace {

AnswerFields fields_of(const Orphan& orphan) {
  return {{"kind", kind_of(orphan.kind)}, {"id", orphan.id},
          {"name", orphan.name},          {"region", orphan.region},
          {"created", orphan.created},    {"monthlyCostUSD", orphan.monthly_cost_usd},
          {"ownerUID", orphan.owner_uid}};
}

std::vector<AnswerFields> rows_of(const std::vector<Orphan>& orphans) {
  std::vector<AnswerFields> rows;
  for (const Orphan& orphan : orphans) rows.push_back(fields_of(orphan));
  return rows;
}

/// A program that reads the answer must not take a part for all of it.
void add_not_looked(Answer& answer, const std::vector<std::string>& not_looked) {
  std::vector<AnswerFields> rows;
  for (const std::string& why : not_looked) rows.push_back({{"why", why}});
  if (!rows.empty()) answer.lists.emplace_back("notLookedThrough", std::move(rows));
}

double cost_of(const std::vector<Orphan>& orphans) {
  double total = 0;
  for (const Orphan& orphan : orphans) total += orphan.monthly_cost_usd;
  return total;
}

/// Of the machines that the spec has created; others are not on this bill.
std::int64_t machines_of(const VpcPeering& peering) {
  std::int64_t count = 0;
  for (const SiteSpec& site : peering.spec.sites) {
    count += site.gateway.replicas;
    count += std::ranges::count_if(site.servers,
                                   [](const ServerSpec& server) { return server.create.has_value(); });
  }
  return count;
}

/// Sums of those whose cost is known.
struct Sum {
  double usd{0};
  bool all_known{true};
};
Sum sum_of(const std::vector<VpcPeering>& peerings) {
  Sum sum;
  for (const VpcPeering& peering : peerings) {
    sum.usd += peering.status.monthly_cost_usd.value_or(0);
    sum.all_known = sum.all_known && peering.status.monthly_cost_usd.has_value();
  }
  return sum;
}

std::string peerings_table(const std::vector<VpcPeering>& peerings, Width width, const ViewStyle& style) {
  const bool wide = width == Width::Wide;
  Table table(wide ? std::vector<std::string>{"PEERING", "SITES", "MACHINES", "USD/MONTH"}
                   : std::vector<std::string>{"PEERING", "USD/MONTH"});
  std::size_t sites = 0;
  std::int64_t machines = 0;
  const auto add = [&](const Cell& name, std::size_t of_sites, std::int64_t of_machines, const Cell& cost) {
    table.add(wide ? std::vector<Cell>{name, {std::to_string(of_sites)}, {std::to_string(of_machines)}, cost}
                   : std::vector<Cell>{name, cost});
  };
  for (const VpcPeering& peering : peerings) {
    const auto& cost = peering.status.monthly_cost_usd;
    const std::int64_t own = machines_of(peering);
    sites += peering.spec.sites.size();
    machines += own;
    add({peering.meta.key().str()}, peering.spec.sites.size(), own,
        {cost ? number_text(*cost, 2) : "not known yet"});
  }
  const Sum sum = sum_of(peerings);
  add({"all", Colour::Bold}, sites, machines,
      {(sum.all_known ? "" : "at least ") + number_text(sum.usd, 2), Colour::Bold});
  return table.str(style.paint) +
         style.paint(Colour::Dim,
                     "List prices of the instances that were created; traffic beyond the plans' is not in "
                     "them.\n");
}

}  // namespace

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

std::string orphan_table(const std::vector<Orphan>& orphans, Width width, const ViewStyle& style) {
  if (orphans.empty()) return "Every resource with a mark of ours belongs to an object of this store.\n";
  const bool wide = width == Width::Wide;
  std::vector<std::string> heading{"KIND", "NAME", "REGION", "MADE", "USD/MONTH", "OWNER'S UID", "ID"};
  if (wide) heading.insert(heading.begin() + 3, "TIME");
  Table table(std::move(heading));
  for (const Orphan& orphan : orphans) {
    std::vector<Cell> row{
        {kind_of(orphan.kind)}, {one_line(orphan.name)}, {orphan.region.empty() ? "-" : orphan.region}};
    if (wide) row.push_back({orphan.created == SystemTime{} ? "-" : to_rfc3339(orphan.created)});
    row.insert(row.end(), {{ago(orphan.created, style.now)},
                           {number_text(orphan.monthly_cost_usd, 2)},
                           {orphan.owner_uid},
                           {orphan.id}});
    table.add(std::move(row));
  }
  return table.str(style.paint) +
         style.paint(Colour::Dim,
                     "No object of this store has these uids. Another store that uses the same account may: "
                     "look there before\nyou delete one: vpcpctl orphans --delete ID…\n");
}

std::string orphan_text(const std::vector<Orphan>& orphans, const std::vector<std::string>& not_looked,
                        TextForm form) {
  Answer answer{{{"orphans", rows_of(orphans)}}, {}};
  add_not_looked(answer, not_looked);
  return answer_text(answer, form);
}

std::string bill_table(const Bill& bill, Width width, const ViewStyle& style) {
  std::string out = peerings_table(bill.peerings, width, style) + "\n";
  if (!bill.orphans)
    return out + style.paint(Colour::Dim,
                             "What is ours but no longer needed was not looked for: it is shown with "
                             "VULTR_API_KEY in the environment.\n");
  if (bill.orphans->empty()) return out + "Nothing of ours in the cloud is no longer needed.\n";
  return out + style.paint(Colour::Bold, "Ours, but no longer needed") + ": " +
         money_text(cost_of(*bill.orphans)) + " a month\n" + orphan_table(*bill.orphans, width, style);
}

std::string bill_text(const Bill& bill, TextForm form) {
  Answer answer;
  std::vector<AnswerFields> rows;
  for (const VpcPeering& peering : bill.peerings) {
    AnswerFields row{{"namespace", peering.meta.ns}, {"name", peering.meta.name}};
    if (peering.status.monthly_cost_usd) row.emplace_back("monthlyCostUSD", *peering.status.monthly_cost_usd);
    rows.push_back(std::move(row));
  }
  answer.lists.emplace_back("peerings", std::move(rows));
  // As of each, it is not there while it is not known.
  if (const Sum sum = sum_of(bill.peerings); sum.all_known)
    answer.fields.emplace_back("monthlyCostUSD", sum.usd);
  if (bill.orphans) {
    answer.lists.emplace_back("orphans", rows_of(*bill.orphans));
    answer.fields.emplace_back("orphansMonthlyCostUSD", cost_of(*bill.orphans));
  }
  add_not_looked(answer, bill.not_looked);
  return answer_text(answer, form);
}

}  // namespace vpcp
