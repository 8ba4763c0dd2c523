#include "domain/status/edge_verdict.h"

#include <algorithm>
#include <set>

namespace vpcp {
namespace {

constexpr std::size_t kLossWindow = 100;

/// One edge's part of a round.
struct RoundOfEdge {
  std::map<ProbeClass, std::pair<int, int>> classes;  ///< asked, answered
  std::set<ProbeClass> unasked;                       ///< Classes of which a probe could not be made.
  std::set<std::string> asked_sites;
  bool could_not_ask{false};
  double rtt_sum{0};
  int rtt_count{0};
  int lost{0};
};

RoundOfEdge gather(const SitePair& edge, const std::vector<ProbeObservation>& round) {
  RoundOfEdge out;
  for (const ProbeObservation& probe : round) {
    if (probe.edge != edge) continue;
    if (!probe.looked) {
      out.could_not_ask |= probe.what.path == ProbePath::Gateways;
      out.unasked.insert(probe.what);
      continue;
    }
    auto& [asked, answered] = out.classes[probe.what];
    ++asked;
    answered += probe.answered ? 1 : 0;
    out.lost += probe.answered ? 0 : 1;
    if (probe.what.path == ProbePath::Gateways) out.asked_sites.insert(probe.what.from_site);
    if (probe.what.path == ProbePath::Gateways && probe.answered && probe.millis) {
      out.rtt_sum += *probe.millis;
      ++out.rtt_count;
    }
  }
  return out;
}

void note_loss(EdgeBook& book, const SitePair& edge, const std::vector<ProbeObservation>& round) {
  for (const ProbeObservation& probe : round) {
    if (probe.edge == edge && probe.looked) book.recent_lost.push_back(!probe.answered);
  }
  if (book.recent_lost.size() > kLossWindow)
    book.recent_lost.erase(book.recent_lost.begin(), book.recent_lost.end() - kLossWindow);
  if (book.recent_lost.empty()) return;
  const auto lost = std::count(book.recent_lost.begin(), book.recent_lost.end(), true);
  book.status.loss_percent = 100.0 * static_cast<double>(lost) / static_cast<double>(book.recent_lost.size());
}

struct Verdict {
  EdgeHealth health;
  std::string hop;
  std::string reason;
};

/// The classes that failed long enough to be believed.
std::set<ProbeClass> confirmed_failures(const EdgeBook& book) {
  std::set<ProbeClass> confirmed;
  for (const auto& [what, failed] : book.failed_rounds) {
    const auto tcp = book.failed_rounds.find({what.from_site, what.path, ProbeProtocol::Tcp});
    const bool tcp_fails = tcp != book.failed_rounds.end() && tcp->second >= kRoundsToDown;
    if (failed >= (tcp_fails ? kRoundsToDown : kRoundsToDownOfPings)) confirmed.insert(what);
  }
  return confirmed;
}

/// Which classes fail tells where it broke.
Verdict broken_at(const std::set<ProbeClass>& confirmed) {
  const auto fails = [&](ProbePath path, ProbeProtocol protocol) {
    return std::any_of(confirmed.begin(), confirmed.end(), [&](const ProbeClass& what) {
      return what.path == path && what.protocol == protocol;
    });
  };
  if (fails(ProbePath::Gateways, ProbeProtocol::Icmp)) return {EdgeHealth::Down, "tunnel", "TunnelDead"};
  if (fails(ProbePath::Gateways, ProbeProtocol::Tcp))
    return {EdgeHealth::Down, "gateway firewall", "TcpBlocked"};
  if (fails(ProbePath::Servers, ProbeProtocol::Icmp))
    return {EdgeHealth::Down, "server route or forwarding", "ServersCutOff"};
  return {EdgeHealth::Down, "gateway firewall (routed traffic)", "RoutedTcpBlocked"};
}

Verdict judge(const EdgeBook& book, const RoundOfEdge& round) {
  const std::set<ProbeClass> confirmed = confirmed_failures(book);
  if (!confirmed.empty()) return broken_at(confirmed);
  if (!book.failed_rounds.empty()) return {EdgeHealth::Degraded, "", "ProbeLost"};
  if (round.could_not_ask || round.asked_sites.size() < 2)
    return {EdgeHealth::Unknown, "", "GatewayNotReachable"};
  if (round.lost > 0) return {EdgeHealth::Degraded, "", "ProbeLost"};
  return {EdgeHealth::Up, "", "Verified"};
}

EdgeBook judge_edge(EdgeBook book, const SitePair& edge, const std::vector<ProbeObservation>& probes,
                    SystemTime now) {
  const RoundOfEdge round = gather(edge, probes);
  std::map<ProbeClass, int> failed;
  for (const auto& [what, counts] : round.classes) {
    if (counts.second == 0) failed[what] = book.failed_rounds[what] + 1;
  }
  // What could not be asked this time stays as it was: silence of a host is no proof of recovery.
  for (const auto& [what, rounds] : book.failed_rounds) {
    if (round.classes.contains(what) || !round.unasked.contains(what)) continue;
    if (rounds >= kRoundsToDown)
      failed[what] = rounds + 1;  // a single loss that cannot be confirmed is dropped
  }
  book.failed_rounds = std::move(failed);
  note_loss(book, edge, probes);
  const Verdict verdict = judge(book, round);
  if (book.status.health != verdict.health || book.status.since == SystemTime{}) book.status.since = now;
  book.status.from = edge.first;
  book.status.to = edge.second;
  book.status.health = verdict.health;
  book.status.hop = verdict.hop;
  book.status.reason = verdict.reason;
  if (round.rtt_count > 0) book.status.rtt_millis = round.rtt_sum / round.rtt_count;
  if (verdict.health == EdgeHealth::Up ||
      (verdict.health == EdgeHealth::Degraded && book.failed_rounds.empty()))
    book.last_crossed = now;
  return book;
}

std::map<std::string, int> judge_servers(std::map<std::string, int> before,
                                         const std::vector<ProbeObservation>& round) {
  std::map<std::string, bool> answered;
  std::set<std::string> meant;
  for (const ProbeObservation& probe : round) {
    if (probe.what.path != ProbePath::Servers) continue;
    meant.insert(probe.from_lane);
    if (probe.looked) answered[probe.from_lane] |= probe.answered;
  }
  // A server that is not probed any more (removed, stopped) has no failures to be remembered.
  std::erase_if(before, [&](const auto& entry) { return !meant.contains(entry.first); });
  for (const auto& [lane, any] : answered) {
    if (any)
      before.erase(lane);
    else
      ++before[lane];
  }
  return before;
}

}  // namespace

TrafficBook judge_round(TrafficBook before, const std::vector<SitePair>& edges,
                        const std::vector<ProbeObservation>& round, SystemTime now) {
  TrafficBook after;
  for (const SitePair& edge : edges)
    after.edges[edge] = judge_edge(std::move(before.edges[edge]), edge, round, now);
  after.server_failures = judge_servers(std::move(before.server_failures), round);
  return after;
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
