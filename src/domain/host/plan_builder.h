#pragma once
#include <string>
#include <utility>
#include <vector>

#include "domain/plan/step.h"

namespace vpcp {

/// Collects the steps of one lane. Internal to this folder.
class PlanBuilder {
 public:
  explicit PlanBuilder(std::string lane) : lane_(std::move(lane)) {}

  void add(DriftKind kind, std::string why, std::string summary, std::vector<Command> commands) {
    plan_.steps.push_back(
        {lane_, kind, HostChange{std::move(commands)}, std::move(why), std::move(summary), false});
  }
  /// A change that undoes itself on the host unless it is confirmed.
  void add_guarded(DriftKind kind, std::string why, std::string summary, Command command, std::string token) {
    add(kind, std::move(why), std::move(summary), {std::move(command)});
    std::get<HostChange>(plan_.steps.back().action).undo_token = std::move(token);
  }
  void report(DriftKind kind, std::string why, Advise advice) {
    plan_.reports.push_back({lane_, kind, std::move(advice), std::move(why), "Report it", false});
  }
  [[nodiscard]] bool empty() const { return plan_.steps.empty(); }
  /// Ends the lane after the last step: the next pass looks again.
  void end_lane() { plan_.steps.back().last_of_lane = true; }
  void wait(seconds time, std::string for_what) {
    plan_.recheck_after = time;
    plan_.waiting_for = std::move(for_what);
  }
  void block(std::string reason, std::string message) {
    plan_.blocked = {std::move(reason), std::move(message)};
  }
  [[nodiscard]] HostPlan take() { return std::move(plan_); }

 private:
  std::string lane_;
  HostPlan plan_;
};

}  // namespace vpcp
