#include "domain/status/summary.h"

#include <algorithm>
#include <set>

#include "domain/desired/topology.h"
#include "domain/status/drift_ledger.h"
#include "domain/status/exposure.h"

namespace vpcp {
namespace {

constexpr std::size_t kMaxUnhealthy = 20;

struct Finding {
  ConditionStatus status{ConditionStatus::True};
  std::string reason;
  std::string message;
};

Finding good(std::string reason, std::string message = {}) {
  return {ConditionStatus::True, std::move(reason), std::move(message)};
}
Finding bad(std::string reason, std::string message) {
  return {ConditionStatus::False, std::move(reason), std::move(message)};
}
Finding unknown(std::string reason, std::string message) {
  return {ConditionStatus::Unknown, std::move(reason), std::move(message)};
}

/// Writes conditions over those of the old status; a transition time changes only with the status.
class Conditions {
 public:
  Conditions(const VpcPeering& peering, SystemTime now) : peering_(peering), now_(now) {
    list_ = peering.status.conditions;
  }
  void set(const char* type, const Finding& finding) {
    const Condition* old = find_condition(peering_.status, type);
    Condition next{type, finding.status, finding.reason, finding.message, peering_.meta.generation, now_};
    if (old != nullptr && old->status == next.status) next.last_transition_time = old->last_transition_time;
    const auto place =
        std::find_if(list_.begin(), list_.end(), [&](const Condition& c) { return c.type == type; });
    if (place == list_.end())
      list_.push_back(next);
    else
      *place = next;
  }
  void remove(const char* type) {
    std::erase_if(list_, [&](const Condition& c) { return c.type == type; });
  }
  std::vector<Condition> take() { return std::move(list_); }

