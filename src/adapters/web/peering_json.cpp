#include "adapters/web/peering_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "vpcp/api/write.h"

namespace vpcp::web {
namespace {

using Json = nlohmann::json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const char* name_of(TopologyType type) {
  switch (type) {
    case TopologyType::FullMesh:
      return "FullMesh";
    case TopologyType::HubAndSpoke:
      return "HubAndSpoke";
    case TopologyType::Custom:
      return "Custom";
  }
  return "";
}

const char* name_of(ConditionStatus status) {
  switch (status) {
    case ConditionStatus::True:
      return "True";
    case ConditionStatus::False:
      return "False";
    case ConditionStatus::Unknown:
      return "Unknown";
  }
  return "";
}

Json server_json(const ServerSpec& server) {
  Json out{{"name", server.name}};
  if (server.create) out["label"] = server.create->label;
  return out;
}

Json site_json(const SiteSpec& site) {
  Json out{{"name", site.name},
           {"region", site.region},
           {"vpc", site.vpc.description},
           {"gateway", site.gateway.label},
           {"servers", Json::array()}};
  if (site.vpc.cidr) out["cidr"] = site.vpc.cidr->str();
  if (site.server_selector) out["tag"] = site.server_selector->tag;
  for (const ServerSpec& server : site.servers) out["servers"].push_back(server_json(server));
  return out;
}

Json spec_json(const PeeringSpec& spec) {
  Json out{{"suspend", spec.suspend},
           {"plan", spec.mode == Mode::Plan},
           {"warn", spec.repair_policy == RepairPolicy::Warn},
           {"retain", spec.deletion_policy == DeletionPolicy::Retain},
           {"topology", name_of(spec.topology.type)},
           {"tunnel", spec.tunnel.cidr.str()},
           {"interval", spec.verification_interval.count()},
           {"sites", Json::array()}};
  if (spec.topology.hub) out["hub"] = *spec.topology.hub;
  for (const SiteSpec& site : spec.sites) out["sites"].push_back(site_json(site));
  return out;
}

Json line_json(const VpcPeering& peering) {
  const PeeringStatus& status = peering.status;
  const auto edges = [&](EdgeHealth health) {
    return std::count_if(status.edges.begin(), status.edges.end(),
                         [health](const EdgeStatus& edge) { return edge.health == health; });
  };
  Json out{{"namespace", peering.meta.ns},
           {"name", peering.meta.name},
           {"deleting", peering.meta.deletion_timestamp.has_value()},
           {"sites", peering.spec.sites.size()},
           {"up", edges(EdgeHealth::Up)},
           {"degraded", edges(EdgeHealth::Degraded)},
           {"down", edges(EdgeHealth::Down)},
           {"unknown", edges(EdgeHealth::Unknown)}};
  if (const Condition* ready = find_condition(status, condition::kReady))
    out["ready"] = name_of(ready->status);
  return out;
}

}  // namespace

std::string peering_json(const VpcPeering& peering) {
  const Json head{{"namespace", peering.meta.ns},
                  {"name", peering.meta.name},
                  {"generation", peering.meta.generation},
                  {"deleting", peering.meta.deletion_timestamp.has_value()},
                  {"spec", spec_json(peering.spec)}};
  std::string text = dump(head);
  text.pop_back();  // the status is JSON already
  return text + ",\"status\":" + status_to_json(peering.status) + "}";
}

std::string overview_json(const std::vector<VpcPeering>& peerings, const std::string& version) {
  Json out{{"version", version}, {"peerings", Json::array()}};
  for (const VpcPeering& peering : peerings) out["peerings"].push_back(line_json(peering));
  return dump(out);
}

}  // namespace vpcp::web
