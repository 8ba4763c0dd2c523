#include "controllers/health_controller.h"

#include <algorithm>
#include <set>

#include "controllers/peering_metrics.h"
#include "domain/desired/topology.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

/// A lost burst is followed by a closer look at once; of an edge that is known to be down, so often.
constexpr milliseconds kConfirmAfter{50};
constexpr milliseconds kDownAgain{700};
/// Closer looks in a row, then the edge waits for its usual turn: about 15 minutes of a dead edge.
constexpr int kCloserLooks = 600;

std::set<SitePair> doubtful_edges(const TrafficBook& book) {
  std::set<SitePair> out;
  for (const auto& [edge, state] : book.edges) {
    if (state.in_doubt()) out.insert(edge);
  }
  return out;
}

/// Those that begin or end in one of the sites.
std::set<SitePair> edges_of(const std::set<std::string>& sites, const std::vector<SitePair>& all) {
  std::set<SitePair> out;
  for (const SitePair& edge : all) {
    if (sites.contains(edge.first) || sites.contains(edge.second)) out.insert(edge);
  }
  return out;
}

bool any_down(const TrafficBook& book) {
  return std::any_of(book.edges.begin(), book.edges.end(), [](const auto& entry) {
    return entry.second.symptoms.any() || entry.second.status.health == EdgeHealth::Down;
  });
}

bool all_seen_to_work(const TrafficBook& book, const std::vector<SitePair>& edges) {
  return std::all_of(edges.begin(), edges.end(), [&](const SitePair& edge) {
    const auto found = book.edges.find(edge);
    return found != book.edges.end() && (found->second.status.health == EdgeHealth::Up ||
                                         found->second.status.health == EdgeHealth::Degraded);
  });
}

/// How long an answer may take: well over the round trip of the slowest edge, as far as it is known.
milliseconds answer_limit(const TrafficBook& book) {
  constexpr milliseconds kLeast{400};
  constexpr milliseconds kMost{1500};
  double slowest = 0;
  for (const auto& [edge, state] : book.edges) {
    if (!state.status.rtt_millis) return kMost;
    slowest = std::max(slowest, *state.status.rtt_millis);
  }
  if (book.edges.empty()) return kMost;
  return std::clamp(milliseconds(static_cast<int>(2 * slowest) + 60), kLeast, kMost);
}

std::set<SitePair> edges_in(const std::vector<ProbeObservation>& report) {
  std::set<SitePair> out;
  for (const ProbeObservation& probe : report) out.insert(probe.edge);
  return out;
}

/// What of a report is compared before and after.
struct Outlook {
  std::map<SitePair, std::pair<EdgeHealth, std::string>> edges;
  std::map<std::string, bool> servers;
  bool lost_bursts{false};
  friend bool operator==(const Outlook&, const Outlook&) = default;
};

Outlook outlook(const TrafficBook& book, const std::vector<ProbeObservation>& report) {
  Outlook out;
  for (const ProbeObservation& probe : report) {
    out.servers[probe.from_lane] = book.carries_traffic(probe.from_lane);
    const auto edge = book.edges.find(probe.edge);
    if (edge == book.edges.end()) continue;
    out.edges[probe.edge] = {edge->second.status.health, edge->second.status.hop};
    for (const auto& [what, hosts] : edge->second.evidence) {
      for (const auto& [ends, evidence] : hosts) out.lost_bursts |= 2 * evidence.lost_in_a_row >= kLostToDown;
    }
  }
  return out;
}

/// Somewhat shorter, never longer, and another one each time: objects do not keep step with one another.
milliseconds jittered(milliseconds pause, std::uint64_t turn) {
  constexpr std::uint64_t kScatter = 0x9e3779b97f4a7c15U;
  return pause - pause * static_cast<int>((turn * kScatter) >> 58U) / 1280;  // up to 5 %
}

}  // namespace

HealthController::HealthController(PeeringPorts ports, Hooks hooks)
    : ports_(ports), hooks_(std::move(hooks)) {}

/// A turn that is due, or a closer look at the edges in doubt. What is suspected comes first, since somebody
/// has just seen a reason for it.
ProbeRound HealthController::next_round(Cadence& cadence, const ProbeGround& ground, const TrafficBook& book,
                                        const Suspects& suspects) {
  const std::size_t slots = probe_slots(ground.layout.sites.size(), ground.spec.verification_interval);
  ProbeRound round;
  round.turn.round = cadence.turns / slots;
  round.limit = answer_limit(book);
  round.apart = any_down(book) || !all_seen_to_work(book, edges(ground.spec));
  const SteadyTime now = ports_.clock.steady_now();
  const bool overdue = now >= cadence.next + milliseconds(ground.spec.verification_interval) / 2;
  if (now >= cadence.next && (suspects.edges.empty() || overdue)) {
    round.turn.slots = slots;
    round.turn.slot = cadence.turns % slots;
    ++cadence.turns;
    const milliseconds tick = milliseconds(ground.spec.verification_interval) / static_cast<int>(slots);
    cadence.next = now + jittered(tick, cadence.turns);
    return round;
  }
  ++cadence.closer_looks;
  round.closer = true;
  round.turn.round += static_cast<std::uint64_t>(cadence.closer_looks);  // other pauses each time
  round.turn.only = doubtful_edges(book);
  round.turn.only->insert(suspects.edges.begin(), suspects.edges.end());
  round.turn.skip = suspects.busy;
  return round;
}

