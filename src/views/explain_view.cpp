#include "views/explain_view.h"

#include <algorithm>
#include <set>

#include "domain/desired/topology.h"
#include "domain/status/outdated.h"
#include "domain/status/summary.h"
#include "views/edge_blame.h"
#include "views/explain_fix.h"
#include "views/reasons.h"

namespace vpcp {
namespace {

Tick tick_of(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::True:
      return Tick::Good;
    case ConditionStatus::False:
      return Tick::Bad;
    case ConditionStatus::Unknown:
      return Tick::Unknown;
  }
  return Tick::Unknown;
}

/// A condition that is not True and speaks of this lane.
const Condition* complaint_about(const PeeringStatus& status, const std::string& lane) {
  for (const Condition& condition : status.conditions) {
    // Not a fight: packets cross while it lasts.
    const bool alarm = condition.type == condition::kHostIdentityChanged;
    const bool bad = alarm ? condition.status == ConditionStatus::True
                           : condition.status != ConditionStatus::True && condition.type != condition::kReady;
    if (bad && condition.message.starts_with(lane + ":")) return &condition;
  }
  return nullptr;
}

std::string join(const std::string& fact, const std::string& more, const char* between = "; ") {
  return fact.empty() || more.empty() ? fact + more : fact + between + more;
}

/// What a look found beats what the status remembers; that nothing could be seen makes no fault less certain.
void add_look(Finding& finding, const VpcPeering& peering, const LaneLooks& looks, const std::string& lane) {
  const auto look = looks.find(lane);
  if (look == looks.end()) return;
  if (!look->second.problem.empty()) {
    if (finding.tick == Tick::Good) finding.tick = Tick::Unknown;
    finding.fact = join(finding.fact, look->second.problem);
    return;
  }
  if (look->second.differences.empty()) {
    finding.fact = join(finding.fact, "looked at just now: all that is ours is in place");
    return;
  }
  finding.tick = Tick::Bad;
  finding.fact.clear();
  finding.fix.clear();
  for (const LaneLook::Difference& difference : look->second.differences) {
    finding.fact = join(finding.fact, difference.found);
    finding.fix = join(finding.fix, difference.fix);
  }
  finding.fix += " (" + repairer(peering) + ")";
}

const EdgeStatus* edge_between(const PeeringStatus& status, const std::string& a, const std::string& b) {
  const SitePair pair = site_pair(a, b);
  const auto found = std::ranges::find_if(
      status.edges, [&](const EdgeStatus& edge) { return site_pair(edge.from, edge.to) == pair; });
  return found == status.edges.end() ? nullptr : &*found;
}

std::string edge_figures(const EdgeStatus& edge, SystemTime now) {
  std::string fact;
  if (edge.rtt_millis) fact = join(fact, "round trip " + number_text(*edge.rtt_millis, 1) + " ms");
  // Of an edge that is down it is the loss of the whole, not of the pings.
  if (edge.loss_percent && edge.health != EdgeHealth::Down)
    fact = join(fact, "loss " + number_text(*edge.loss_percent, 0) + " %");
  if (edge.last_handshake) fact = join(fact, "handshake " + ago(*edge.last_handshake, now));
  return fact;
}

Finding tunnel_finding(const VpcPeering& peering, const std::string& a, const std::string& b,
                       SystemTime now) {
  Finding out{Tick::Unknown, "tunnel " + a + " ↔ " + b, "not probed yet", ""};
  const EdgeStatus* edge = edge_between(peering.status, a, b);
  if (edge == nullptr) return out;
  out.fact = edge_figures(*edge, now);
  switch (edge->health) {
    case EdgeHealth::Up:
      out.tick = Tick::Good;
      out.fact = join("pings and TCP cross it both ways", out.fact);
      return out;
    case EdgeHealth::Degraded:
      out.tick = Tick::Poor;
      out.fact = join(join(edge->reason, degraded_fact(edge->reason), ": "), out.fact);
      out.fix = fix_of(edge->reason, peering);
      return out;
    case EdgeHealth::Unknown:
      out.fact = join(
          edge->reason == "NotProbedYet" ? "not probed yet" : "could not be probed (" + edge->reason + ")",
          out.fact);
      out.fix = fix_of(edge->reason, peering);
      return out;
    case EdgeHealth::Down:
      break;
  }
  if (const auto blame = blame_of(edge->reason); blame && blame->crosses) {
    out.tick = Tick::Good;
    out.fact = join("pings cross it", out.fact);
    return out;
  }
  out.tick = Tick::Bad;
  out.surmised = true;
  out.fact = join("nothing crosses it since " + ago(edge->since, now) + " (" + edge->reason + ")", out.fact);
  out.fix = fix_of(edge->reason, peering);
  return out;
}

void add_complaint(Finding& finding, const VpcPeering& peering, const std::string& lane) {
  const Condition* complaint = complaint_about(peering.status, lane);
  if (complaint == nullptr) return;
  const bool alarm = complaint->type == condition::kHostIdentityChanged;
  finding.tick = alarm                                   ? Tick::Bad
                 : is_moving(peering, complaint->reason) ? Tick::Moving
                                                         : tick_of(complaint->status);
  finding.fact = complaint->reason + ": " + without_place(one_line(complaint->message), lane);
  finding.fix = fix_of(complaint->reason, peering);
}

/// The edges of a path, and what of them stops at one of its sites.
using Edges = std::vector<const EdgeStatus*>;
using SuspectOf = Suspect (*)(const EdgeStatus& edge, const std::string& site);

/// A place that was found good is not, if one of the edges is down for its sake. Where it is not known at
/// which end, none of them is condemned.
void add_suspicion(Finding& finding, const VpcPeering& peering, const std::string& site, const Edges& edges,
                   SuspectOf suspect_of) {
  if (finding.tick != Tick::Good) return;
  const EdgeStatus* worst = nullptr;
  Suspect suspect = Suspect::No;
  for (const EdgeStatus* edge : edges) {
    const Suspect of_edge = edge == nullptr ? Suspect::No : suspect_of(*edge, site);
    if (of_edge <= suspect) continue;
    suspect = of_edge;
    worst = edge;
  }
  if (worst == nullptr) return;
  const bool is_certain = suspect == Suspect::Yes && !worst->at.empty();
  finding.tick = is_certain ? Tick::Bad : Tick::Unknown;
  finding.surmised = true;
  finding.fact = worst->at.empty() ? worst->reason + ", here or elsewhere: " + meaning_of(worst->reason)
                                   : worst->reason + ": " + one_line(worst->hop);
  if (suspect == Suspect::Yes) finding.fix = fix_of(worst->reason, peering);
}

Finding gateway_finding(const VpcPeering& peering, const std::string& site, const Edges& edges,
                        const LaneLooks& looks) {
  const std::string lane = site + "/gateway-0";
  Finding out{Tick::Unknown, "gateway " + lane, "not there yet", ""};
  const auto known = std::ranges::find(peering.status.sites, site, &SiteStatus::name);
  if (known != peering.status.sites.end() && !known->gateways.empty() && known->gateways.front().public_ip) {
    const GatewayStatus& gateway = known->gateways.front();
    out.tick = Tick::Good;
    out.fact = gateway.public_ip->str();
    if (gateway.vpc_ip) out.fact += ", in the VPC " + gateway.vpc_ip->str();
    if (gateway.tunnel_ip) out.fact += ", in the tunnel " + gateway.tunnel_ip->str();
  }
  add_complaint(out, peering, lane);
  add_suspicion(out, peering, site, edges, gateway_suspect);
  add_look(out, peering, looks, lane);
  return out;
}

struct Place {
  std::string site;
  std::string server;
  [[nodiscard]] std::string lane() const { return site + "/" + server; }
};

/// Whether the status would name the server if it were not routed: it names so many at most, and knows a
/// server that a tag selects only by a complaint about it.
bool would_be_named(const VpcPeering& peering, const Place& at, const SiteStatus& site) {
  const SiteSpec* spec = nullptr;
  for (const SiteSpec& declared : peering.spec.sites) {
    if (declared.name == at.site) spec = &declared;
  }
  const bool declared = spec != nullptr &&
                        std::ranges::find(spec->servers, at.server, &ServerSpec::name) != spec->servers.end();
  const auto named = std::ranges::count(peering.status.unhealthy_servers, at.site, &UnhealthyServer::site);
  return declared && site.servers.total - site.servers.routed <= named;
}

Finding server_finding(const VpcPeering& peering, const Place& at, const Edges& edges,
                       const LaneLooks& looks) {
  Finding out{Tick::Good, "server " + at.lane(), "", ""};
  const auto site = std::ranges::find(peering.status.sites, at.site, &SiteStatus::name);
  const bool has_hop =
      site != peering.status.sites.end() && !site->gateways.empty() && site->gateways.front().vpc_ip;
  out.fact =
      has_hop ? "its routes lead via " + site->gateways.front().vpc_ip->str() : "no gateway to route via yet";
  if (!has_hop) out.tick = Tick::Unknown;
  if (has_hop && !looks.contains(at.lane()) && !would_be_named(peering, at, *site)) {
    out.tick = Tick::Unknown;
    out.fact = looks.empty() ? "the status does not say whether its routes are in place"
                             : "no server of this name was found in the site";
    if (looks.empty()) out.fix = "add --look: it asks the hosts themselves";
  }
  for (const UnhealthyServer& server : peering.status.unhealthy_servers) {
    if (server.site != at.site || server.name != at.server) continue;
    const bool unknown = server.reason == "HostUnreachable" || server.reason == "NotReachable";
    out.tick = unknown ? Tick::Unknown : is_moving(peering, server.reason) ? Tick::Moving : Tick::Bad;
    out.fact = server.reason + ": " + without_place(one_line(server.message), at.lane());
    out.fix = fix_of(server.reason, peering);
  }
  add_suspicion(out, peering, at.site, edges, server_suspect);
  add_look(out, peering, looks, at.lane());
  return out;
}

Result<Place> find_server(const VpcPeering& peering, const std::string& name) {
  std::vector<Place> found;
  std::string all;
  for (const SiteSpec& site : peering.spec.sites) {
    for (const ServerSpec& server : site.servers) {
      const Place place{site.name, server.name};
      all += (all.empty() ? "" : ", ") + place.lane();
      if (name == server.name || name == place.lane()) found.push_back(place);
    }
    // What a tag selects is named in no spec.
    if (found.empty() && site.server_selector && name.starts_with(site.name + "/"))
      found.push_back({site.name, name.substr(site.name.size() + 1)});
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1)
    return Error{ErrorKind::Invalid,
                 "NoSuchServer",
                 "more than one site has a server " + name + ": write it as " + found.front().lane(),
                 {}};
  return Error{ErrorKind::Invalid,
               "NoSuchServer",
               peering.meta.key().str() + " has no server " + name + ": take one of " +
                   (all.empty() ? "its tagged servers, as SITE/NAME" : all),
               {}};
}

/// The sites from `from` to `to`, both included; empty when the topology joins them not at all.
std::vector<std::string> sites_between(const PeeringSpec& spec, const std::string& from,
                                       const std::string& to) {
  const auto place_of = [&](const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(spec.sites, name, &SiteSpec::name) -
                                    spec.sites.begin());
  };
  const auto neighbours_of = neighbours(spec);
  const std::size_t target = place_of(to);
  std::vector<std::string> sites{from};
  while (sites.back() != to) {
    if (sites.size() > spec.sites.size()) return {};
    const auto& around = neighbours_of.at(place_of(sites.back()));
    const auto next = std::ranges::find_if(around, [&](const Neighbour& neighbour) {
      return std::ranges::find(neighbour.behind, target) != neighbour.behind.end();
    });
    if (next == around.end()) return {};
    sites.push_back(spec.sites[next->site].name);
  }
  return sites;
}

