#include "api/status_reader.h"

#include "api/names.h"
#include "vpcp/base/whole_number.h"

namespace vpcp {

namespace {

std::optional<double> number_of(const Field& field) {
  if (!field.written() || !field.json().is_number()) return std::nullopt;
  return field.json().get<double>();
}

std::uint64_t count_of(const Field& field) {
  return field.written() ? whole_number<std::uint64_t>(field.json()).value_or(0) : 0;
}

int small_count_of(const Field& field) {
  return static_cast<int>(read_integer(field, 0, INT32_MAX).value_or(0));
}

SystemTime time_of(const Field& field) {
  return from_rfc3339(field.text_or_empty());
}

std::optional<SystemTime> optional_time_of(const Field& field) {
  return field.written() ? std::optional(time_of(field)) : std::nullopt;
}

Condition read_condition(const Field& field) {
  Condition out;
  out.type = field["type"].text_or_empty();
  assign(out.status, read_choice(field["status"], kConditionStatuses));
  out.reason = field["reason"].text_or_empty();
  out.message = field["message"].text_or_empty();
  assign(out.observed_generation, read_integer(field["observedGeneration"], 0, INT64_MAX));
  out.last_transition_time = time_of(field["lastTransitionTime"]);
  return out;
}

GatewayStatus read_gateway(const Field& field) {
  GatewayStatus out;
  out.instance_id = {field["instanceID"].text_or_empty()};
  out.public_ip = Ipv4::parse(field["publicIP"].text_or_empty());
  out.vpc_ip = Ipv4::parse(field["vpcIP"].text_or_empty());
  out.tunnel_ip = Ipv4::parse(field["tunnelIP"].text_or_empty());
  out.public_key = field["publicKey"].text_or_empty();
  out.host_key = field["hostKey"].text_or_empty();
  return out;
}

SiteStatus read_site(const Field& field) {
  SiteStatus out;
  out.name = field["name"].text_or_empty();
  out.vpc_id = {field["vpcID"].text_or_empty()};
  for (const Field& gateway : field["gateways"].items()) out.gateways.push_back(read_gateway(gateway));
  out.servers = {small_count_of(field["servers"]["total"]), small_count_of(field["servers"]["routed"])};
  for (const Field& server : field["privateServers"].items()) {
    if (const auto exposure = read_choice(server["exposure"], kExposures))
      out.private_servers.push_back({server["name"].text_or_empty(), *exposure});
  }
  return out;
}

std::int64_t millis_of(const Field& field) {
  return read_integer(field, 0, INT64_MAX).value_or(0);
}

EdgeAvailability read_availability(const Field& field) {
  EdgeAvailability out;
  out.since = time_of(field["since"]);
  out.until = time_of(field["until"]);
  for (const Field& hour : field["hours"].items()) {
    out.hours.push_back(
        {time_of(hour["hour"]), millis_of(hour["downMillis"]), millis_of(hour["unknownMillis"])});
  }
  return out;
}

EdgeStatus read_edge(const Field& field) {
  EdgeStatus out;
  out.from = field["from"].text_or_empty();
  out.to = field["to"].text_or_empty();
  assign(out.health, read_choice(field["health"], kEdgeHealths));
  out.hop = field["hop"].text_or_empty();
  out.reason = field["reason"].text_or_empty();
  out.at = field["at"].text_or_empty();
  out.since = time_of(field["since"]);
  out.last_handshake = optional_time_of(field["lastHandshake"]);
  out.rtt_millis = number_of(field["rttMillis"]);
  out.jitter_millis = number_of(field["jitterMillis"]);
  out.loss_percent = number_of(field["lossPercent"]);
  if (const auto mtu = small_count_of(field["pathMTU"]); mtu > 0) out.path_mtu = mtu;
  if (field["availability"].written()) out.availability = read_availability(field["availability"]);
  out.rx_bytes = count_of(field["rxBytes"]);
  out.tx_bytes = count_of(field["txBytes"]);
  return out;
}

DriftEntry read_drift(const Field& field) {
  DriftEntry out{field["what"].text_or_empty(), field["where"].text_or_empty(),
                 field["detail"].text_or_empty(), time_of(field["detectedAt"]),
                 optional_time_of(field["repairedAt"])};
  out.expected = field["expected"].text_or_empty();
  out.note = field["note"].text_or_empty();
  if (field["repairMillis"].written()) out.took = milliseconds(count_of(field["repairMillis"]));
  return out;
}

}  // namespace

PeeringStatus read_status(const Field& status) {
  PeeringStatus out;
  assign(out.observed_generation, read_integer(status["observedGeneration"], 0, INT64_MAX));
  for (const Field& item : status["conditions"].items()) out.conditions.push_back(read_condition(item));
  for (const Field& item : status["sites"].items()) out.sites.push_back(read_site(item));
  for (const Field& item : status["edges"].items()) out.edges.push_back(read_edge(item));
  for (const Field& item : status["unhealthyServers"].items()) {
    out.unhealthy_servers.push_back({item["site"].text_or_empty(), item["name"].text_or_empty(),
                                     item["reason"].text_or_empty(), item["message"].text_or_empty()});
  }
  for (const Field& item : status["drift"].items()) out.drift.push_back(read_drift(item));
  if (status["moreDrift"].written()) out.more_drift = static_cast<std::size_t>(count_of(status["moreDrift"]));
  for (const Field& item : status["plan"].items()) {
    out.plan.push_back(
        {item["lane"].text_or_empty(), item["action"].text_or_empty(), item["why"].text_or_empty()});
  }
  out.monthly_cost_usd = number_of(status["monthlyCostUSD"]);
  out.mark = status["mark"].text_or_empty();
  out.last_handled_reconcile_at = status["lastHandledReconcileAt"].text_or_empty();
  return out;
}

}  // namespace vpcp