 private:
  const VpcPeering& peering_;
  SystemTime now_;
  std::vector<Condition> list_;
};

/// Of a step that is due: it is being carried out, unless the spec says that nothing is touched.
Finding due(const PassView& view, const std::string& message) {
  if (view.peering.spec.mode == Mode::Plan) return bad("Planned", message + " (not done: spec.mode is Plan)");
  if (view.peering.spec.suspend) return bad("Suspended", message + " (not done: spec.suspend is set)");
  return bad("Changing", message);
}

/// The message with the place in front, once.
std::string at_place(const std::string& lane, const std::string& message) {
  return message.starts_with(lane) ? message : lane + ": " + message;
}

const LaneBlock* block_of(const PassView& view, const std::string& lane) {
  for (const LaneBlock& block : view.cloud.blocked) {
    if (block.lane == lane) return &block;
  }
  return nullptr;
}

const Step* step_of(const PassView& view, const std::string& lane) {
  for (const Step& step : view.cloud.steps) {
    if (step.lane == lane) return &step;
  }
  return nullptr;
}

/// What stands in the way of a lane's cloud side: a failed call, a block, a step that was due.
std::optional<Finding> cloud_finding(const PassView& view, const std::string& lane) {
  if (const auto failed = view.failed.find(lane); failed != view.failed.end())
    return bad(failed->second.reason, at_place(lane, failed->second.message));
  if (const LaneBlock* block = block_of(view, lane)) return bad(block->reason, lane + ": " + block->message);
  if (const Step* step = step_of(view, lane))
    return due(view, lane + ": " + step->why + ": " + step->summary);
  return std::nullopt;
}

Finding networks(const PassView& view) {
  if (view.cloud_error) return unknown(view.cloud_error->reason, view.cloud_error->message);
  for (const LaidSite& site : view.layout.sites) {
    if (auto finding = cloud_finding(view, site.name)) return *finding;
    if (!site.vpc) return bad("VpcMissing", site.name + ": its VPC does not exist yet");
  }
  return good("NetworksReady", "every site has its VPC");
}

/// The first thing that keeps a host from being as desired; nullopt when nothing does.
std::optional<Finding> host_finding(const PassView& view, const LaidHost& host) {
  if (auto finding = cloud_finding(view, host.lane)) return finding;
  if (!host.instance) return bad("InstanceMissing", host.lane + ": its instance does not exist yet");
  if (host.instance->state != InstanceState::Active || host.instance->power != PowerState::Running) {
    return bad("InstanceNotRunning", host.lane + ": its instance is not running yet");
  }
  const auto seen = view.hosts.find(host.lane);
  if (seen == view.hosts.end())
    return unknown("NotReachable", host.lane + ": it has no address to be reached at yet");
  const HostView& facts = seen->second;
  if (!facts.looked) {
    return facts.error ? unknown(facts.error->reason, at_place(host.lane, facts.error->message))
                       : unknown("NotReachable", host.lane + ": not looked at");
  }
  if (facts.blocked) return bad(facts.blocked->reason, host.lane + ": " + facts.blocked->message);
  if (!facts.waiting_for.empty()) return bad("Preparing", host.lane + ": waiting for " + facts.waiting_for);
  if (facts.steps > 0)
    return due(view, host.lane + ": " + std::to_string(facts.steps) +
                         (facts.steps == 1 ? " difference found" : " differences found"));
  if (facts.broken) return bad(facts.broken->reason, host.lane + ": " + facts.broken->message);
  return std::nullopt;
}

/// What is known to be wrong comes before what could not be looked at.
Finding gateways(const PassView& view) {
  std::optional<Finding> doubt;
  for (const LaidSite& site : view.layout.sites) {
    for (const LaidHost& host : site.gateways) {
      auto finding = host_finding(view, host);
      if (finding && finding->status == ConditionStatus::False) return *finding;
      if (finding && !doubt) doubt = std::move(finding);
    }
  }
  return doubt ? *doubt : good("GatewaysReady", "every gateway is as declared");
}

bool server_carries_traffic(const PassView& view, const std::string& lane) {
  return view.traffic.carries_traffic(lane);
}

Finding servers(const PassView& view) {
  int total = 0;
  std::optional<Finding> doubt;
  for (const LaidSite& site : view.layout.sites) {
    for (const LaidHost& host : site.servers) {
      ++total;
      auto finding = host_finding(view, host);
      if (finding && finding->status == ConditionStatus::False) return *finding;
      if (finding) {
        if (!doubt) doubt = std::move(finding);
        continue;
      }
      if (!server_carries_traffic(view, host.lane))
        return bad("NoTraffic", host.lane + ": nothing that it sends to the other sites is answered");
    }
  }
  // Of no lane: a server that is selected twice, which is routed where it was selected first.
  if (const LaneBlock* block = block_of(view, "")) return bad(block->reason, block->message);
  if (doubt) return *doubt;
  return good("ServersRouted",
              std::to_string(total) + " of " + std::to_string(total) + " servers are routed");
}

std::string edge_name(const EdgeStatus& edge) {
  return edge.from + " - " + edge.to;
}

Finding tunnels(const PeeringSpec& spec, const TrafficBook& traffic, const std::vector<EdgeStatus>& edges,
                SystemTime now) {
  std::optional<Finding> doubt;
  for (const EdgeStatus& edge : edges) {
    switch (edge.health) {
      case EdgeHealth::Down:
        return bad(edge.reason, edge_name(edge) + ": no traffic; broken at: " + broken_at(edge));
      case EdgeHealth::Unknown:
        doubt = unknown(
            edge.reason,
            edge_name(edge) + (edge.reason == "NotProbedYet" ? ": not probed yet" : ": could not be probed"));
        break;
      case EdgeHealth::Degraded:
      case EdgeHealth::Up:
        break;
    }
    const auto book = traffic.edges.find({edge.from, edge.to});
    const SystemTime crossed = book == traffic.edges.end() ? SystemTime{} : book->second.last_crossed;
    if (!doubt && now - crossed > edge_limits(spec).stale_after())
      doubt = unknown("NotVerified", edge_name(edge) + ": no packet is known to have crossed it lately");
  }
  if (doubt) return *doubt;
  return good("Verified", std::to_string(edges.size()) + " of " + std::to_string(edges.size()) +
                              " edges carry ICMP and TCP both ways");
}

Finding host_identity(const PassView& view) {
  for (const auto& [lane, host] : view.hosts) {
    if (host.error && host.error->reason == "HostIdentityChanged")
      return {ConditionStatus::True, "HostIdentityChanged", lane + ": " + host.error->message};
  }
  return bad("AsPinned", "every host has the key that we know");
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : "\n") + text;
  return out;
}

Finding ready(const std::vector<std::pair<const char*, Finding>>& parts, const PeeringSpec& spec) {
  const Finding* doubt = nullptr;
  for (const auto& [type, finding] : parts) {
    if (finding.status == ConditionStatus::False) return bad(finding.reason, finding.message);
    if (finding.status == ConditionStatus::Unknown && doubt == nullptr) doubt = &finding;
  }
  if (doubt != nullptr) return unknown(doubt->reason, doubt->message);
  return good(spec.suspend ? "ReadySuspended" : "Ready",
              "packets cross every edge both ways and every server is routed");
}

GatewayStatus gateway_status(const PassView& view, const LaidSite& site, std::size_t index) {
  const LaidHost& host = site.gateways[index];
  GatewayStatus out;
  if (host.instance) {
    out.instance_id = host.instance->id;
    out.public_ip = host.instance->public_ip;
    out.vpc_ip = site.vpc_address(host);
  }
  if (const auto known = view.record.gateways.find({site.name, static_cast<int>(index)});
      known != view.record.gateways.end()) {
    out.tunnel_ip = known->second.tunnel_address;
    out.public_key = known->second.keys.public_key;
  }
  if (const auto known = view.record.hosts.find(host.lane);
      known != view.record.hosts.end() && !known->second.pinned.empty()) {
    out.host_key = known->second.pinned.back();
  }
  return out;
}

SiteStatus site_status(const PassView& view, const LaidSite& site) {
  SiteStatus out;
  out.name = site.name;
  if (site.vpc) out.vpc_id = site.vpc->id;
  for (std::size_t i = 0; i < site.gateways.size(); ++i)
    out.gateways.push_back(gateway_status(view, site, i));
  for (const LaidHost& host : site.servers) {
    ++out.servers.total;
    if (!host_finding(view, host) && server_carries_traffic(view, host.lane)) ++out.servers.routed;
  }
  out.private_servers = private_servers(site);
  return out;
}

/// What statuses have told of an edge outlives a restart, and no handshake is undone: a host that tells of an
/// earlier one has had its clock set since. Nothing, then.
std::optional<SystemTime> credible_handshake(const PassView& view, const SitePair& edge,
                                             std::optional<SystemTime> found) {
  constexpr seconds kSlowLook{30};  // the age is taken from the beginning of a look, which may take some time
  const auto told = view.told_handshakes.find(edge);
  if (told != view.told_handshakes.end() && found && *found + kSlowLook < told->second) return std::nullopt;
  return found;
}

std::vector<EdgeStatus> edge_statuses(const PassView& view) {
  std::vector<EdgeStatus> out;
  for (const SitePair& edge : edges(view.peering.spec)) {
    EdgeStatus status;
    if (const auto book = view.traffic.edges.find(edge); book != view.traffic.edges.end())
      status = book->second.status;
    if (const auto broken = view.breaks.find(edge);
        broken != view.breaks.end() && status.health == EdgeHealth::Down) {
      status.hop = broken->second.hop;
      status.reason = broken->second.reason;
      status.at = broken->second.at;
    }
    status.from = edge.first;
    status.to = edge.second;
    if (status.reason.empty()) status.reason = "NotProbedYet";
    if (const auto peer = view.peers.find(edge); peer != view.peers.end()) {
      status.last_handshake = credible_handshake(view, edge, peer->second.last_handshake);
      status.rx_bytes = peer->second.rx_bytes;
      status.tx_bytes = peer->second.tx_bytes;
    }
    out.push_back(std::move(status));
  }
  return out;
}

std::vector<UnhealthyServer> unhealthy(const PassView& view) {
  std::vector<UnhealthyServer> out;
  for (const LaidSite& site : view.layout.sites) {
    for (const LaidHost& host : site.servers) {
      if (out.size() == kMaxUnhealthy) return out;
      if (auto finding = host_finding(view, host)) {
        out.push_back({site.name, host.name, finding->reason, finding->message});
      } else if (!server_carries_traffic(view, host.lane)) {
        out.push_back(
            {site.name, host.name, "NoTraffic", "nothing that it sends to the other sites is answered"});
      }
    }
  }
  return out;
}

/// Of a pass that does not look at the peering: what was true before is not known to be true now.
void set_not_looked_at(Conditions& conditions, const std::string& reason, const std::string& message) {
  for (const char* type : {condition::kGatewaysReady, condition::kTunnelsUp, condition::kServersRouted})
    conditions.set(type, unknown(reason, message));
}

PeeringStatus with_conditions(const VpcPeering& peering, Conditions& conditions) {
  PeeringStatus status = peering.status;
  status.observed_generation = peering.meta.generation;
  status.conditions = conditions.take();
  return status;
}

}  // namespace