/// What was seen for certain comes before what an edge that is down suggests.
std::string conclude(const Explanation& explanation) {
  const auto all = [&](Tick tick, const char* between = " or ") {
    std::string names;
    for (const Finding& finding : explanation.findings) {
      if (finding.tick == tick && !finding.surmised) names = join(names, finding.what, between);
    }
    return names;
  };
  if (const std::string bad = all(Tick::Bad); !bad.empty()) return "Broken at: " + bad;
  if (!explanation.broken_at.empty()) return "Broken at: " + explanation.broken_at;
  if (const std::string moving = all(Tick::Moving, ", "); !moving.empty())
    return "Not ready yet, the controller is at it: " + moving;
  if (const std::string unknown = all(Tick::Unknown); !unknown.empty())
    return "Not known to be broken; nothing is known of: " + unknown;
  if (const std::string poor = all(Tick::Poor, ", "); !poor.empty())
    return "It works, and not as well as asked for: " + poor;
  return "Nothing is wrong.";
}

bool is_poor(const Explanation& explanation) {
  return std::ranges::find(explanation.findings, Tick::Poor, &Finding::tick) != explanation.findings.end();
}

std::string conclude_readiness(const VpcPeering& peering, const Explanation& explanation) {
  const Condition* ready = find_condition(peering.status, condition::kReady);
  if (ready == nullptr) return conclude(explanation);
  const std::string message = one_line(ready->message);
  switch (ready->status) {
    case ConditionStatus::True:  // unless a look of now knows better
      return is_good(explanation) && !is_poor(explanation) ? "Ready: " + message : conclude(explanation);
    case ConditionStatus::False:
      return (is_moving(peering, ready->reason) ? "Not ready yet, the controller is at it: "
                                                : "Not ready: ") +
             message;
    case ConditionStatus::Unknown:
      break;
  }
  return "Not known to be ready: " + message;
}

