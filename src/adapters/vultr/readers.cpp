#include "adapters/vultr/readers.h"

#include "adapters/vultr/errors.h"
#include "vpcp/api/read_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace vpcp::vultr {
namespace {

using nlohmann::json;

/// The member, or null when `object` is no object or has none.
const json& member(const json& object, const char* key) {
  static const json null;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && found != object.end() ? *found : null;
}
std::string text(const json& object, const char* key) {
  const json& value = member(object, key);
  return value.is_string() ? value.get<std::string>() : "";
}
bool flag(const json& object, const char* key) {
  const json& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}
double number(const json& object, const char* key) {
  const json& value = member(object, key);
  return value.is_number() ? value.get<double>() : 0;
}
int integer(const json& object, const char* key) {
  return static_cast<int>(std::clamp(number(object, key), -2e9, 2e9));
}
std::vector<std::string> texts(const json& object, const char* key) {
  std::vector<std::string> all;
  const json& value = member(object, key);
  if (!value.is_array()) return all;
  for (const json& item : value) {
    if (item.is_string()) all.push_back(item.get<std::string>());
  }
  return all;
}

/// A network written as address and length; host bits are dropped.
std::optional<Cidr> network(const std::string& address, int prefix) {
  const auto ip = Ipv4::parse(address);
  if (!ip || prefix < 0 || prefix > 32) return std::nullopt;
  const std::uint32_t mask = prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - prefix);
  return Cidr{{ip->bits & mask}, static_cast<std::uint8_t>(prefix)};
}

Error bad_answer(const std::string& what) {
  return {ErrorKind::Transient, "BadAnswer",
          "Vultr's answer cannot be understood (" + what + "): " + kOtherServer};
}

Vpc to_vpc(const json& item) {
  Vpc vpc;
  vpc.id = {text(item, "id")};
  vpc.region = text(item, "region");
  vpc.description = text(item, "description");
  vpc.cidr = network(text(item, "v4_subnet"), integer(item, "v4_subnet_mask")).value_or(Cidr::host({}));
  vpc.created = from_rfc3339(text(item, "date_created"));
  return vpc;
}

InstanceState to_state(const std::string& status) {
  if (status == "pending" || status == "installing") return InstanceState::Pending;
  if (status == "active") return InstanceState::Active;
  if (status == "suspended") return InstanceState::Suspended;
  if (status == "resizing") return InstanceState::Resizing;
  return InstanceState::Other;
}

std::vector<VpcAttachment> to_attachments(const json& vpcs) {
  std::vector<VpcAttachment> all;
  if (!vpcs.is_array()) return all;
  for (const json& item : vpcs) {
    // `subnet` is the instance's address. Version 2 is VPC 2.0, which has ended.
    const auto address = Ipv4::parse(text(item, "subnet"));
    if (address && integer(item, "version") != 2) all.push_back({{text(item, "id")}, *address});
  }
  return all;
}

std::optional<Ipv4> to_public_ip(const json& item) {
  const auto address = Ipv4::parse(text(item, "main_ip"));
  if (!address || address->bits == 0 || flag(item, "vpc_only")) return std::nullopt;
  return address;
}

Instance to_instance(const json& item) {
  Instance instance;
  instance.id = {text(item, "id")};
  instance.region = text(item, "region");
  instance.plan = text(item, "plan");
  instance.os = text(item, "os");
  instance.label = text(item, "label");
  instance.tags = texts(item, "tags");
  instance.state = to_state(text(item, "status"));
  instance.power = text(item, "power_status") == "stopped" ? PowerState::Stopped : PowerState::Running;
  instance.locked = text(item, "server_status") == "locked";
  instance.public_ip = to_public_ip(item);
  instance.vpc_only = flag(item, "vpc_only");
  instance.vpcs = to_attachments(member(item, "vpcs"));
  const std::string group = text(item, "firewall_group_id");
  if (!group.empty()) instance.firewall_group = FirewallGroupId{group};
  instance.created = from_rfc3339(text(item, "date_created"));
  return instance;
}

FirewallGroup to_group(const json& item) {
  return {{text(item, "id")}, text(item, "description"), {}, from_rfc3339(text(item, "date_created"))};
}

std::optional<RuleProtocol> to_protocol(const std::string& name) {
  if (name == "udp") return RuleProtocol::Udp;
  if (name == "tcp") return RuleProtocol::Tcp;
  if (name == "icmp") return RuleProtocol::Icmp;
  return std::nullopt;
}

