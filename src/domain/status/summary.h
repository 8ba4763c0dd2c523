#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/plan/cloud_plan.h"
#include "domain/plan/step.h"
#include "domain/status/edge_diagnosis.h"
#include "domain/status/edge_verdict.h"
#include "domain/validate.h"
#include "vpcp/api/vpc_peering.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// What a pass learned of one host.
struct HostView {
  bool looked{false};          ///< Its facts were read.
  std::optional<Error> error;  ///< Why not.
  std::optional<HostPlan::Blocked> blocked;
  std::string waiting_for;
  std::size_t steps{0};  ///< Differences found by this look.
  /// A difference that breaks the host and that we must leave to a person.
  std::optional<HostPlan::Blocked> broken;
  [[nodiscard]] bool settled() const { return looked && !blocked && waiting_for.empty() && steps == 0; }
};

/// WireGuard's counters of one gateway towards one neighbour.
struct PeerView {
  std::optional<SystemTime> last_handshake;
  std::uint64_t rx_bytes{0};
  std::uint64_t tx_bytes{0};
};

/// All that a status is computed from. Conditions of the old status lend their transition times and nothing
/// else.
struct PassView {
  const VpcPeering& peering;
  const PeeringRecord& record;
  const Layout& layout;
  const CloudPlanResult& cloud;
  std::map<std::string, HostView> hosts;                          ///< By lane.
  std::map<std::pair<std::string, std::string>, PeerView> peers;  ///< By (site, neighbour).
  const TrafficBook& traffic;
  std::map<SitePair, Diagnosis> breaks;  ///< Of edges that are down: where, by what was found at their ends.
  std::vector<DriftEntry> drift;         ///< The ledger, also what a status has no room for.
  std::vector<PlanEntry> plan;
  std::optional<double> monthly_cost_usd;
  std::optional<Error> cloud_error;   ///< The cloud could not be looked at: its side is as it was seen last.
  std::vector<std::string> fights{};  ///< "LANE: …", of what comes back however often it is repaired.
  std::map<std::string, Error> failed;               ///< Steps that failed in this pass, by lane.
  std::map<SitePair, SystemTime> told_handshakes{};  ///< note_told_handshakes().
  SystemTime now{};
};

/// Adds the last handshakes that a status tells of, and keeps the latest of each edge. One that is yet to
/// come was told by a clock of ours that has been set since, and counts for nothing.
void note_told_handshakes(std::map<SitePair, SystemTime>& told, const PeeringStatus& status, SystemTime now);

/// The status after a pass. Ready is True only when packets crossed every edge within the last verification
/// interval (plus one for the round itself) and every server is routed; what could not be looked at is
/// Unknown.
PeeringStatus summarise(const PassView& view);

/// The status of a pass with what is known of the traffic by now: edges, TunnelsUp, and Ready, which it never
/// makes better. Statuses that no pass over the traffic has made (a refusal, a deletion) stay as they are.
PeeringStatus with_traffic(PeeringStatus status, const VpcPeering& peering, const TrafficBook& traffic,
                           SystemTime now);

/// A pass that takes this long leaves what only passes look at in doubt.
seconds pass_is_overdue_after(const PeeringSpec& spec);
PeeringStatus overdue_status(const VpcPeering& peering, PeeringStatus status, SystemTime now);

/// Where an edge broke, for people: "forwarding, amsterdam".
std::string broken_at(const EdgeStatus& edge);

/// Whether it is so because things are going as they shall: no reason to warn.
bool is_progress(const Condition& condition);
bool is_progress(const std::string& reason);

/// False when only figures differ (round-trip times, losses, counters, handshakes), which are worth a write
/// now and then.
bool differs_materially(const PeeringStatus& a, const PeeringStatus& b);

/// The status of an object that was refused: Accepted=False, Ready=False, everything else as it was.
PeeringStatus refused_status(const VpcPeering& peering, const std::vector<SpecError>& errors, SystemTime now);
/// As refused_status, of an object that this version cannot read: VpcPeering::unreadable.
PeeringStatus unreadable_status(const VpcPeering& peering, SystemTime now);
/// When a pass could not even look (cloud out of reach, key refused): conditions Unknown or False with the
/// cause.
PeeringStatus failed_status(const VpcPeering& peering, const Error& error, SystemTime now);
/// While the object is being deleted: the phase and what it waits for.
PeeringStatus deleting_status(const VpcPeering& peering, const std::string& phase, const std::string& blocker,
                              SystemTime now);

}  // namespace vpcp