/// Of the edges of a path those that meet at its n-th site.
Edges beside(const Edges& edges, std::size_t n) {
  Edges out;
  if (n > 0) out.push_back(edges[n - 1]);
  if (n < edges.size()) out.push_back(edges[n]);
  return out;
}

void add_break(Explanation& explanation, const EdgeStatus& edge) {
  if (edge.health == EdgeHealth::Down)
    explanation.broken_at = join(explanation.broken_at, one_line(broken_at(edge)));
}

Finding condition_finding(const VpcPeering& peering, const Condition& condition) {
  const bool alarm = condition::is_alarm(condition.type);
  Tick tick = tick_of(condition.status);
  if (alarm && tick != Tick::Unknown) tick = tick == Tick::Good ? Tick::Bad : Tick::Good;
  Finding out{tick, condition.type, one_line(condition.message), ""};
  if (out.fact.empty())
    out.fact = condition.type == condition::kAccepted ? "the spec is valid" : condition.reason;
  if (tick == Tick::Good) return out;
  out.fact = condition.reason + ": " + out.fact;
  if (is_moving(peering, condition.reason)) out.tick = Tick::Moving;
  out.fix = fix_of(condition.reason, peering);
  return out;
}

}  // namespace

namespace {

/// What is only remembered, of a status that is not to be believed, is not known; what was looked at just now
/// is.
void add_doubt(Explanation& explanation, const VpcPeering& peering, const LaneLooks& looks) {
  if (!is_hearsay(peering.status)) return;
  for (Finding& finding : explanation.findings) {
    const auto look = looks.find(finding.what.substr(finding.what.rfind(' ') + 1));  // "server SITE/NAME"
    const bool is_seen = look != looks.end() && look->second.problem.empty();
    const bool good = finding.tick == Tick::Good || finding.tick == Tick::Poor;
    if (good && !is_seen) finding.tick = Tick::Unknown;
  }
  const Condition& ready = *find_condition(peering.status, condition::kReady);
  explanation.findings.insert(explanation.findings.begin(), condition_finding(peering, ready));
}

}  // namespace

