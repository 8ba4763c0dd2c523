#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controllers/edge_breaks.h"
#include "controllers/observer.h"
#include "controllers/peering_controller.h"
#include "controllers/record_keeper.h"
#include "controllers/step_executor.h"
#include "domain/desired/desired.h"
#include "domain/plan/cloud_plan.h"
#include "domain/status/drift_ledger.h"
#include "domain/status/summary.h"

namespace vpcp {

/// One pass over one declared object: the phases, and what they hand on to one another. Made for a pass and
/// thrown away.
class PeeringPass {
 public:
  /// All outlive it.
  PeeringPass(const Context& ctx, PeeringPorts& ports, const PeeringOptions& options,
              const VpcPeering& peering, PeeringMemory& memory);

  using TellStatus = std::function<void(const PeeringStatus&)>;
  /// Towards what is declared. `tell` is called before anything is carried out, when what was found ends
  /// Ready.
  Result<Requeue> reconcile(const TellStatus& tell);
  /// Towards nothing left. True when the finalizer was dropped.
  Result<bool> remove();

  [[nodiscard]] const PeeringStatus& status() const { return status_; }
  /// Some step failed or some server could not be reached.
  [[nodiscard]] bool had_failures() const { return !failed_.empty(); }
  [[nodiscard]] bool has_status() const { return has_status_; }
  /// The account and what it held in this pass; nullptr when the cloud could not be looked at.
  [[nodiscard]] const CloudProvider* account() const { return cloud_.get(); }
  [[nodiscard]] const CloudSnapshot* cloud_seen() const { return cloud_error_ ? nullptr : snapshot_.get(); }

  /// What a pass of mode Plan saw, for a plan that goes beyond the next steps. No cloud: it was refused
  /// before it looked.
  struct Sight {
    PeeringRecord record;
    std::shared_ptr<const CloudSnapshot> cloud;
    std::map<std::string, HostLook> looks;
    std::map<std::string, HostLogin> logins;
    std::shared_ptr<CloudProvider> account;
    std::set<SitePair> keyed;  ///< Edges that have a preshared key already; those of others are made up.
  };
  [[nodiscard]] Sight sight() const { return {known_, snapshot_, looks_, logins_, cloud_, keyed_}; }

 private:
  // observe
  Status open();
  Status look_at_cloud();
  Status see_cloud();
  [[nodiscard]] milliseconds patience_with_cloud() const;
  Result<std::shared_ptr<const CloudSnapshot>> list_cloud();
  [[nodiscard]] milliseconds cloud_age_allowed() const;
  [[nodiscard]] milliseconds cloud_age() const;
  [[nodiscard]] milliseconds next_list() const;
  Status check_missing_instances();
  Status read_access_keys();
  void look_at_all_hosts();
  [[nodiscard]] Status unless_ending() const;
  [[nodiscard]] std::optional<HostLook> kept_look(const std::string& lane, const HostLogin& login) const;
  void note_handshakes_of_pass(const std::map<std::string, HostLogin>& looked, const Moment& began);
  void keep_looks(SteadyTime began);
  void note_missing_key(const LaidHost& host);
  void note_pinned_keys();
  // plan
  void plan_all_hosts();
  void take_plan(const LaidHost& host, const HostFacts& facts, std::optional<HostPlan> found);
  void plan_departed(const LaidHost& host);
  std::optional<ObjectKey> other_owner(const LaidHost& host, const HostFacts& facts) const;
  std::vector<Step> allowed_steps();
  [[nodiscard]] const LaneBackoff* backoff_of(const Step& step) const;
  void note_backoff(const std::vector<Step>& steps, const Execution& execution);
  // execute
  Status execute();
  void note_outcomes(const Execution& execution);
  void note_done(const Step& step);
  void note_repairs_of_pass(const Execution& execution);
  Status mark_in_place();
  // summarise
  void note_drift_of_pass();
  [[nodiscard]] std::vector<Step> steps_of_pass(bool drift) const;
  void write_notes();
  [[nodiscard]] std::vector<std::string> fight_texts() const;
  void tell_what_was_found(const TellStatus& tell);
  [[nodiscard]] std::vector<Step> found_steps() const;
  [[nodiscard]] BreakView break_view(const std::vector<Step>& steps, const TrafficBook& traffic) const;
  [[nodiscard]] PassView view(const TrafficBook& traffic);
  void summarise_pass();
  void publish();
  void report_progress();
  [[nodiscard]] Requeue next_pass() const;
  // remove
  Status restore_servers();
  Status delete_cloud_resources();
  [[nodiscard]] std::vector<Instance> owned_instances() const;
  [[nodiscard]] std::vector<FirewallGroup> owned_groups() const;
  [[nodiscard]] std::vector<Vpc> owned_vpcs() const;
  void set_unreachable(const LaidHost& host);
  void set_deleting(const std::string& phase, const std::string& blocker);

  [[nodiscard]] bool may_touch() const;
  [[nodiscard]] std::optional<double> monthly_cost();
  [[nodiscard]] std::vector<const LaidHost*> hosts() const;
  void record_event(EventType type, std::string reason, std::string note);

  Context ctx_;
  PeeringPorts& ports_;
  const PeeringOptions& options_;
  const VpcPeering& peering_;
  PeeringMemory& memory_;
  RecordKeeper record_;
  std::set<SitePair> keyed_;  ///< Edges whose preshared keys the record held at the beginning.
  PeeringRecord known_;       ///< A copy of the record as of the last phase that changed it.
  std::shared_ptr<CloudProvider> cloud_;
  std::shared_ptr<const CloudSnapshot> snapshot_;
  std::optional<Error> cloud_error_;  ///< Set when snapshot_ is an old one.
  Layout layout_;
  AccessKeys access_keys_;
  std::map<std::string, HostLogin> logins_;
  std::map<std::string, HostLook> looks_;
  CloudPlanResult cloud_plan_;
  std::map<std::string, HostPlan> host_plans_;
  std::vector<Step> host_steps_;
  std::vector<Step> reports_;  ///< Drift that is left to a person.
  std::map<std::string, Error> failed_;
  std::size_t carried_out_{0};
  std::vector<DriftEntry> drift_;
  std::set<std::string> drifted_;  ///< Sites of which this pass has found drift that was not there before.
  PeeringStatus status_;
  PeeringStatus reported_;  ///< What report_progress() knew last.
  bool has_status_{false};
};

}  // namespace vpcp
