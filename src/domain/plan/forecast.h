#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/host/host_facts.h"
#include "domain/plan/cloud_plan.h"
#include "domain/plan/interruption.h"
#include "domain/plan/step.h"

namespace vpcp {

/// What the controller would do until nothing is left to do. A plan has only the next safe steps, so the
/// cloud is carried forward in mind, step by step: what would be created is there, at addresses that stand
/// for those that Vultr will choose.
struct Forecast {
  std::vector<Step> cloud;           ///< In order.
  std::vector<LaneBlock> blocked;    ///< What cannot come right by itself.
  std::vector<std::string> waiting;  ///< "amsterdam/gateway-0: the instance is starting": of what is there.
  bool unsafe{false};                ///< Nothing at all would be touched; `blocked` says why.
  std::map<std::string, HostPlan> hosts;  ///< Of the hosts that could be looked at, by lane.
  std::vector<std::string> new_hosts;     ///< Lanes that would be created, and set up from nothing.
  /// "240.0.0.1" -> "(public address of frankfurt/gateway-0)"; a key that is made up, as without_keys shows
  /// it -> "(a new key)".
  std::map<std::string, std::string> stand_ins;
  std::vector<Interruption> interruptions;  ///< What all of it costs the traffic; each once.
  Layout before;
  Layout after;
};

struct ForecastGround {
  PeeringRecord record;      ///< Prepared for the cloud (prepare_record).
  std::set<SitePair> keyed;  ///< Edges whose preshared keys are in use; the record's others are made up.
  CloudSnapshot cloud;
  std::map<std::string, HostFacts> facts;  ///< By lane.
};
Forecast forecast(const VpcPeering& peering, ForecastGround ground, SystemTime now);

}  // namespace vpcp