Explanation explain_readiness(const VpcPeering& peering, const LaneLooks& looks, SystemTime now) {
  Explanation out;
  out.title = peering.meta.key().str();
  if (peering.status.conditions.empty()) {
    out.findings.push_back({Tick::Unknown, "controller", "no controller has looked at this object yet",
                            "start vpc-peering-controller with this store, or look at its log"});
  }
  for (const Condition& condition : peering.status.conditions) {
    if (condition.type != condition::kReady) out.findings.push_back(condition_finding(peering, condition));
  }
  for (const EdgeStatus& edge : peering.status.edges) {
    if (edge.health == EdgeHealth::Up) continue;
    add_break(out, edge);
    Finding finding = tunnel_finding(peering, edge.from, edge.to, now);
    if (edge.health == EdgeHealth::Down && finding.tick == Tick::Good) {
      finding.tick = Tick::Bad;
      finding.surmised = true;  // what is named here is the edge, not the place
      finding.fact = join(edge.reason + ": " + one_line(broken_at(edge)), finding.fact);
      finding.fix = fix_of(edge.reason, peering);
    }
    out.findings.push_back(std::move(finding));
  }
  for (const UnhealthyServer& server : peering.status.unhealthy_servers)
    out.findings.push_back(server_finding(peering, {server.site, server.name}, {}, {}));
  for (const auto& [lane, look] : looks) {
    Finding finding{Tick::Good, lane, "", ""};
    add_look(finding, peering, looks, lane);
    if (finding.tick != Tick::Good) out.findings.push_back(std::move(finding));
  }
  const Condition* ready = find_condition(peering.status, condition::kReady);
  if (out.findings.empty() && ready != nullptr && !is_hearsay(peering.status))
    out.findings.push_back(condition_finding(peering, *ready));
  add_doubt(out, peering, looks);
  out.conclusion = conclude_readiness(peering, out);
  return out;
}

