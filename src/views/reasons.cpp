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

namespace {

const Reason* find_reason(const std::string& name) {
  static const auto kReasons = [] {
    std::map<std::string, const Reason*> all;
    for (const ReasonGroup& group : reason_groups()) {
      for (const Reason& one : group.reasons) all.emplace(one.name, &one);
    }
    return all;
  }();
  const auto found = kReasons.find(name);
  return found == kReasons.end() ? nullptr : found->second;
}

}  // namespace

std::string meaning_of(const std::string& reason) {
  const Reason* found = find_reason(reason);
  return found == nullptr ? "" : found->means;
}

std::string advice_for(const std::string& reason) {
  const Reason* found = find_reason(reason);
  return found == nullptr ? "" : found->advice;
}

}  // namespace vpcp