void note_told_handshakes(std::map<SitePair, SystemTime>& told, const PeeringStatus& status, SystemTime now) {
  for (const EdgeStatus& edge : status.edges) {
    if (!edge.last_handshake || *edge.last_handshake > now) continue;
    SystemTime& latest = told[{edge.from, edge.to}];
    latest = std::max(latest, *edge.last_handshake);
  }
}

PeeringStatus summarise(const PassView& view) {
  PeeringStatus status;
  status.observed_generation = view.peering.meta.generation;
  for (const LaidSite& site : view.layout.sites) status.sites.push_back(site_status(view, site));
  status.edges = edge_statuses(view);
  status.unhealthy_servers = unhealthy(view);
  ListedDrift listed = listed_drift(view.drift);
  status.drift = std::move(listed.entries);
  status.more_drift = listed.more;
  status.plan = view.plan;
  status.monthly_cost_usd = view.monthly_cost_usd;
  status.mark = view.layout.mark;

  const std::vector<std::pair<const char*, Finding>> parts{
      {condition::kNetworksReady, networks(view)},
      {condition::kGatewaysReady, gateways(view)},
      {condition::kTunnelsUp, tunnels(view.peering.spec, view.traffic, status.edges, view.now)},
      {condition::kServersRouted, servers(view)}};
  Conditions conditions(view.peering, view.now);
  conditions.set(condition::kAccepted, good("Accepted"));
  for (const auto& [type, finding] : parts) conditions.set(type, finding);
  conditions.set(condition::kHostIdentityChanged, host_identity(view));
  if (view.fights.empty())
    conditions.remove(condition::kFighting);
  else
    conditions.set(condition::kFighting, good("Fighting", joined(view.fights)));
  conditions.set(condition::kReady, ready(parts, view.peering.spec));
  status.conditions = conditions.take();
  return status;
}