FirewallRule to_rule(const json& item) {
  FirewallRule rule;
  rule.id = integer(item, "id");
  const auto protocol = to_protocol(text(item, "protocol"));
  const auto source = network(text(item, "subnet"), integer(item, "subnet_size"));
  // `source` comes back as the rule's own network when none was given; anything else is a load balancer and
  // such.
  const std::string origin = text(item, "source");
  const bool plain = text(item, "ip_type") != "v6" && text(item, "loadbalancer_id").empty() &&
                     (origin.empty() || (source && origin == source->str()));
  rule.foreign = !plain || !protocol || !source;
  if (!rule.foreign) rule.rule = {*protocol, text(item, "port"), *source, text(item, "notes")};
  return rule;
}

/// A page: every item of the array `key` must be an object with an id (text or number) to be believed.
template <class T, class ReadOne>
Result<Page<T>> read_page(const std::string& body, const char* key, ReadOne read_one) {
  const json document = parse_bounded_json(body);
  const json& items = member(document, key);
  if (!items.is_array()) return bad_answer(std::string("no list \"") + key + "\"");
  Page<T> page;
  page.items.reserve(items.size());
  for (const json& item : items) {
    const json& id = member(item, "id");
    if (!id.is_number() && text(item, "id").empty())
      return bad_answer(std::string("an item of \"") + key + "\" has no id");
    page.items.push_back(read_one(item));
  }
  page.next = text(member(member(document, "meta"), "links"), "next");
  return page;
}

template <class T, class ReadOne>
Result<T> read_created(const std::string& body, const char* key, ReadOne read_one) {
  const json document = parse_bounded_json(body);
  const json& item = member(document, key);
  if (text(item, "id").empty()) return bad_answer(std::string("no \"") + key + "\" with an id");
  return read_one(item);
}

std::string to_id(const json& item) {
  return text(item, "id");
}

}  // namespace

Result<Page<Vpc>> read_vpc_page(const std::string& body) {
  return read_page<Vpc>(body, "vpcs", to_vpc);
}

Result<Page<ListedInstance>> read_instance_page(const std::string& body) {
  return read_page<ListedInstance>(body, "instances", [](const json& item) {
    return ListedInstance{to_instance(item), member(item, "vpcs").is_array()};
  });
}

Result<Page<ListedGroup>> read_group_page(const std::string& body) {
  return read_page<ListedGroup>(body, "firewall_groups", [](const json& item) {
    return ListedGroup{to_group(item),
                       std::to_string(integer(item, "rule_count")) + " " + text(item, "date_modified")};
  });
}

Result<Page<FirewallRule>> read_rule_page(const std::string& body) {
  return read_page<FirewallRule>(body, "firewall_rules", to_rule);
}

Result<Page<VpcAttachment>> read_attachment_page(const std::string& body) {
  return read_page<VpcAttachment>(body, "vpcs", [](const json& item) {
    return VpcAttachment{{text(item, "id")}, Ipv4::parse(text(item, "ip_address")).value_or(Ipv4{})};
  });
}

Result<Page<std::string>> read_nat_gateway_page(const std::string& body) {
  return read_page<std::string>(body, "nat_gateways", to_id);
}

Result<Page<CloudPlan>> read_plan_page(const std::string& body) {
  return read_page<CloudPlan>(body, "plans", [](const json& item) {
    return CloudPlan{text(item, "id"), number(item, "monthly_cost"), texts(item, "locations")};
  });
}

Result<Page<OsImage>> read_os_page(const std::string& body) {
  return read_page<OsImage>(body, "os", [](const json& item) {
    return OsImage{text(item, "name"), integer(item, "id")};
  });
}

Result<Page<std::string>> read_region_page(const std::string& body) {
  return read_page<std::string>(body, "regions", to_id);
}

Result<Vpc> read_created_vpc(const std::string& body) {
  return read_created<Vpc>(body, "vpc", to_vpc);
}
Result<Instance> read_created_instance(const std::string& body) {
  return read_created<Instance>(body, "instance", to_instance);
}
Result<FirewallGroup> read_created_group(const std::string& body) {
  return read_created<FirewallGroup>(body, "firewall_group", to_group);
}

std::string read_error_text(const std::string& body) {
  const json document = parse_bounded_json(body);
  return text(document, "error");
}

}  // namespace vpcp::vultr