Result<Explanation> explain_path(const VpcPeering& peering, const std::string& from, const std::string& to,
                                 const LaneLooks& looks, SystemTime now) {
  const Place a = TRY(find_server(peering, from));
  const Place b = TRY(find_server(peering, to));
  const std::vector<std::string> sites = sites_between(peering.spec, a.site, b.site);
  if (sites.empty())
    return Error{ErrorKind::Invalid,
                 "NoSuchPath",
                 "the topology does not join " + a.site + " and " + b.site +
                     ": add an edge between them, or use FullMesh or HubAndSpoke",
                 {}};
  Explanation out;
  out.title = a.lane() + " → " + b.lane();
  if (sites.size() == 1) {
    out.findings.push_back({Tick::Good, "VPC of " + a.site,
                            "both servers are in it: their packets do not pass through the peering", ""});
    out.conclusion = conclude(out);
    return out;
  }
  Edges edges;
  for (std::size_t i = 0; i + 1 < sites.size(); ++i) {
    edges.push_back(edge_between(peering.status, sites[i], sites[i + 1]));
    if (edges.back() != nullptr) add_break(out, *edges.back());
  }
  out.findings.push_back(server_finding(peering, a, edges, looks));
  for (std::size_t i = 0; i < sites.size(); ++i) {
    out.findings.push_back(gateway_finding(peering, sites[i], beside(edges, i), looks));
    if (i + 1 < sites.size()) out.findings.push_back(tunnel_finding(peering, sites[i], sites[i + 1], now));
  }
  out.findings.push_back(server_finding(peering, b, edges, looks));
  add_doubt(out, peering, looks);
  out.conclusion = conclude(out);
  return out;
}

bool is_good(const Explanation& explanation) {
  return explanation.broken_at.empty() &&
         std::ranges::none_of(explanation.findings,
                              [](const Finding& finding) { return finding.tick == Tick::Bad; });
}

bool is_blind(const Explanation& explanation) {
  return !explanation.findings.empty() &&
         std::ranges::all_of(explanation.findings,
                             [](const Finding& finding) { return finding.tick == Tick::Unknown; });
}

}  // namespace vpcp