PeeringStatus with_traffic(PeeringStatus status, const VpcPeering& peering, const TrafficBook& traffic,
                           SystemTime now) {
  const Condition* before = find_condition(status, condition::kTunnelsUp);
  const Condition* accepted = find_condition(status, condition::kAccepted);
  const bool looked = before != nullptr && accepted != nullptr && accepted->status == ConditionStatus::True &&
                      !status.edges.empty();
  if (!looked || traffic.edges.empty() || peering.meta.deletion_timestamp) return status;
  for (EdgeStatus& edge : status.edges) {
    const auto book = traffic.edges.find({edge.from, edge.to});
    if (book == traffic.edges.end()) continue;
    EdgeStatus fresh = book->second.status;
    fresh.last_handshake = edge.last_handshake;
    fresh.rx_bytes = edge.rx_bytes;
    fresh.tx_bytes = edge.tx_bytes;
    if (fresh.health == EdgeHealth::Down && edge.health == EdgeHealth::Down) {  // the pass knows better where
      fresh.hop = edge.hop;
      fresh.reason = edge.reason;
      fresh.at = edge.at;
    }
    if (fresh.reason.empty()) fresh.reason = edge.reason;
    edge = std::move(fresh);
  }
  const Finding found = tunnels(peering.spec, traffic, status.edges, now);
  VpcPeering last = peering;
  last.status = status;
  Conditions conditions(last, now);
  conditions.set(condition::kTunnelsUp, found);
  const Condition* ready = find_condition(status, condition::kReady);
  const bool worse = ready != nullptr && found.status != ConditionStatus::True &&
                     (ready->status == ConditionStatus::True ||
                      (ready->status == ConditionStatus::Unknown && found.status == ConditionStatus::False));
  if (worse) conditions.set(condition::kReady, {found.status, found.reason, found.message});
  status.conditions = conditions.take();
  return status;
}

