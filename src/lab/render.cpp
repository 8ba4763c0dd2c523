#include "lab/render.h"

namespace vpcp::lab {
namespace {

Json features(const InstanceRecord& record) {
  Json out = Json::array();
  if (record.ddos_protection) out.push_back("ddos_protection");
  if (!record.v6_network.empty()) out.push_back("ipv6");
  if (record.backups) out.push_back("auto_backups");
  return out;
}

std::string main_ip(const InstanceView& view) {
  if (!view.main_ip_known) return "0.0.0.0";
  if (view.record.vpc_only) return "";
  return view.record.public_ip.value_or(Ipv4{}).str();
}

/// Known from the start, and the same in every answer.
Json fixed_part(const InstanceRecord& record) {
  return {{"id", record.id},
          {"os", record.os->name},
          {"ram", record.plan->memory_mb},
          {"disk", record.plan->disk_gb},
          {"vcpu_count", record.plan->vcpus},
          {"region", record.region},
          {"plan", record.plan->id},
          {"date_created", api_time(record.created)},
          {"allowed_bandwidth", record.plan->bandwidth_gb},
          {"label", record.label},
          {"hostname", record.hostname},
          {"os_id", record.os->id},
          {"app_id", 0},
          {"image_id", ""},
          {"snapshot_id", ""},
          {"firewall_group_id", record.firewall_group},
          {"features", features(record)},
          {"tags", record.tags},
          {"tag", record.tags.empty() ? "" : record.tags.front()},
          {"user_scheme", record.user_scheme},
          {"vpc_only", record.vpc_only},
          {"kvm", ""}};
}

}  // namespace

std::string api_time(SystemTime time) {
  std::string text = to_rfc3339(time);
  if (text.ends_with('Z')) text.replace(text.size() - 1, 1, "+00:00");
  return text;
}

std::string netmask(int prefix) {
  return Ipv4{prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix)}.str();
}

Json to_json(const SshKeyRecord& key) {
  return {{"id", key.id}, {"date_created", api_time(key.created)}, {"name", key.name}, {"ssh_key", key.key}};
}

Json to_json(const VpcRecord& vpc) {
  return {
      {"id", vpc.id},
      {"region", vpc.region},
      {"date_created", api_time(vpc.created)},
      {"description", vpc.description},
      {"v4_subnet", vpc.told.value_or(vpc.cidr).network.str()},
      {"v4_subnet_mask", vpc.told.value_or(vpc.cidr).prefix},
      {"internet",
       {{"connectivity", vpc.nat.has_value()}, {"types", vpc.nat ? Json{"nat_gateway"} : Json::array()}}}};
}

Json to_json(const NatGatewayRecord& gateway, const std::string& vpc_id) {
  std::string created = to_rfc3339(gateway.created);  // this one resource has no zone: "2025-09-29 10:38:57"
  created = created.substr(0, 19);
  created[10] = ' ';
  return {{"id", gateway.id},
          {"vpc_id", vpc_id},
          {"date_created", created},
          {"status", "active"},
          {"label", gateway.label},
          {"tag", gateway.tag},
          {"public_ips", {gateway.public_ip.str()}},
          {"public_ips_v6", Json::array()},
          {"private_ips", {gateway.private_ip.str()}},
          {"billing", {{"charges", 0.0}, {"monthly", 20.16}}}};
}

Json to_json(const FirewallGroupRecord& group) {
  return {{"id", group.id},
          {"description", group.description},
          {"date_created", api_time(group.created)},
          {"date_modified", api_time(group.modified)},
          {"instance_count", group.instance_count},
          {"rule_count", group.rules.size()},
          {"max_rule_count", 50}};
}

Json to_json(const FirewallRuleRecord& rule) {
  return {{"id", rule.id},         {"type", rule.ip_type},  {"ip_type", rule.ip_type},
          {"action", "accept"},    {"direction", "in"},     {"protocol", rule.protocol},
          {"port", rule.port},     {"subnet", rule.subnet}, {"subnet_size", rule.subnet_size},
          {"source", rule.source}, {"loadbalancer_id", ""}, {"notes", rule.notes}};
}

Json to_json(const InstanceView& view) {
  const InstanceRecord& record = view.record;
  const bool v6 = view.main_ip_known && !record.v6_network.empty();
  const bool v4 = view.main_ip_known && record.public_ip;
  Json json = fixed_part(record);
  json["status"] = view.status;
  json["power_status"] = view.power_status;
  json["server_status"] = view.server_status;
  json["main_ip"] = main_ip(view);
  json["netmask_v4"] = v4 ? netmask(view.public_network.prefix) : "";
  json["gateway_v4"] = v4 ? view.public_network.at(1).str() : "0.0.0.0";
  json["v6_network"] = v6 ? record.v6_network : "";
  json["v6_main_ip"] = v6 ? record.v6_address : "";
  json["v6_network_size"] = v6 ? 64 : 0;
  // With several VPCs the real one tells none.
  const bool single = view.vpcs_known && record.vpcs.size() == 1;
  json["internal_ip"] = single ? record.vpcs.front().address.str() : "";
  json["pending_charges"] = 0.01;
  json["vpcs"] = Json::array();
  if (view.vpcs_known) {
    for (const Membership& vpc : record.vpcs) {
      json["vpcs"].push_back({{"id", vpc.vpc_id}, {"version", 1}, {"subnet", vpc.address.str()}});
    }
  }
  return json;
}

Json created_json(const InstanceView& view) {
  Json json = fixed_part(view.record);
  json["disk"] = 0;
  json["status"] = "pending";
  json["power_status"] = "running";  // so says the real one of what does not exist yet
  json["server_status"] = "none";
  json["main_ip"] = "0.0.0.0";
  json["netmask_v4"] = "";
  json["gateway_v4"] = "0.0.0.0";
  json["v6_network"] = "";
  json["v6_main_ip"] = "";
  json["v6_network_size"] = 0;
  json["internal_ip"] = "";
  json["default_password"] = base64_encode(random_bytes(12));
  return json;
}

}  // namespace vpcp::lab
