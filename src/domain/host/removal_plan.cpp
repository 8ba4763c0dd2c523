#include "domain/host/removal_plan.h"

#include "domain/host/commands.h"
#include "domain/host/paths.h"
#include "domain/host/plan_builder.h"

namespace vpcp {

// Files first: from then on a reboot cannot bring the routes back.
HostPlan plan_server_removal(const HostFacts& facts, const std::string& lane) {
  PlanBuilder plan(lane);
  if (!facts.kept_files.empty()) {
    plan.add(DriftKind::LeftToRemove, "our network files are still there",
             "Restore the files that were there", {restore_files_command()});
  }
  if (!facts.kept_routes.empty()) {
    plan.add(DriftKind::LeftToRemove, "our routes are still there", "Restore the routes that were there",
             {return_routes_command({})});
  }
  if (facts.state_folder) {
    plan.add(DriftKind::LeftToRemove, std::string(host_paths::kStateFolder) + " is still there",
             "Remove " + std::string(host_paths::kStateFolder), {forget_command()});
    plan.end_lane();
  }
  return plan.take();
}

}  // namespace vpcp