seconds pass_is_overdue_after(const PeeringSpec& spec) {
  return std::max(seconds{60}, 3 * spec.verification_interval);
}

PeeringStatus overdue_status(const VpcPeering& peering, PeeringStatus status, SystemTime now) {
  const Condition* ready = find_condition(status, condition::kReady);
  if (ready == nullptr || ready->status != ConditionStatus::True) return status;
  VpcPeering last = peering;
  last.status = status;
  Conditions conditions(last, now);
  conditions.set(
      condition::kReady,
      unknown("PassOverdue", "hosts and cloud have not been looked at for more than " +
                                 std::to_string(pass_is_overdue_after(peering.spec).count()) + " seconds"));
  status.conditions = conditions.take();
  return status;
}

std::string broken_at(const EdgeStatus& edge) {
  return edge.hop + (edge.at.empty() ? "" : ", " + edge.at);
}

bool is_progress(const std::string& reason) {
  static const std::set<std::string> kProgress{"Changing",           "Preparing",  "InstanceMissing",
                                               "InstanceNotRunning", "VpcMissing", "Planned",
                                               "Suspended",          "Deleting",   "NotProbedYet"};
  return kProgress.contains(reason);
}

bool is_progress(const Condition& condition) {
  return condition.status == ConditionStatus::True || is_progress(condition.reason);
}

bool differs_materially(const PeeringStatus& a, const PeeringStatus& b) {
  const auto without_figures = [](PeeringStatus status) {
    for (EdgeStatus& edge : status.edges) {
      edge.last_handshake.reset();
      edge.rtt_millis.reset();
      edge.jitter_millis.reset();
      edge.loss_percent.reset();
      edge.availability.reset();
      edge.rx_bytes = 0;
      edge.tx_bytes = 0;
    }
    return status;
  };
  return without_figures(a) != without_figures(b);
}

namespace {
PeeringStatus not_accepted(const VpcPeering& peering, const char* reason, const std::string& message,
                           SystemTime now) {
  Conditions conditions(peering, now);
  conditions.set(condition::kAccepted, bad(reason, message));
  conditions.set(
      condition::kReady,
      bad(reason,
          "the spec is refused, see the condition Accepted; nothing is touched until it is corrected"));
  return with_conditions(peering, conditions);
}
}  // namespace

PeeringStatus refused_status(const VpcPeering& peering, const std::vector<SpecError>& errors,
                             SystemTime now) {
  std::string message;
  for (const SpecError& error : errors) message += (message.empty() ? "" : "\n") + to_string(error);
  return not_accepted(peering, "InvalidSpec", message, now);
}

PeeringStatus unreadable_status(const VpcPeering& peering, SystemTime now) {
  return not_accepted(peering, "SpecUnreadable", peering.unreadable, now);
}

PeeringStatus failed_status(const VpcPeering& peering, const Error& error, SystemTime now) {
  Conditions conditions(peering, now);
  conditions.set(condition::kAccepted, good("Accepted"));
  const bool refused = error.kind == ErrorKind::Denied || error.kind == ErrorKind::Invalid;
  const Finding finding = refused ? bad(error.reason, error.message) : unknown(error.reason, error.message);
  conditions.set(condition::kNetworksReady, finding);
  set_not_looked_at(conditions, error.reason, "not looked at: see NetworksReady");
  conditions.set(condition::kReady, finding);
  return with_conditions(peering, conditions);
}

PeeringStatus deleting_status(const VpcPeering& peering, const std::string& phase, const std::string& blocker,
                              SystemTime now) {
  Conditions conditions(peering, now);
  conditions.set(condition::kNetworksReady, unknown("Deleting", "the peering is being deleted"));
  set_not_looked_at(conditions, "Deleting", "the peering is being deleted");
  conditions.set(condition::kReady, bad("Deleting", phase + (blocker.empty() ? "" : ": " + blocker)));
  PeeringStatus status = with_conditions(peering, conditions);
  status.edges.clear();
  return status;
}

}  // namespace vpcp
