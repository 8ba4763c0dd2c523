// What a pass notes about drift and its repairs, and what follows: who is left alone, and for how long.
#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "controllers/peering_pass.h"
#include "domain/host/command_failure.h"
#include "domain/retry_policy.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

/// Of each lane and attempt another one in [0, 1), so that what failed together is not tried again together.
double share_of(const std::string& uid, const std::string& lane, int attempt) {
  return static_cast<double>(std::hash<std::string>{}(uid + lane + std::to_string(attempt)) % 1000) / 1000;
}

/// After it the host may be reached where it was not.
bool may_let_in(const Step& step) {
  switch (step.kind) {
    case DriftKind::FirewallGroupMissing:
    case DriftKind::FirewallGroupDetached:
    case DriftKind::FirewallRulesChanged:
    case DriftKind::InstanceMissing:
    case DriftKind::InstanceStopped:
    case DriftKind::InstanceDetached:
      return !is_on_host(step);
    default:
      return false;
  }
}

}  // namespace

/// What may be carried out now: not repairs under the policy Warn, not what somebody else changes back again
/// and again, not the lanes that are left alone after a failure.
std::vector<Step> PeeringPass::allowed_steps() {
  std::vector<Step> steps = cloud_plan_.steps;
  steps.insert(steps.end(), host_steps_.begin(), host_steps_.end());
  const SteadyTime now = ports_.clock.steady_now();
  std::erase_if(steps, [&](const Step& step) {
    const bool drift = is_drift(step, known_);
    if (peering_.spec.repair_policy == RepairPolicy::Warn && drift) return true;
    const LaneBackoff* backoff = backoff_of(step);
    if (backoff != nullptr && backoff->not_before > now) {
      failed_.emplace(step.lane, backoff->error);  // the status goes on naming the cause
      return true;
    }
    const DriftPlace place{step.lane, step.kind};
    if (!drift || may_repair(memory_.fights, place, ports_.clock.now())) return false;
    failed_.emplace(step.lane, Error{ErrorKind::Conflict, "Fighting", *fight_text(memory_.fights, place)});
    return true;
  });
  return steps;
}

/// A step in the cloud waits for those of its own kind only, since it may be what lets us in again; one on
/// the host waits for both.
const LaneBackoff* PeeringPass::backoff_of(const Step& step) const {
  for (const bool on_host : {false, true}) {
    if (on_host && !is_on_host(step)) continue;
    for (const auto& kind : {std::optional<DriftKind>{}, std::optional(step.kind)}) {
      const auto backoff = memory_.backoff.find({step.lane, kind, on_host});
      if (backoff != memory_.backoff.end()) return &backoff->second;
    }
  }
  return nullptr;
}

/// The pause grows as the retry policy says for the kind of error; what got on starts anew.
void PeeringPass::note_backoff(const std::vector<Step>& steps, const Execution& execution) {
  const auto failed = [&](const Step& step, std::optional<DriftKind> kind) {
    return std::any_of(execution.failures.begin(), execution.failures.end(),
                       [&](const Execution::Failure& f) {
                         return f.step.lane == step.lane && is_on_host(f.step) == is_on_host(step) &&
                                (kind ? f.step.kind == *kind : stops_lane(f.error));
                       });
  };
  for (const Step& step : steps) {
    for (const auto& kind : {std::optional<DriftKind>{}, std::optional(step.kind)}) {
      if (!failed(step, kind)) memory_.backoff.erase({step.lane, kind, is_on_host(step)});
    }
  }
  for (const Step& step : execution.done) {
    if (may_let_in(step)) memory_.backoff.erase({step.lane, std::nullopt, true});
  }
  for (const auto& [step, error] : execution.failures) {
    const auto kind = stops_lane(error) ? std::nullopt : std::optional(step.kind);
    LaneBackoff& backoff = memory_.backoff[{step.lane, kind, is_on_host(step)}];
    ++backoff.attempts;
    const Verdict verdict =
        judge(error, backoff.attempts, share_of(peering_.meta.uid, step.lane, backoff.attempts));
    backoff.not_before = ports_.clock.steady_now() + verdict.again.value_or(minutes{5});
    backoff.error = error;
  }
}

void PeeringPass::note_outcomes(const Execution& execution) {
  carried_out_ = execution.done.size();
  // Rather than why others of the lane are left alone.
  for (const auto& [lane, error] : execution.failed) failed_.insert_or_assign(lane, error);
  for (const auto& [step, error] : execution.failures) {
    ctx_.log.warn("A step failed", {{"lane", step.lane}, {"reason", error.reason}, {"error", error.message}});
    record_event(EventType::Warning, error.reason, step.lane + ": " + error.message);
    if (is_drift(step, known_))
      ports_.metrics.add(metric::kDriftRepaired,
                         {peering_.meta.ns, peering_.meta.name, to_string(step.kind), "failed"});
  }
  for (const Step& step : execution.done) note_done(step);
  note_repairs_of_pass(execution);
}

