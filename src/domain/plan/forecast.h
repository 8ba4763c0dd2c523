#pragma once
#include <map>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/host/host_facts.h"
#include "domain/plan/cloud_plan.h"
#include "domain/plan/step.h"

namespace vpcp {

/// What the controller would do until nothing is left to do. A plan has only the next safe steps, so the
/// cloud is carried forward in mind, step by step: what would be created is there, at addresses that stand
/// for those that Vultr will choose.
struct Forecast {
  std::vector<Step> cloud;                ///< In order.
  std::vector<LaneBlock> blocked;         ///< What cannot come right by itself.
  bool unsafe{false};                     ///< Nothing at all would be touched; `blocked` says why.
  std::map<std::string, HostPlan> hosts;  ///< Of the hosts that could be looked at, by lane.
  std::vector<std::string> new_hosts;     ///< Lanes that would be created, and set up from nothing.
  /// "240.0.0.1" -> "(public address of frankfurt/gateway-0)"
  std::map<std::string, std::string> stand_ins;
  Layout before;
  Layout after;
};

/// `record` has been prepared for `cloud` (prepare_record); `facts` by lane.
Forecast forecast(const VpcPeering& peering, PeeringRecord record, CloudSnapshot cloud,
                  const std::map<std::string, HostFacts>& facts, SystemTime now);

}  // namespace vpcp
