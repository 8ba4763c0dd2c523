#include "vpcp/api/write.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/names.h"
#include "api/yaml_writer.h"

namespace vpcp {

using Json = nlohmann::ordered_json;

namespace {

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void put(Json& out, const char* name, const std::string& text) {
  if (!text.empty()) out[name] = text;
}

template <class T>
void put(Json& out, const char* name, const std::optional<T>& value) {
  if (value) out[name] = *value;
}

void put(Json& out, const char* name, const std::optional<Ipv4>& address) {
  if (address) out[name] = address->str();
}

void put_time(Json& out, const char* name, const std::optional<SystemTime>& time) {
  if (time) out[name] = to_rfc3339(*time);
}

template <class T, class F>
void put_list(Json& out, const char* name, const std::vector<T>& items, F to_json) {
  if (items.empty()) return;
  Json list = Json::array();
  for (const T& item : items) list.push_back(to_json(item));
  out[name] = std::move(list);
}

Json condition_json(const Condition& condition) {
  return {{"type", condition.type},
          {"status", name_of(kConditionStatuses, condition.status)},
          {"reason", condition.reason},
          {"message", condition.message},
          {"observedGeneration", condition.observed_generation},
          {"lastTransitionTime", to_rfc3339(condition.last_transition_time)}};
}

Json gateway_json(const GatewayStatus& gateway) {
  Json out = Json::object();
  put(out, "instanceID", gateway.instance_id.value);
  put(out, "publicIP", gateway.public_ip);
  put(out, "vpcIP", gateway.vpc_ip);
  put(out, "tunnelIP", gateway.tunnel_ip);
  put(out, "publicKey", gateway.public_key);
  put(out, "hostKey", gateway.host_key);
  return out;
}

Json site_json(const SiteStatus& site) {
  Json out = {{"name", site.name}};
  put(out, "vpcID", site.vpc_id.value);
  put_list(out, "gateways", site.gateways, gateway_json);
  out["servers"] = {{"total", site.servers.total}, {"routed", site.servers.routed}};
  put_list(out, "privateServers", site.private_servers, [](const PrivateServer& server) -> Json {
    return {{"name", server.name}, {"exposure", name_of(kExposures, server.exposure)}};
  });
  return out;
}

Json availability_json(const EdgeAvailability& availability) {
  Json out = Json::object();
  put(out, "percent", percent(availability));
  put_time(out, "since", availability.since);
  put_time(out, "until", availability.until);
  put_list(out, "hours", availability.hours, [](const AvailabilityHour& hour) -> Json {
    return {{"hour", to_rfc3339(hour.hour)},
            {"downMillis", hour.down_millis},
            {"unknownMillis", hour.unknown_millis}};
  });
  return out;
}

Json edge_json(const EdgeStatus& edge) {
  Json out = {{"from", edge.from}, {"to", edge.to}, {"health", name_of(kEdgeHealths, edge.health)}};
  put(out, "hop", edge.hop);
  put(out, "reason", edge.reason);
  put(out, "at", edge.at);
  if (edge.since != SystemTime{}) put_time(out, "since", edge.since);
  put_time(out, "lastHandshake", edge.last_handshake);
  put(out, "rttMillis", edge.rtt_millis);
  put(out, "jitterMillis", edge.jitter_millis);
  put(out, "lossPercent", edge.loss_percent);
  put(out, "pathMTU", edge.path_mtu);
  if (edge.availability) out["availability"] = availability_json(*edge.availability);
  out["rxBytes"] = edge.rx_bytes;
  out["txBytes"] = edge.tx_bytes;
  return out;
}

Json unhealthy_json(const UnhealthyServer& server) {
  return {
      {"site", server.site}, {"name", server.name}, {"reason", server.reason}, {"message", server.message}};
}

Json drift_json(const DriftEntry& entry) {
  Json out = {{"what", entry.what}, {"where", entry.where}};
  put(out, "expected", entry.expected);
  put(out, "detail", entry.detail);
  put(out, "note", entry.note);
  out["detectedAt"] = to_rfc3339(entry.detected_at);
  put_time(out, "repairedAt", entry.repaired_at);
  if (entry.took) out["repairMillis"] = entry.took->count();
  return out;
}

Json plan_json(const PlanEntry& entry) {
  return {{"lane", entry.lane}, {"action", entry.action}, {"why", entry.why}};
}

std::string of(std::size_t some, std::size_t all) {
  return std::to_string(some) + '/' + std::to_string(all);
}

/// For the columns of a list: follows from the rest, so nobody reads it back.
Json totals_json(const PeeringStatus& status) {
  const auto carries = [](const EdgeStatus& edge) {
    return edge.health == EdgeHealth::Up || edge.health == EdgeHealth::Degraded;
  };
  std::size_t servers = 0;
  std::size_t routed = 0;
  for (const SiteStatus& site : status.sites) {
    servers += static_cast<std::size_t>(site.servers.total);
    routed += static_cast<std::size_t>(site.servers.routed);
  }
  const auto up = static_cast<std::size_t>(std::ranges::count_if(status.edges, carries));
  Json out = {{"sites", status.sites.size()},
              {"edges", of(up, status.edges.size())},
              {"servers", of(routed, servers)}};
  if (const auto last = std::ranges::max_element(status.drift, {}, &DriftEntry::detected_at);
      last != status.drift.end()) {
    out["lastDrift"] = to_rfc3339(last->detected_at);
  }
  return out;
}

Json status_json(const PeeringStatus& status) {
  Json out = {{"observedGeneration", status.observed_generation}};
  put_list(out, "conditions", status.conditions, condition_json);
  if (!status.sites.empty()) out["totals"] = totals_json(status);
  put_list(out, "sites", status.sites, site_json);
  put_list(out, "edges", status.edges, edge_json);
  put_list(out, "unhealthyServers", status.unhealthy_servers, unhealthy_json);
  put_list(out, "drift", status.drift, drift_json);
  if (status.more_drift > 0) out["moreDrift"] = status.more_drift;
  put_list(out, "plan", status.plan, plan_json);
  put(out, "monthlyCostUSD", status.monthly_cost_usd);
  put(out, "mark", status.mark);
  put(out, "lastHandledReconcileAt", status.last_handled_reconcile_at);
  return out;
}

Json ssh_json(const SshAccess& ssh) {
  Json out = {{"user", ssh.user}, {"port", ssh.port}};
  out["privateKeyRef"] = {{"name", ssh.private_key_ref.name}, {"key", ssh.private_key_ref.key}};
  put(out, "hostKey", ssh.host_key);
  return out;
}

Json server_json(const ServerSpec& server) {
  Json out = {{"name", server.name}};
  if (server.create) {
    Json create = Json::object();
    put(create, "label", server.create->label);
    create["plan"] = server.create->plan;
    create["os"] = server.create->os;
    create["public"] = name_of(kPublicAddresses, server.create->public_address);
    out["create"] = std::move(create);
  }
  if (server.instance_id) out["instanceID"] = server.instance_id->value;
  if (server.ssh) out["ssh"] = ssh_json(*server.ssh);
  return out;
}

Json vpc_json(const VpcSpec& vpc) {
  Json out = Json::object();
  if (vpc.id) out["id"] = vpc.id->value;
  if (vpc.cidr) out["cidr"] = vpc.cidr->str();
  put(out, "description", vpc.description);
  return out;
}

Json site_spec_json(const SiteSpec& site) {
  Json out = {{"name", site.name}, {"region", site.region}, {"vpc", vpc_json(site.vpc)}};
  Json gateway = Json::object();
  put(gateway, "label", site.gateway.label);
  gateway["plan"] = site.gateway.plan;
  gateway["os"] = site.gateway.os;
  gateway["replicas"] = site.gateway.replicas;
  out["gateway"] = std::move(gateway);
  put_list(out, "servers", site.servers, server_json);
  if (site.server_selector) {
    out["serverSelector"] = {{"tag", site.server_selector->tag},
                             {"ssh", ssh_json(site.server_selector->ssh)}};
  }
  return out;
}

Json tunnel_json(const TunnelSpec& tunnel) {
  Json out = {{"cidr", tunnel.cidr.str()},
              {"listenPort", tunnel.listen_port},
              {"persistentKeepalive", duration_text(tunnel.persistent_keepalive)}};
  put(out, "mtu", tunnel.mtu);
  out["presharedKeys"] = tunnel.preshared_keys;
  return out;
}

Json topology_json(const TopologySpec& topology) {
  Json out = {{"type", name_of(kTopologies, topology.type)}};
  put(out, "hub", topology.hub);
  put_list(out, "edges", topology.edges, [](const auto& edge) {
    return Json::array({edge.first, edge.second});
  });
  return out;
}

Json verification_json(const PeeringSpec& spec) {
  Json out = {{"interval", duration_text(spec.verification_interval)},
              {"maxLossPercent", spec.max_loss_percent},
              {"maxRTTMillis", spec.max_rtt_millis}};
  put_list(out, "edges", spec.verification_edges, [](const EdgeVerification& edge) {
    Json json = {{"between", Json::array({edge.between.first, edge.between.second})}};
    put(json, "maxLossPercent", edge.max_loss_percent);
    put(json, "maxRTTMillis", edge.max_rtt_millis);
    return json;
  });
  return out;
}

Json spec_json(const PeeringSpec& spec) {
  Json out = Json::object();
  if (spec.credentials_secret) out["credentialsRef"] = {{"name", *spec.credentials_secret}};
  if (spec.restore_secret) out["restoreFrom"] = {{"name", *spec.restore_secret}};
  out["suspend"] = spec.suspend;
  out["mode"] = name_of(kModes, spec.mode);
  out["deletionPolicy"] = name_of(kDeletionPolicies, spec.deletion_policy);
  out["tunnel"] = tunnel_json(spec.tunnel);
  out["topology"] = topology_json(spec.topology);
  put_list(out, "sites", spec.sites, site_spec_json);
  out["repair"] = {{"policy", name_of(kRepairPolicies, spec.repair_policy)}};
  out["verification"] = verification_json(spec);
  put_list(out, "sshSources", spec.ssh_sources, [](const Cidr& cidr) { return cidr.str(); });
  return out;
}

Json meta_json(const ObjectMeta& meta) {
  Json out = Json::object();
  out["name"] = meta.name;
  out["namespace"] = meta.ns;
  put(out, "uid", meta.uid);
  put(out, "resourceVersion", meta.resource_version);
  out["generation"] = meta.generation;
  put_list(out, "finalizers", meta.finalizers, [](const std::string& name) { return name; });
  put_time(out, "deletionTimestamp", meta.deletion_timestamp);
  if (!meta.reconcile_at.empty()) out["annotations"] = {{kReconcileAnnotation, meta.reconcile_at}};
  return out;
}

Json object_json(const VpcPeering& object) {
  return {{"apiVersion", kApiVersion},
          {"kind", kKind},
          {"metadata", meta_json(object.meta)},
          {"spec", spec_json(object.spec)},
          {"status", status_json(object.status)}};
}

Json answer_fields_json(const AnswerFields& fields) {
  Json out = Json::object();
  for (const auto& [name, value] : fields) {
    if (const auto* time = std::get_if<SystemTime>(&value)) {
      if (*time != SystemTime{}) put_time(out, name.c_str(), *time);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      put(out, name.c_str(), *text);
    } else if (const auto* count = std::get_if<std::int64_t>(&value)) {
      out[name] = *count;
    } else if (const auto* amount = std::get_if<double>(&value)) {
      out[name] = *amount;
    }
  }
  return out;
}

std::string text_of(const Json& json, TextForm form) {
  if (form == TextForm::Yaml) return to_yaml(json);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string object_text(const VpcPeering& object, TextForm form) {
  return text_of(object_json(object), form);
}

std::string list_text(const std::vector<VpcPeering>& objects, TextForm form) {
  Json items = Json::array();
  for (const VpcPeering& object : objects) items.push_back(object_json(object));
  return text_of({{"apiVersion", "v1"}, {"kind", "List"}, {"items", std::move(items)}}, form);
}

std::string drift_text(const VpcPeering& object, TextForm form) {
  Json entries = Json::array();
  for (const DriftEntry& entry : object.status.drift) entries.push_back(drift_json(entry));
  Json out = {{"namespace", object.meta.ns}, {"name", object.meta.name}, {"drift", std::move(entries)}};
  if (object.status.more_drift > 0) out["moreDrift"] = object.status.more_drift;
  return text_of(out, form);
}

std::string answer_text(const Answer& answer, TextForm form) {
  Json out = Json::object();
  for (const auto& [name, rows] : answer.lists) {
    Json& list = out[name] = Json::array();
    for (const AnswerFields& row : rows) list.push_back(answer_fields_json(row));
  }
  out.update(answer_fields_json(answer.fields));
  return text_of(out, form);
}

std::string status_to_json(const PeeringStatus& status) {
  return dump(status_json(status));
}

std::string spec_to_json(const PeeringSpec& spec) {
  return dump(spec_json(spec));
}

std::string peering_to_json(const VpcPeering& object) {
  return dump({{"apiVersion", kApiVersion},
               {"kind", kKind},
               {"metadata", meta_json(object.meta)},
               {"spec", spec_json(object.spec)}});
}

std::string status_to_yaml(const VpcPeering& object) {
  Json meta = {
      {"name", object.meta.name}, {"namespace", object.meta.ns}, {"generation", object.meta.generation}};
  put(meta, "uid", object.meta.uid);
  put_time(meta, "deletionTimestamp", object.meta.deletion_timestamp);
  return to_yaml({{"apiVersion", kApiVersion},
                  {"kind", kKind},
                  {"metadata", std::move(meta)},
                  {"status", status_json(object.status)}})
      .append(kEndOfYaml);
}

}  // namespace vpcp
