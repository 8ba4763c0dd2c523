#include "views/reasons.h"

#include <map>

#include "views/reason_tables.h"

namespace vpcp {

const std::vector<ReasonGroup>& reason_groups() {
  static const std::vector<ReasonGroup> kGroups{
      reasons_of_good_health(), reasons_of_objects(),   reasons_of_networks(),  reasons_of_hosts(),
      reasons_of_traffic(),     reasons_of_deletions(), reasons_of_the_cloud(), reasons_of_stores(),
      reasons_of_programs(),    reasons_of_events()};
  return kGroups;
}

std::string advice_for(const std::string& reason) {
  static const auto kAdvice = [] {
    std::map<std::string, std::string> all;
    for (const ReasonGroup& group : reason_groups()) {
      for (const Reason& one : group.reasons) all.emplace(one.name, one.advice);
    }
    return all;
  }();
  const auto found = kAdvice.find(reason);
  return found == kAdvice.end() ? "" : found->second;
}

}  // namespace vpcp
