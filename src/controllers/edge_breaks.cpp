#include "controllers/edge_breaks.h"

#include <algorithm>

#include "domain/desired/desired.h"

namespace vpcp {
namespace {

std::vector<DriftKind> drift_of(const BreakView& view, const std::string& lane) {
  std::vector<DriftKind> out;
  for (const Step& step : view.steps) {
    if (step.lane == lane) out.push_back(step.kind);
  }
  return out;
}

void look_at_servers(EndLook& out, const BreakView& view, const LaidSite& site) {
  for (const LaidHost& server : site.servers) {
    const auto drift = drift_of(view, server.lane);
    out.server_drift.insert(out.server_drift.end(), drift.begin(), drift.end());
    const auto plan = view.plans.find(server.lane);
    out.server_without_vpc |= plan != view.plans.end() && plan->second.blocked &&
                              plan->second.blocked->reason == "VpcInterfaceMissing";
  }
}

/// The sites whose servers send probes over the edge.
std::set<std::string> sending(const EdgeBook& book) {
  std::set<std::string> sites;
  for (const auto& [what, hosts] : book.evidence) {
    if (what.path == ProbePath::Servers) sites.insert(what.from_site);
  }
  return sites;
}

EndFinding end_of(const BreakView& view, const DesiredHosts& hosts, const std::string& name,
                  const std::string& remote) {
  EndLook out{.site = name};
  const LaidSite* site = view.layout.site(name);
  const auto desired = hosts.gateway({name, 0});
  const auto other = view.record.gateways.find({remote, 0});
  if (site == nullptr || site->gateways.empty() || !desired || other == view.record.gateways.end())
    return {name};
  out.desired = &*desired;
  out.remote_key = other->second.keys.public_key;
  if (const LaidSite* there = view.layout.site(remote)) out.remote_network = there->network();
  const std::string& lane = site->gateways.front().lane;
  const auto look = view.looks.find(lane);
  if (look != view.looks.end() && look->second.facts) out.gateway = &*look->second.facts;
  out.gateway_drift = drift_of(view, lane);
  look_at_servers(out, view, *site);
  if (const auto before = view.counters_before.find({name, remote}); before != view.counters_before.end())
    out.received_before = before->second.rx_bytes;
  return find_causes(out);
}

}  // namespace

std::map<SitePair, Diagnosis> find_breaks(const BreakView& view) {
  const DesiredHosts hosts(view.spec, view.layout, view.record);
  std::map<SitePair, Diagnosis> out;
  for (const auto& [edge, book] : view.traffic.edges) {
    if (!book.symptoms.any()) continue;
    out[edge] = diagnose(book.symptoms, end_of(view, hosts, edge.first, edge.second),
                         end_of(view, hosts, edge.second, edge.first));
  }
  return out;
}

EdgeBreaks find_certain_breaks(const BreakView& view, const std::set<std::string>& sites, SystemTime now) {
  const DesiredHosts hosts(view.spec, view.layout, view.record);
  EdgeBreaks out;
  for (const auto& [edge, book] : view.traffic.edges) {
    const bool works = book.status.health == EdgeHealth::Up || book.status.health == EdgeHealth::Degraded;
    if (!works || !(sites.contains(edge.first) || sites.contains(edge.second))) continue;
    const auto found = certain_break(end_of(view, hosts, edge.first, edge.second),
                                     end_of(view, hosts, edge.second, edge.first), sending(book));
    if (found) out[edge] = {*found, now};
  }
  return out;
}

}  // namespace vpcp
