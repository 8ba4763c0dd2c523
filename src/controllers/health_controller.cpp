#include "controllers/health_controller.h"

#include <algorithm>
#include <set>

#include "controllers/prober.h"
#include "domain/desired/topology.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

/// A round with a loss is followed by another one soon: one lost packet is no verdict, two rounds are.
constexpr milliseconds kConfirmAfter{500};

/// Rounds in quick succession until a fault is either confirmed and repaired or plainly lasting.
constexpr int kQuickRounds = 20;

std::set<std::string> silent_servers(const TrafficBook& book) {
  std::set<std::string> lanes;
  for (const auto& [lane, rounds] : book.server_failures) {
    if (rounds >= kRoundsToDown) lanes.insert(lane);
  }
  return lanes;
}

/// What the acting controller must hear of: another health or hop, or a first failed round.
bool worth_a_pass(const TrafficBook& before, const TrafficBook& after) {
  for (const auto& [edge, book] : after.edges) {
    const auto old = before.edges.find(edge);
    if (old == before.edges.end() || old->second.status.health != book.status.health ||
        old->second.status.hop != book.status.hop)
      return true;
    if (book.failed_rounds.size() > old->second.failed_rounds.size()) return true;
  }
  return silent_servers(before) != silent_servers(after);
}

ProbeTiming timing_for(const TrafficBook& book, const std::vector<SitePair>& edges) {
  const bool all_up = std::all_of(edges.begin(), edges.end(), [&](const SitePair& edge) {
    const auto found = book.edges.find(edge);
    return found != book.edges.end() && found->second.status.health == EdgeHealth::Up;
  });
  return all_up ? ProbeTiming::Together : ProbeTiming::Apart;
}

/// A fault that is young enough to be watched closely.
bool has_young_failures(const TrafficBook& book) {
  const auto young = [](const auto& entry) { return entry.second <= kQuickRounds; };
  for (const auto& [edge, state] : book.edges) {
    if (std::any_of(state.failed_rounds.begin(), state.failed_rounds.end(), young)) return true;
  }
  return std::any_of(book.server_failures.begin(), book.server_failures.end(), young);
}

}  // namespace

HealthController::HealthController(PeeringPorts ports, std::function<void(const ObjectKey&)> wake_peering)
    : ports_(ports), wake_peering_(std::move(wake_peering)) {}

/// Passes of the acting controller queue the key too; they do not make rounds more frequent.
bool HealthController::due(const ObjectKey& key, seconds interval, SteadyTime& next) {
  const SteadyTime now = ports_.clock.steady_now();
  return cadences_.with([&](auto& cadences) {
    Cadence& cadence = cadences[key];
    if (now < cadence.next) {
      next = cadence.next;
      return false;
    }
    cadence.next = now + interval;
    ++cadence.rounds;
    next = cadence.next;
    return true;
  });
}

ReconcileResult HealthController::reconcile(const Context& ctx, const ObjectKey& key) {
  const auto ground = ports_.board.ground(key);
  if (!ground) {
    cadences_.with([&](auto& cadences) { cadences.erase(key); });
    return Requeue{};
  }
  SteadyTime next{};
  if (!due(key, ground->spec.verification_interval, next)) {
    return Requeue{std::chrono::ceil<milliseconds>(next - ports_.clock.steady_now())};
  }
  const std::uint64_t round = cadences_.with([&](auto& cadences) { return cadences[key].rounds; });
  const TrafficBook before = ports_.board.traffic(key);
  const std::vector<ProbeObservation> seen =
      probe_round(ctx, ports_.shell, *ground, round, timing_for(before, edges(ground->spec)));
  if (ctx.stopped()) return Requeue{};
  const TrafficBook after = judge_round(before, edges(ground->spec), seen, ports_.clock.now());
  if (!ports_.board.publish_traffic(key, after)) return Requeue{};  // its series are gone and stay so
  publish_metrics(key, after, seen);
  if (worth_a_pass(before, after)) wake_peering_(key);
  if (!has_young_failures(after)) return Requeue{ground->spec.verification_interval};
  const milliseconds soon = std::min<milliseconds>(kConfirmAfter, ground->spec.verification_interval);
  cadences_.with([&](auto& cadences) { cadences[key].next = ports_.clock.steady_now() + soon; });
  return Requeue{soon};
}

void HealthController::publish_metrics(const ObjectKey& key, const TrafficBook& book,
                                       const std::vector<ProbeObservation>& round) {
  const std::chrono::duration<double> now = ports_.clock.now().time_since_epoch();
  for (const ProbeObservation& probe : round) {
    const LabelValues labels{key.ns, key.name, probe.edge.first, probe.edge.second};
    if (probe.looked) {
      ports_.metrics.add(metric::kEdgeProbes, labels);
      ports_.metrics.add(metric::kEdgeProbeLost, labels, probe.answered ? 0 : 1);
      ports_.metrics.set(metric::kEdgeProbed, labels, now.count());
    }
    const bool timed = probe.what.path == ProbePath::Gateways && probe.answered && probe.millis;
    if (timed) ports_.metrics.observe(metric::kEdgeRtt, labels, *probe.millis / 1000.0);
  }
  for (const auto& [edge, state] : book.edges) {
    const LabelValues labels{key.ns, key.name, edge.first, edge.second};
    if (state.status.health == EdgeHealth::Unknown)
      ports_.metrics.forget(metric::kEdgeUp, labels);
    else
      ports_.metrics.set(metric::kEdgeUp, labels, state.status.health == EdgeHealth::Down ? 0 : 1);
  }
}

}  // namespace vpcp