ReconcileResult HealthController::reconcile(const Context& ctx, const ObjectKey& key) {
  const auto ground = ports_.board.ground(key);
  if (!ground) {
    cadences_.with([&](auto& cadences) { cadences.erase(key); });
    return Requeue{};
  }
  // Passes of the acting controller queue the key too; they do not make rounds more frequent.
  SteadyTime now = ports_.clock.steady_now();
  Cadence cadence = cadences_.with([&](auto& cadences) {
    Cadence& kept = cadences[key];
    // An interval that has become shorter holds from now on, not after the one before.
    kept.next = std::min(kept.next, now + ground->spec.verification_interval);
    return kept;
  });
  const Suspicion suspicion = ports_.board.take_suspicion(key);
  const Suspects suspects{edges_of(suspicion.sites, edges(ground->spec)), suspicion.busy};
  SteadyTime due = std::min(cadence.next, cadence.next_closer);
  if (now < due && suspects.edges.empty()) return Requeue{std::chrono::ceil<milliseconds>(due - now)};
  const ProbeRound round = next_round(cadence, *ground, ports_.board.traffic(key), suspects);
  if (!look(ctx, key, *ground, round, cadence.paces)) return Requeue{};
  const TrafficBook after = ports_.board.traffic(key);
  now = ports_.clock.steady_now();
  if (doubtful_edges(after).empty()) cadence.closer_looks = 0;
  const bool closer = !doubtful_edges(after).empty() && cadence.closer_looks < kCloserLooks;
  cadence.next_closer = closer ? now + (any_down(after) ? kDownAgain : kConfirmAfter) : SteadyTime::max();
  due = std::min(cadence.next, cadence.next_closer);
  cadences_.with([&](auto& cadences) { cadences[key] = cadence; });
  return Requeue{std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(due - now))};
}

/// One round; every report is judged as it comes in, since a dead host keeps silent for longer than its
/// neighbours need to tell that it is dead. False when the object is gone.
bool HealthController::look(const Context& ctx, const ObjectKey& key, const ProbeGround& ground,
                            const ProbeRound& round, HostPaces& paces) {
  const EdgeLimits limits = edge_limits(ground.spec);
  TrafficBook start = ports_.board.traffic(key);
  recall(start, ground.kept);
  const std::vector<SitePair> mine = edges(ground.spec);
  // Of edges that have left the spec nothing may be told any more.
  std::erase_if(start.edges, [&](const auto& entry) {
    return std::find(mine.begin(), mine.end(), entry.first) == mine.end();
  });
  Guarded<TrafficBook> book(std::move(start));
  const Context looking = ctx.for_looking();
  const auto take = [&](const std::vector<ProbeObservation>& report) {
    if (looking.stopped()) return;  // probes that were cut short say nothing
    const bool news = book.with([&](TrafficBook& now) {
      const Outlook before = outlook(now, report);
      const SystemTime time = ports_.clock.now();
      judge_report(now, report, limits, time);
      note_breaks(now, ports_.board.breaks(key), limits, time);
      if (outlook(now, report) == before || !ports_.board.publish_traffic(key, now, time)) return false;
      for (const SitePair& edge : edges_in(report)) publish_edge(key, edge, now.edges.at(edge));
      return true;
    });
    publish_probes(key, report);
    if (!news) return;
    hooks_.show_traffic(ctx, key);
    hooks_.wake_peering(key);
  };
  probe_round(looking, ports_.shell, ground, round, paces, take);
  if (looking.stopped()) return false;
  TrafficBook end = book.with([&](TrafficBook& now) {
    note_paths(now, ports_.board.paths(key));
    const SystemTime time = ports_.clock.now();
    TrafficBook judged = judge_round(std::move(now), mine, {}, limits, time);
    note_breaks(judged, ports_.board.breaks(key), limits, time);
    return judged;
  });
  for (const auto& [edge, state] : end.edges) publish_edge(key, edge, state);
  if (!ports_.board.publish_traffic(key, std::move(end), ports_.clock.now())) {
    ports_.metrics.forget_object(key.ns, key.name);
    return false;
  }
  hooks_.show_traffic(ctx, key);
  return true;
}

void HealthController::publish_probes(const ObjectKey& key, const std::vector<ProbeObservation>& report) {
  const std::chrono::duration<double> now = ports_.clock.now().time_since_epoch();
  for (const ProbeObservation& probe : report) {
    const LabelValues labels{key.ns, key.name, probe.edge.first, probe.edge.second};
    if (probe.looked) {
      ports_.metrics.add(metric::kEdgeProbes, labels, probe.sent);
      ports_.metrics.add(metric::kEdgeProbeLost, labels, probe.sent - probe.answered);
      ports_.metrics.set(metric::kEdgeProbed, labels, now.count());
    }
    const bool timed = probe.what.path == ProbePath::Gateways && probe.millis;
    if (timed) ports_.metrics.observe(metric::kEdgeRtt, labels, *probe.millis / 1000.0);
  }
}

void HealthController::publish_edge(const ObjectKey& key, const SitePair& edge, const EdgeBook& state) {
  Metrics& metrics = ports_.metrics;
  const LabelValues labels{key.ns, key.name, edge.first, edge.second};
  const EdgeStatus& status = state.status;
  publish_edge_health(metrics, labels, status.health);
  if (status.loss_percent) metrics.set(metric::kEdgeLoss, labels, *status.loss_percent / 100);
  if (status.jitter_millis) metrics.set(metric::kEdgeJitter, labels, *status.jitter_millis / 1000);
  if (state.last_crossed != SystemTime{}) {
    const std::chrono::duration<double> crossed = state.last_crossed.time_since_epoch();
    metrics.set(metric::kEdgeVerified, labels, crossed.count());
  }
  if (!status.availability) return;
  if (const auto up = percent(*status.availability))
    metrics.set(metric::kEdgeAvailability, labels, *up / 100);
}

}  // namespace vpcp
