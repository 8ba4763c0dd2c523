#include "controllers/peering_metrics.h"

#include <algorithm>
#include <array>

namespace vpcp {
namespace {

double seconds_of(SystemTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

/// `is`: nullopt for a condition that the object does not have.
void publish_condition(Metrics& metrics, const ObjectMeta& meta, const std::string& type,
                       std::optional<ConditionStatus> is) {
  static constexpr std::array<std::pair<ConditionStatus, const char*>, 3> kStatuses{
      {{ConditionStatus::True, "True"},
       {ConditionStatus::False, "False"},
       {ConditionStatus::Unknown, "Unknown"}}};
  for (const auto& [value, name] : kStatuses)
    metrics.set(metric::kPeeringCondition, {meta.ns, meta.name, type, name}, is == value ? 1 : 0);
}

void publish_conditions(Metrics& metrics, const ObjectMeta& meta, const PeeringStatus& status) {
  for (const Condition& condition : status.conditions)
    publish_condition(metrics, meta, condition.type, condition.status);
  // It comes and goes; an alert on it ends with it.
  if (find_condition(status, condition::kFighting) == nullptr)
    publish_condition(metrics, meta, condition::kFighting, std::nullopt);
  const Condition* ready = find_condition(status, condition::kReady);
  metrics.set(metric::kPeeringReady, {meta.ns, meta.name},
              ready != nullptr && ready->status == ConditionStatus::True ? 1 : 0);
}

void forget_departed(Metrics& metrics, const ObjectMeta& meta, const PeeringStatus& before,
                     const PeeringStatus& now) {
  for (const SiteStatus& site : before.sites) {
    if (std::any_of(now.sites.begin(), now.sites.end(), [&](const auto& s) { return s.name == site.name; }))
      continue;
    for (const MetricDef* metric : {&metric::kServers, &metric::kServersRouted, &metric::kGatewayKeyMade})
      metrics.forget(*metric, {meta.ns, meta.name, site.name});
  }
  for (const EdgeStatus& edge : before.edges) {
    const auto same = [&](const EdgeStatus& e) { return e.from == edge.from && e.to == edge.to; };
    if (std::any_of(now.edges.begin(), now.edges.end(), same)) continue;
    for (const MetricDef* metric :
         {&metric::kEdgeUp, &metric::kEdgeDegraded, &metric::kEdgeHandshake, &metric::kEdgeRtt,
          &metric::kEdgeProbes, &metric::kEdgeProbeLost, &metric::kEdgeProbed, &metric::kEdgeReceived,
          &metric::kEdgeSent, &metric::kEdgeLoss, &metric::kEdgeJitter, &metric::kEdgeVerified,
          &metric::kEdgeAvailability}) {
      metrics.forget(*metric, {meta.ns, meta.name, edge.from, edge.to});
      metrics.forget(*metric, {meta.ns, meta.name, edge.to, edge.from});
    }
  }
}

}  // namespace

std::map<std::pair<std::string, std::string>, PeerView> peer_views(
    const Layout& layout, const PeeringRecord& record, const std::map<std::string, HostLook>& looks,
    const std::map<std::string, HandshakeBook>& handshakes, const Moment& now) {
  std::map<std::pair<std::string, std::string>, PeerView> views;
  for (const LaidSite& site : layout.sites) {
    for (const LaidHost& host : site.gateways) {
      const auto look = looks.find(host.lane);
      if (look == looks.end() || !look->second.facts || !look->second.facts->tunnel) continue;
      for (const auto& peer : look->second.facts->tunnel->peers) {
        const auto remote =
            std::find_if(record.gateways.begin(), record.gateways.end(),
                         [&](const auto& entry) { return entry.second.keys.public_key == peer.public_key; });
        if (remote == record.gateways.end()) continue;
        PeerView& view = views[{site.name, remote->first.site}];
        if (const auto book = handshakes.find(host.lane); book != handshakes.end())
          view.last_handshake = last_handshake(book->second, peer.public_key, now);
        view.rx_bytes = peer.received;
        view.tx_bytes = peer.sent;
      }
    }
  }
  return views;
}

void count_bytes(Metrics& metrics, const ObjectMeta& meta,
                 const std::map<std::pair<std::string, std::string>, PeerView>& now,
                 const std::map<std::pair<std::string, std::string>, PeerView>& before) {
  const auto grown = [](std::uint64_t from, std::uint64_t to) {
    return static_cast<double>(to >= from ? to - from : to);
  };
  for (const auto& [edge, view] : now) {
    const auto old = before.find(edge);
    if (old == before.end()) continue;  // the first look is the base line
    const LabelValues labels{meta.ns, meta.name, edge.first, edge.second};
    metrics.add(metric::kEdgeReceived, labels, grown(old->second.rx_bytes, view.rx_bytes));
    metrics.add(metric::kEdgeSent, labels, grown(old->second.tx_bytes, view.tx_bytes));
  }
}

void publish_owned(Metrics& metrics, const VpcPeering& peering, const std::string& mark,
                   const CloudSnapshot& cloud) {
  const std::string tag = owner_tag(mark);
  const auto owned = [&](const char* type, auto count) {
    metrics.set(metric::kOwnedResources, {peering.meta.ns, peering.meta.name, type},
                static_cast<double>(count));
  };
  owned("vpc", std::count_if(cloud.vpcs.begin(), cloud.vpcs.end(), [&](const Vpc& vpc) {
          return vpc.description.find('(' + tag + '/') != std::string::npos;
        }));
  owned("instance",
        std::count_if(cloud.instances.begin(), cloud.instances.end(), [&](const Instance& instance) {
          return std::find(instance.tags.begin(), instance.tags.end(), tag) != instance.tags.end();
        }));
  owned("firewall_group",
        std::count_if(cloud.firewall_groups.begin(), cloud.firewall_groups.end(),
                      [&](const FirewallGroup& group) { return group.description.starts_with(tag + '/'); }));
}

void publish_edge_health(Metrics& metrics, const LabelValues& edge, EdgeHealth health) {
  if (health == EdgeHealth::Unknown) {
    metrics.forget(metric::kEdgeUp, edge);
    metrics.forget(metric::kEdgeDegraded, edge);
    return;
  }
  metrics.set(metric::kEdgeUp, edge, health == EdgeHealth::Down ? 0 : 1);
  metrics.set(metric::kEdgeDegraded, edge, health == EdgeHealth::Degraded ? 1 : 0);
}

void publish_status(Metrics& metrics, const VpcPeering& peering, const PeeringStatus& status) {
  const ObjectMeta& meta = peering.meta;
  if (!peering.status.conditions.empty()) forget_departed(metrics, meta, peering.status, status);
  publish_conditions(metrics, meta, status);
  const bool acting = !peering.spec.suspend && peering.spec.mode == Mode::Reconcile;
  metrics.set(metric::kPeeringActing, {meta.ns, meta.name}, acting ? 1 : 0);
  for (const SiteStatus& site : status.sites) {
    metrics.set(metric::kServers, {meta.ns, meta.name, site.name}, site.servers.total);
    metrics.set(metric::kServersRouted, {meta.ns, meta.name, site.name}, site.servers.routed);
  }
  for (const EdgeStatus& edge : status.edges) {
    const LabelValues labels{meta.ns, meta.name, edge.from, edge.to};
    publish_edge_health(metrics, labels, edge.health);
    if (edge.last_handshake) metrics.set(metric::kEdgeHandshake, labels, seconds_of(*edge.last_handshake));
  }
  if (status.monthly_cost_usd)
    metrics.set(metric::kMonthlyCost, {meta.ns, meta.name}, *status.monthly_cost_usd);
}

void publish_key_ages(Metrics& metrics, const VpcPeering& peering, const PeeringRecord& record) {
  for (const SiteSpec& site : peering.spec.sites) {
    const auto gateway = record.gateways.find({site.name, 0});
    if (gateway == record.gateways.end() || gateway->second.key_made == SystemTime{}) continue;
    metrics.set(metric::kGatewayKeyMade, {peering.meta.ns, peering.meta.name, site.name},
                seconds_of(gateway->second.key_made));
  }
}

}  // namespace vpcp
