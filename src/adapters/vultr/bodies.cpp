#include "adapters/vultr/bodies.h"

#include <nlohmann/json.hpp>

namespace vpcp::vultr {
namespace {

using nlohmann::json;

/// Writes the body and wipes the copy of the user-data that the tree holds.
Secret written(json&& body) {
  std::string text = body.dump(-1, ' ', false, json::error_handler_t::replace);
  const auto user_data = body.find("user_data");
  if (user_data != body.end()) wipe(user_data->get_ref<std::string&>());
  return Secret::take(std::move(text));
}

const char* name_of(RuleProtocol protocol) {
  switch (protocol) {
    case RuleProtocol::Udp:
      return "udp";
    case RuleProtocol::Tcp:
      return "tcp";
    case RuleProtocol::Icmp:
      return "icmp";
  }
  return "";
}

/// Vultr ignores disable_public_ipv4 where IPv6 is not enabled.
void set_network(json& body, PublicNetwork network) {
  body["enable_ipv6"] = network == PublicNetwork::NoIPv4;
  switch (network) {
    case PublicNetwork::IPv4:
      break;
    case PublicNetwork::VpcOnly:
      body["vpc_only"] = true;
      break;
    case PublicNetwork::NoIPv4:
      body["disable_public_ipv4"] = true;
      break;
  }
}

}  // namespace

Secret vpc_body(const NewVpc& vpc) {
  return written({{"region", vpc.region},
                  {"description", vpc.description},
                  {"v4_subnet", vpc.cidr.network.str()},
                  {"v4_subnet_mask", vpc.cidr.prefix}});
}

Secret description_body(const std::string& description) {
  return written({{"description", description}});
}

Secret rule_body(const NewFirewallRule& rule) {
  json body{{"ip_type", "v4"},
            {"protocol", name_of(rule.protocol)},
            {"subnet", rule.source.network.str()},
            {"subnet_size", rule.source.prefix},
            {"notes", rule.notes}};
  if (rule.protocol != RuleProtocol::Icmp) body["port"] = rule.port;
  return written(std::move(body));
}

Secret instance_body(const NewInstance& instance, int os_id) {
  json body{{"region", instance.region}, {"plan", instance.plan},         {"os_id", os_id},
            {"label", instance.label},   {"hostname", instance.hostname}, {"tags", instance.tags},
            {"backups", "disabled"},     {"activation_email", false}};
  body["attach_vpc"] = json::array({instance.vpc.value});
  if (instance.firewall_group) body["firewall_group_id"] = instance.firewall_group->value;
  if (!instance.user_data.empty()) body["user_data"] = base64_encode(instance.user_data.reveal());
  set_network(body, instance.network);
  return written(std::move(body));
}

Secret patch_body(const InstancePatch& patch) {
  json body = json::object();
  if (patch.tags) body["tags"] = *patch.tags;
  if (patch.firewall_group) body["firewall_group_id"] = patch.firewall_group->value;
  if (patch.user_data) body["user_data"] = base64_encode(patch.user_data->reveal());
  return written(std::move(body));
}

}  // namespace vpcp::vultr
