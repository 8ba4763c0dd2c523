#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controllers/observer.h"
#include "domain/desired/layout.h"
#include "domain/plan/step.h"
#include "domain/status/summary.h"

namespace vpcp {

/// What a pass has learned that tells where an edge is broken.
struct BreakView {
  const PeeringSpec& spec;
  const Layout& layout;
  const PeeringRecord& record;
  const std::map<std::string, HostLook>& looks;
  const std::map<std::string, HostPlan>& plans;
  const std::vector<Step>& steps;  ///< What was found to differ, in the cloud and on hosts.
  const TrafficBook& traffic;
  const std::map<std::pair<std::string, std::string>, PeerView>& counters_before;
};

/// Of the edges that are down.
std::map<SitePair, Diagnosis> find_breaks(const BreakView& view);
/// Of those that are not, and join one of these sites: what stops them for certain.
EdgeBreaks find_certain_breaks(const BreakView& view, const std::set<std::string>& sites, SystemTime now);

}  // namespace vpcp
