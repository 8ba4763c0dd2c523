#include "domain/status/edge_verdict.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "domain/status/availability.h"
#include "domain/status/edge_diagnosis.h"

namespace vpcp {
namespace {

constexpr std::size_t kBurstsKept = 100;  ///< For each sending site: a few minutes at the usual pace.
constexpr int kProbesToTellLoss = 100;    ///< Fewer say nothing about a percentage.
/// A server's turn comes once in six intervals.
constexpr int kIntervalsOfATurn = 7;

ProbeEnds ends_of(const ProbeObservation& probe) {
  return {probe.from_lane, probe.target};
}

void note(Evidence& evidence, const ProbeObservation& probe, SystemTime now) {
  evidence.meant = now;
  if (!probe.looked || probe.sent == 0) return;
  evidence.asked = now;
  if (probe.answered == 0) {
    evidence.lost_in_a_row += probe.sent;
    evidence.answers = 0;
    evidence.failed |= evidence.lost_in_a_row >= kLostToDown;
    return;
  }
  evidence.lost_in_a_row = 0;
  evidence.answered = now - probe.took;
  evidence.answers += probe.answered;
  if (evidence.answers >= kAnsweredToUp || probe.answered == probe.sent) evidence.failed = false;
}

/// When pings and TCP of one host to one target are all lost, they count together.
void note_together(EdgeBook& book, const std::vector<ProbeObservation>& seen) {
  for (const ProbeObservation& probe : seen) {
    const auto at = [&](ProbeProtocol protocol) -> Evidence& {
      return book.evidence[{probe.what.from_site, probe.what.path, protocol}][ends_of(probe)];
    };
    if (!probe.looked || probe.answered > 0 || probe.what.protocol != ProbeProtocol::Icmp) continue;
    Evidence& ping = at(ProbeProtocol::Icmp);
    Evidence& tcp = at(ProbeProtocol::Tcp);
    if (ping.lost_in_a_row == 0 || tcp.lost_in_a_row == 0) continue;
    if (ping.lost_in_a_row + tcp.lost_in_a_row < kLostToDown) continue;
    ping.failed = true;
    tcp.failed = true;
  }
}

/// The hosts of a class that could be asked within the last interval or so before the latest one.
std::vector<const Evidence*> lately_asked(const std::map<ProbeEnds, Evidence>& hosts,
                                          const EdgeLimits& limits, SystemTime now) {
  SystemTime latest{};
  for (const auto& [ends, evidence] : hosts) latest = std::max(latest, evidence.asked);
  std::vector<const Evidence*> out;
  if (latest == SystemTime{} || now - latest > limits.stale_after()) return out;
  for (const auto& [ends, evidence] : hosts) {
    if (evidence.asked != SystemTime{} && evidence.asked >= latest - limits.interval - seconds{1})
      out.push_back(&evidence);
  }
  return out;
}

EdgeSymptoms symptoms_of(const EdgeBook& book, const EdgeLimits& limits, SystemTime now) {
  EdgeSymptoms out;
  for (const auto& [what, hosts] : book.evidence) {
    const auto asked = lately_asked(hosts, limits, now);
    const bool fails = !asked.empty() &&
                       std::all_of(asked.begin(), asked.end(), [](const Evidence* e) { return e->failed; });
    if (!fails) continue;
    const bool ping = what.protocol == ProbeProtocol::Icmp;
    if (what.path == ProbePath::Gateways)
      (ping ? out.gateway_ping : out.gateway_tcp) = true;
    else
      (ping ? out.server_ping : out.server_tcp) = true;
  }
  return out;
}

/// Whether every path of the edge has answered since then, and was not silent when last asked. One may die
/// while another one keeps the edge down: what it loses is told a second later than what that one is
/// answered.
bool all_answer_since(const EdgeBook& book, SystemTime then, const EdgeLimits& limits, SystemTime now) {
  return std::ranges::all_of(book.evidence, [&](const auto& entry) {
    const auto asked = lately_asked(entry.second, limits, now);
    return asked.empty() || std::ranges::any_of(asked, [&](const Evidence* seen) {
             return seen->answered >= then && seen->lost_in_a_row == 0;
           });
  });
}

bool side_was_asked(const EdgeBook& book, const std::string& site, const EdgeLimits& limits, SystemTime now) {
  const auto hosts = book.evidence.find({site, ProbePath::Gateways, ProbeProtocol::Icmp});
  return hosts != book.evidence.end() && !lately_asked(hosts->second, limits, now).empty();
}

/// Since when every class of the edge has been seen to cross. A class whose hosts could never be asked says
/// nothing; that of a gateway is missed by side_was_asked.
SystemTime crossed_at(const EdgeBook& book) {
  SystemTime oldest = SystemTime::max();
  for (const auto& [what, hosts] : book.evidence) {
    SystemTime answered{};
    bool asked = false;
    for (const auto& [ends, evidence] : hosts) {
      answered = std::max(answered, evidence.answered);
      asked |= evidence.asked != SystemTime{};
    }
    if (asked || what.path == ProbePath::Gateways) oldest = std::min(oldest, answered);
  }
  return oldest == SystemTime::max() ? SystemTime{} : oldest;
}

void note_figures(EdgeBook& book, const std::vector<ProbeObservation>& seen, const EdgeThresholds& limits) {
  for (const ProbeObservation& probe : seen) {
    if (!probe.looked || probe.sent == 0) continue;
    const Evidence& evidence = book.evidence[probe.what][ends_of(probe)];
    if (!evidence.failed) {  // what a dead path loses is no loss of packets, and would be told long after
      auto& bursts = book.bursts[probe.what.from_site];
      bursts.push_back({probe.sent, probe.sent - probe.answered});
      if (bursts.size() > kBurstsKept) bursts.erase(bursts.begin());
    }
    if (probe.what.path != ProbePath::Gateways || !probe.millis) continue;
    book.status.rtt_millis = probe.millis;
    if (probe.jitter_millis) book.status.jitter_millis = probe.jitter_millis;
    const bool over = *probe.millis > limits.rtt_millis;
    book.rtt_strain = std::clamp(book.rtt_strain + (over ? 1 : -1), 0, 2 * kBurstsToDegraded);
  }
}

BurstLoss total(const std::vector<BurstLoss>& bursts) {
  return std::accumulate(bursts.begin(), bursts.end(), BurstLoss{}, [](BurstLoss sum, const BurstLoss& b) {
    return BurstLoss{sum.sent + b.sent, sum.lost + b.lost};
  });
}

double percent(const BurstLoss& loss) {
  return loss.sent == 0 ? 0 : 100.0 * loss.lost / loss.sent;
}

struct Verdict {
  EdgeHealth health;
  std::string hop;
  std::string reason;
  std::string at;
};

/// A figure over its limit; it must fall well below it to be within again.
bool over_limit(double figure, double limit, bool was_over) {
  return figure > (was_over ? 0.8 * limit : limit);
}

/// Which figure is over its limit; nullopt when none is.
std::optional<Verdict> degraded(const EdgeBook& book, const EdgeThresholds& limits) {
  const auto was = [&](const char* reason) { return book.status.reason == reason; };
  BurstLoss all;
  std::vector<double> sides;
  for (const auto& [site, bursts] : book.bursts) {
    const BurstLoss loss = total(bursts);
    all = {all.sent + loss.sent, all.lost + loss.lost};
    if (loss.sent >= kProbesToTellLoss / 2) sides.push_back(percent(loss));
  }
  const bool lossy = was("LossHigh") || was("Asymmetric");
  if (all.sent >= kProbesToTellLoss && sides.size() == 2) {
    const auto [least, most] = std::minmax(sides[0], sides[1]);
    if (over_limit(most, limits.loss_percent, lossy) && least < limits.loss_percent / 2)
      return Verdict{EdgeHealth::Degraded, "", "Asymmetric", ""};
  }
  if (all.sent >= kProbesToTellLoss && over_limit(percent(all), limits.loss_percent, lossy))
    return Verdict{EdgeHealth::Degraded, "", "LossHigh", ""};
  if (book.rtt_strain >= (was("RttHigh") ? 1 : kBurstsToDegraded))
    return Verdict{EdgeHealth::Degraded, "", "RttHigh", ""};
  if (book.narrow) return Verdict{EdgeHealth::Degraded, "", kMtuTooSmall, ""};
  return std::nullopt;
}

Verdict judge(const EdgeBook& book, const SitePair& edge, const EdgeLimits& limits, SystemTime now) {
  if (book.symptoms.any()) {
    const Diagnosis broken = diagnose(book.symptoms, {edge.first}, {edge.second});
    return {EdgeHealth::Down, broken.hop, broken.reason, broken.at};
  }
  for (const std::string& site : {edge.first, edge.second}) {
    if (side_was_asked(book, site, limits, now)) continue;
    const bool expected = book.expected.contains(site);
    return {EdgeHealth::Unknown, "", expected ? "GatewayNotReachable" : "NotProbedYet", site};
  }
  const EdgeStatus& before = book.status;
  if (before.health == EdgeHealth::Down && !all_answer_since(book, before.since, limits, now))
    return {before.health, before.hop, before.reason, before.at};
  if (auto verdict = degraded(book, limits.of(edge))) return *verdict;
  // A first burst that is lost, with nothing before it, proves nothing yet.
  if (book.last_crossed == SystemTime{}) return {EdgeHealth::Unknown, "", "NotVerified", ""};
  return {EdgeHealth::Up, "", "Verified", ""};
}

void forget_old(EdgeBook& book, const EdgeLimits& limits, SystemTime now) {
  const auto limit = kIntervalsOfATurn * limits.interval + seconds{4};
  for (auto& [what, hosts] : book.evidence)
    std::erase_if(hosts, [&](const auto& entry) { return now - entry.second.meant > limit; });
  std::erase_if(book.evidence, [](const auto& entry) { return entry.second.empty(); });
}

EdgeBook judge_edge(EdgeBook book, const SitePair& edge, const std::vector<ProbeObservation>& seen,
                    const EdgeLimits& limits, SystemTime now) {
  for (const ProbeObservation& probe : seen) {
    note(book.evidence[probe.what][ends_of(probe)], probe, now);
    const bool of_gateway = probe.what.path == ProbePath::Gateways;
    if (of_gateway && (probe.looked || !probe.being_made)) book.expected.insert(probe.what.from_site);
  }
  note_together(book, seen);
  forget_old(book, limits, now);
  note_figures(book, seen, limits.of(edge));
  book.symptoms = symptoms_of(book, limits, now);
  book.last_crossed = crossed_at(book);
  const Verdict verdict = judge(book, edge, limits, now);
  EdgeStatus& status = book.status;
  // The account begins with the first crossing: an edge that is still being made is not an outage.
  if (status.availability || book.last_crossed != SystemTime{}) {
    const EdgeHealth spent = verdict.health == EdgeHealth::Down ? EdgeHealth::Down : status.health;
    status.availability =
        account(status.availability.value_or(EdgeAvailability{}), spent, limits.stale_after(), now);
  }
  if (status.health != verdict.health || status.since == SystemTime{}) status.since = now;
  status.from = edge.first;
  status.to = edge.second;
  status.health = verdict.health;
  status.hop = verdict.hop;
  status.reason = verdict.reason;
  status.at = verdict.at;
  BurstLoss all;
  for (const auto& [site, bursts] : book.bursts) {
    const BurstLoss loss = total(bursts);
    all = {all.sent + loss.sent, all.lost + loss.lost};
  }
  if (all.sent > 0) status.loss_percent = percent(all);
  if (verdict.health == EdgeHealth::Down) status.loss_percent = 100;
  return book;
}

std::map<std::string, ServerEvidence> judge_servers(std::map<std::string, ServerEvidence> servers,
                                                    const std::vector<ProbeObservation>& round,
                                                    const EdgeLimits& limits, SystemTime now) {
  std::map<std::string, BurstLoss> sums;
  for (const ProbeObservation& probe : round) {
    if (probe.what.path != ProbePath::Servers) continue;
    servers[probe.from_lane].meant = now;
    if (!probe.looked) continue;
    BurstLoss& sum = sums[probe.from_lane];
    sum = {sum.sent + probe.sent, sum.lost + probe.sent - probe.answered};
  }
  for (const auto& [lane, sum] : sums) {
    int& lost = servers[lane].lost_in_a_row;
    lost = sum.lost == sum.sent ? lost + sum.lost : 0;
  }
  // A server that is not probed any more (removed, stopped) has no failures to be remembered.
  const auto limit = kIntervalsOfATurn * limits.interval + seconds{4};
  std::erase_if(servers, [&](const auto& entry) { return now - entry.second.meant > limit; });
  return servers;
}

std::map<SitePair, std::vector<ProbeObservation>> by_edge(const std::vector<ProbeObservation>& round) {
  std::map<SitePair, std::vector<ProbeObservation>> out;
  for (const ProbeObservation& probe : round) out[probe.edge].push_back(probe);
  return out;
}

}  // namespace

EdgeLimits edge_limits(const PeeringSpec& spec) {
  EdgeLimits limits{{static_cast<double>(spec.max_loss_percent), static_cast<double>(spec.max_rtt_millis)},
                    {},
                    spec.verification_interval};
  for (const EdgeVerification& edge : spec.verification_edges) {
    limits.own[site_pair(edge.between.first, edge.between.second)] = {
        static_cast<double>(edge.max_loss_percent.value_or(spec.max_loss_percent)),
        static_cast<double>(edge.max_rtt_millis.value_or(spec.max_rtt_millis))};
  }
  return limits;
}

const EdgeThresholds& EdgeLimits::of(const SitePair& edge) const {
  const auto found = own.find(edge);
  return found == own.end() ? usual : found->second;
}

bool EdgeBook::in_doubt() const {
  return status.health == EdgeHealth::Down || symptoms.any() ||
         std::any_of(evidence.begin(), evidence.end(), [](const auto& entry) {
           const auto& hosts = entry.second;
           return std::any_of(hosts.begin(), hosts.end(),
                              [](const auto& host) { return host.second.lost_in_a_row > 0; });
         });
}

bool TrafficBook::carries_traffic(const std::string& lane) const {
  const auto found = servers.find(lane);
  return found == servers.end() || found->second.lost_in_a_row < kLostToDown;
}

TrafficBook judge_round(TrafficBook before, const std::vector<SitePair>& edges,
                        const std::vector<ProbeObservation>& round, const EdgeLimits& limits,
                        SystemTime now) {
  auto seen = by_edge(round);
  TrafficBook after;
  for (const SitePair& edge : edges)
    after.edges[edge] = judge_edge(std::move(before.edges[edge]), edge, seen[edge], limits, now);
  after.servers = judge_servers(std::move(before.servers), round, limits, now);
  return after;
}

void judge_report(TrafficBook& book, const std::vector<ProbeObservation>& report, const EdgeLimits& limits,
                  SystemTime now) {
  for (const auto& [edge, seen] : by_edge(report))
    book.edges[edge] = judge_edge(std::move(book.edges[edge]), edge, seen, limits, now);
  book.servers = judge_servers(std::move(book.servers), report, limits, now);
}

void note_paths(TrafficBook& book, const PathsFound& found) {
  for (auto& [edge, state] : book.edges) {
    std::optional<int> crossed;
    bool narrow = false;
    for (const Way& way : {Way{edge.first, edge.second}, Way{edge.second, edge.first}}) {
      const auto path = found.find(way);
      if (path == found.end()) continue;
      crossed = std::min(crossed.value_or(path->second.crossed), path->second.crossed);
      narrow |= path->second.narrow();
    }
    if (!crossed) continue;
    state.status.path_mtu = crossed;
    state.narrow = narrow;
  }
}

EdgeBreaks note_breaks(TrafficBook& book, const EdgeBreaks& breaks, const EdgeLimits& limits,
                       SystemTime now) {
  EdgeBreaks open;
  for (const auto& [edge, found] : breaks) {
    const auto state = book.edges.find(edge);
    if (state == book.edges.end() || all_answer_since(state->second, found.found, limits, now)) continue;
    open.emplace(edge, found);
    EdgeStatus& status = state->second.status;
    if (status.health != EdgeHealth::Up && status.health != EdgeHealth::Degraded) continue;
    if (status.availability)  // until then it was up
      status.availability = account(*status.availability, status.health, limits.stale_after(), found.found);
    status.health = EdgeHealth::Down;
    status.since = found.found;
    status.hop = found.where.hop;
    status.reason = found.where.reason;
    status.at = found.where.at;
  }
  return open;
}

void recall(TrafficBook& book, const std::vector<EdgeStatus>& kept) {
  for (const EdgeStatus& edge : kept) {
    const auto [entry, fresh] = book.edges.try_emplace(site_pair(edge.from, edge.to));
    if (!fresh) continue;
    entry->second.status.availability = edge.availability;
    entry->second.status.path_mtu = edge.path_mtu;
    entry->second.narrow = edge.reason == kMtuTooSmall;
  }
}

const char* to_string(EdgeHealth health) {
  switch (health) {
    case EdgeHealth::Up:
      return "Up";
    case EdgeHealth::Degraded:
      return "Degraded";
    case EdgeHealth::Down:
      return "Down";
    case EdgeHealth::Unknown:
      return "Unknown";
  }
  return "Unknown";
}

}  // namespace vpcp
