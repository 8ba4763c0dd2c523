#include "views/explain_fix.h"

#include "domain/status/summary.h"
#include "views/reasons.h"

namespace vpcp {
namespace {

constexpr const char* kWait = "wait: the controller is at it";

/// Why the controller changes nothing of this object; empty when it acts. A deletion is carried out all the
/// same.
std::string standstill(const VpcPeering& peering) {
  if (peering.meta.deletion_timestamp) return "";
  if (peering.spec.suspend)
    return "nothing is done while spec.suspend is true: vpcpctl resume " + peering.meta.name;
  if (peering.spec.mode == Mode::Plan) return "nothing is done in mode Plan: set spec.mode to Reconcile";
  return "";
}

/// Reasons of what goes away by itself, as long as somebody is at it.
bool passes_by_itself(const std::string& reason) {
  return is_progress(reason) && reason != "Planned" && reason != "Suspended";
}

}  // namespace

bool is_moving(const VpcPeering& peering, const std::string& reason) {
  return passes_by_itself(reason) && standstill(peering).empty();
}

std::string fix_of(const std::string& reason, const VpcPeering& peering) {
  // Probes are sent all the same, by whatever object.
  const bool is_step = passes_by_itself(reason) && reason != "NotProbedYet";
  if (is_step) return is_moving(peering, reason) ? kWait : standstill(peering);
  std::string fix = advice_for(reason);
  if (const auto at = fix.find("NAME"); at != std::string::npos) fix.replace(at, 4, peering.meta.name);
  return fix;
}

/// Who puts right what a look found.
std::string repairer(const VpcPeering& peering) {
  if (const std::string why = standstill(peering); !why.empty()) return why;
  if (peering.spec.repair_policy == RepairPolicy::Warn)
    return "spec.repair.policy is Warn: the controller leaves it to you";
  return "the controller does it in its next pass";
}

}  // namespace vpcp
