#include "domain/status/outdated.h"

#include <algorithm>

namespace vpcp {
namespace {

constexpr const char* kOutdated = "StatusOutdated";
constexpr minutes kFiguresAreLate{5};

void doubt(Condition& condition, const std::string& why) {
  const bool good = (condition.status == ConditionStatus::True) != condition::is_alarm(condition.type);
  if (!good) return;
  condition.status = ConditionStatus::Unknown;
  condition.reason = kOutdated;
  condition.message = why;
}

void doubt(EdgeStatus& edge) {
  if (edge.health != EdgeHealth::Up && edge.health != EdgeHealth::Degraded) return;
  edge.health = EdgeHealth::Unknown;
  edge.reason = kOutdated;
  edge.hop.clear();
  edge.rtt_millis.reset();
  edge.jitter_millis.reset();
  edge.loss_percent.reset();
}

}  // namespace

std::optional<SystemTime> edges_looked_at(const PeeringStatus& status) {
  std::optional<SystemTime> last;
  for (const EdgeStatus& edge : status.edges) {
    if (edge.availability) last = std::max(last.value_or(SystemTime{}), edge.availability->until);
  }
  return last;
}

PeeringStatus believable_status(const VpcPeering& peering, SystemTime now) {
  PeeringStatus status = peering.status;
  const Condition* ready = find_condition(status, condition::kReady);
  const auto looked_at = edges_looked_at(status);
  const bool late = looked_at && now - *looked_at > kFiguresAreLate + 2 * peering.spec.verification_interval;
  if (!late) return status;
  for (EdgeStatus& edge : status.edges) doubt(edge);
  if (ready == nullptr || ready->status != ConditionStatus::True) return status;
  const std::string why = "the edges were last looked at on " + to_rfc3339(*looked_at) +
                          ", and no controller has written of them since; by the clock here it is " +
                          to_rfc3339(now);
  for (Condition& condition : status.conditions) doubt(condition, why);
  return status;
}

bool is_hearsay(const PeeringStatus& status) {
  const Condition* ready = find_condition(status, condition::kReady);
  return ready != nullptr && ready->status == ConditionStatus::Unknown &&
         (ready->reason == kOutdated || ready->reason == "StateUnreadable");
}

}  // namespace vpcp
