#include <nlohmann/json.hpp>

#include "domain/host/report_sections.h"
#include "vpcp/base/whole_number.h"

namespace vpcp {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

template <class Int>
Int number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() ? whole_number<Int>(*found).value_or(0) : 0;
}

/// The list under a name; an empty one for anything else.
const Json& list_of(const Json& object, const char* name) {
  static const Json kNone = Json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : kNone;
}

LinkFacts read_link(const Json& json) {
  LinkFacts link;
  link.name = text_of(json, "ifname");
  link.mac = text_of(json, "address");
  link.mtu = number_of<int>(json, "mtu");
  link.enabled = false;
  for (const Json& flag : list_of(json, "flags")) {
    link.up |= flag == "LOWER_UP";
    link.enabled |= flag == "UP";
  }
  for (const Json& item : list_of(json, "addr_info")) {
    if (!item.is_object() || text_of(item, "family") != "inet") continue;
    if (const auto address = Ipv4::parse(text_of(item, "local"))) {
      link.addresses.push_back({*address, number_of<int>(item, "prefixlen")});
    }
  }
  return link;
}

std::optional<RouteFacts> read_route(const Json& json) {
  const std::string destination = text_of(json, "dst");
  RouteFacts route;
  if (const auto host = Ipv4::parse(destination)) {
    route.destination = Cidr::host(*host);
  } else if (const auto network = Cidr::parse(destination)) {
    route.destination = *network;
  } else if (destination != "default") {
    return std::nullopt;
  }
  route.via = Ipv4::parse(text_of(json, "gateway"));
  route.dev = text_of(json, "dev");
  route.metric = number_of<std::uint32_t>(json, "metric");
  route.of_kernel = text_of(json, "protocol") == "kernel";
  return route;
}

}  // namespace

// One array of links, then one of routes; a link has a name, a route a destination.
bool read_network(std::string_view line, HostFacts& facts) {
  if (line.empty()) return true;
  const Json list = Json::parse(line, nullptr, false);
  if (!list.is_array()) return false;
  for (const Json& item : list) {
    if (!item.is_object()) return false;
    if (item.contains("ifname")) {
      facts.links.push_back(read_link(item));
    } else if (auto route = read_route(item)) {
      facts.routes.push_back(*std::move(route));
    }
  }
  return true;
}

}  // namespace vpcp