void PeeringPass::note_done(const Step& step) {
  if (is_drift(step, known_)) {
    ports_.metrics.add(metric::kDriftRepaired,
                       {peering_.meta.ns, peering_.meta.name, to_string(step.kind), "done"});
    record_event(EventType::Normal, "Repaired", step.lane + ": " + step.why + ": " + step.summary);
  } else if (!pending_key(step).empty()) {
    record_event(EventType::Normal, "Created", step.lane + ": " + step.summary);
    const bool opened = std::holds_alternative<CreateFirewallGroup>(step.action) &&
                        step.lane.find("/gateway-") != std::string::npos;
    if (opened && peering_.spec.ssh_sources.empty()) {
      record_event(
          EventType::Warning, "SshOpenToAnyone",
          step.lane +
              ": 22/tcp is open to 0.0.0.0/0; set spec.sshSources to where the controller connects from");
    }
  }
}

void PeeringPass::note_repairs_of_pass(const Execution& execution) {
  std::vector<Step> repairs;
  for (const Step& step : execution.done) {
    if (is_drift(step, known_)) repairs.push_back(step);
  }
  for (const DriftPlace& place : note_repairs(memory_.fights, repairs, ports_.clock.now())) {
    const auto& [lane, kind] = place;
    const std::string text = *fight_text(memory_.fights, place);
    ports_.metrics.add(metric::kDriftFights, {peering_.meta.ns, peering_.meta.name, to_string(kind)});
    ctx_.log.warn("Somebody else changes what we repair",
                  {{"drift", to_string(kind)}, {"lane", lane}, {"found", text}});
    record_event(EventType::Warning, "Fighting", lane + ": " + to_string(kind) + ": " + text);
  }
}

std::vector<std::string> PeeringPass::fight_texts() const {
  std::vector<std::string> out;
  for (const auto& [place, fight] : memory_.fights) {
    if (const auto text = fight_text(memory_.fights, place))
      out.push_back(place.first + ": " + to_string(place.second) + ": " + *text);
  }
  return out;
}

std::vector<Step> PeeringPass::steps_of_pass(bool drift) const {
  std::vector<Step> found;
  for (const auto* steps : {&cloud_plan_.steps, &host_steps_, &reports_}) {
    std::copy_if(steps->begin(), steps->end(), std::back_inserter(found),
                 [&](const Step& step) { return is_drift(step, known_) == drift; });
  }
  return found;
}

void PeeringPass::note_drift_of_pass() {
  const SystemTime now = ports_.clock.now();
  const std::vector<Step> drift = steps_of_pass(true);
  std::vector<std::string> looked;
  for (const LaidSite& site : layout_.sites) looked.push_back(site.name);
  for (const auto& [lane, plan] : host_plans_) looked.push_back(lane);
  note_seen(memory_.fights, drift, now);
  LedgerChange change = note_drift(std::move(drift_), drift, looked, now, steps_of_pass(false));
  drift_ = std::move(change.entries);
  memory_.drift = drift_;  // also for a pass that ends early: it has told of these
  const std::string& ns = peering_.meta.ns;
  const std::string& name = peering_.meta.name;
  Suspicion suspicion;
  for (const DriftEntry& entry : change.detected) {
    ports_.metrics.add(metric::kDriftDetected, {ns, name, entry.what});
    ctx_.log.warn("Drift found", {{"drift", entry.what},
                                  {"lane", entry.where},
                                  {"expected", entry.expected},
                                  {"found", entry.detail}});
    record_event(EventType::Warning, entry.what, entry.where + ": " + entry.detail);
    suspicion.sites.insert(entry.where.substr(0, entry.where.find('/')));
  }
  if (may_touch() && peering_.spec.repair_policy != RepairPolicy::Warn) {
    for (const Step& step : host_steps_) suspicion.busy.insert(step.lane);
  }
  drifted_ = suspicion.sites;
  if (!suspicion.sites.empty()) ports_.board.suspect(peering_.meta.key(), suspicion);
  for (const DriftEntry& entry : change.repaired) {
    const double took = std::chrono::duration<double>(*entry.took).count();
    ports_.metrics.observe(metric::kDriftRepairSeconds, {ns, name}, took);
    ctx_.log.info("Drift is gone", {{"drift", entry.what}, {"lane", entry.where}, {"seconds", took}});
  }
}

/// Why what is open is still so.
void PeeringPass::write_notes() {
  std::map<std::pair<std::string, std::string>, std::string> notes;
  for (const Step& step : steps_of_pass(true)) {
    std::string& note = notes[{to_string(step.kind), step.lane}];
    const LaneBackoff* backoff = backoff_of(step);
    const auto fight = fight_text(memory_.fights, {step.lane, step.kind});
    if (const Advise* advise = std::get_if<Advise>(&step.action)) {
      note = (advise->under_way ? "" : "not repaired by the controller: ") + advise->advice;
    } else if (!may_touch()) {
      note = peering_.spec.suspend ? "not repaired: spec.suspend is set" : "not repaired: spec.mode is Plan";
    } else if (peering_.spec.repair_policy == RepairPolicy::Warn) {
      note = "not repaired: spec.repair.policy is Warn";
    } else if (backoff != nullptr) {
      note = backoff->error.message;
    } else if (fight) {
      note = "somebody else changes it: repaired every " + std::to_string(kFightPause.count()) +
             " minutes at the most";
    }
  }
  set_notes(drift_, notes);
  memory_.drift = drift_;
}

}  // namespace vpcp
