#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/desired/orphans.h"
#include "views/status_view.h"
#include "vpcp/api/write.h"

namespace vpcp {

const char* kind_of(Orphan::Kind kind);  ///< "instance", "firewall group", "VPC"

/// What carries our mark and belongs to no object. Wide: also when it was made, to the second.
std::string orphan_table(const std::vector<Orphan>& orphans, Width width, const ViewStyle& style);
/// {"orphans": […]}, and where there are such {"notLookedThrough": […]}: why of some account nothing is
/// known.
std::string orphan_text(const std::vector<Orphan>& orphans, const std::vector<std::string>& not_looked,
                        TextForm form);

struct Bill {
  std::vector<VpcPeering> peerings;
  std::optional<std::vector<Orphan>> orphans;  ///< Ours, but no longer needed; nullopt: nobody looked.
  std::vector<std::string> not_looked{};       ///< Why of some account nothing is known.
};
/// What the peerings cost a month and, where it was looked for, what is paid for and no longer needed. Wide:
/// also how many machines that is.
std::string bill_table(const Bill& bill, Width width, const ViewStyle& style);
/// {"peerings": […], "orphans": […], "monthlyCostUSD": …, "orphansMonthlyCostUSD": …}; without orphans where
/// nobody looked.
std::string bill_text(const Bill& bill, TextForm form);

}  // namespace vpcp
