#include "domain/validate.h"

#include <algorithm>
#include <map>
#include <set>

#include "domain/desired/topology.h"

namespace vpcp {
namespace {

constexpr std::size_t kMinSites = 2;
constexpr std::size_t kMaxSites = 64;
/// Named one by one in a site: what the API server can check within its cost limit.
constexpr std::size_t kMaxServers = 256;
/// Vultr keeps 255; our mark takes 108 at most: a space, "(vpcp-", a UUID, '/', a DNS label and ')'.
constexpr std::size_t kMaxDescription = 147;

using Errors = std::vector<SpecError>;

std::string at(const char* list, std::size_t i, const std::string& rest = {}) {
  return std::string("spec.") + list + '[' + std::to_string(i) + ']' + (rest.empty() ? "" : "." + rest);
}

/// RFC 1123 label: the names become host names, tags and keys.
bool is_label(const std::string& name) {
  if (name.empty() || name.size() > 63 || name.front() == '-' || name.back() == '-') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

/// The first characters of a long text; UTF-8 sequences stay whole.
std::string head_of(const std::string& text) {
  std::size_t end = std::min<std::size_t>(text.size(), 20);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

void check_label(Errors& errors, const std::string& field, const std::string& name) {
  if (!is_label(name)) {
    errors.push_back({field, name, "is not a DNS label",
                      "use lower-case letters, digits and '-', at most 63, not at the ends"});
  }
}

void check_server(Errors& errors, const std::string& field, const ServerSpec& server) {
  check_label(errors, field + ".name", server.name);
  if (server.name.starts_with("gateway-")) {
    errors.push_back({field + ".name", server.name, "is reserved for gateways",
                      "choose a name that does not begin with \"gateway-\""});
  }
  if (server.create.has_value() == server.instance_id.has_value()) {
    errors.push_back(
        {field, server.name,
         server.create ? "has both create and instanceID" : "has neither create nor instanceID",
         "give exactly one of create (a server for us to make) and instanceID (one that exists)"});
  }
  if (server.instance_id && !server.ssh) {
    errors.push_back({field + ".ssh", server.name, "is missing",
                      "say how to log in to a server that exists: ssh.user and ssh.privateKeyRef"});
  }
  if (server.create && server.ssh) {
    errors.push_back({field + ".ssh", server.name, "does not go with create",
                      "remove ssh: we log in to servers that we create with a key of our own"});
  }
}

void check_servers(Errors& errors, const SiteSpec& site, std::size_t i) {
  if (site.servers.size() > kMaxServers) {
    errors.push_back({at("sites", i, "servers"), std::to_string(site.servers.size()) + " servers",
                      "is more than " + std::to_string(kMaxServers),
                      "choose servers by tag: serverSelector"});
  }
  std::set<std::string> names;
  for (std::size_t k = 0; k < site.servers.size(); ++k) {
    const std::string field = at("sites", i, "servers[" + std::to_string(k) + "]");
    check_server(errors, field, site.servers[k]);
    if (!names.insert(site.servers[k].name).second) {
      errors.push_back({field + ".name", site.servers[k].name, "is used twice in this site",
                        "give every server of a site a name of its own"});
    }
  }
  if (site.server_selector && site.server_selector->tag.starts_with("vpcp-")) {
    errors.push_back({at("sites", i, "serverSelector.tag"), site.server_selector->tag,
                      "begins with \"vpcp-\", which marks our own resources", "choose another tag"});
  }
}

void check_site(Errors& errors, const SiteSpec& site, std::size_t i) {
  check_label(errors, at("sites", i, "name"), site.name);
  if (site.region.empty())
    errors.push_back({at("sites", i, "region"), "", "is empty", "write a Vultr region id such as ams"});
  if (!site.vpc.id && !site.vpc.cidr) {
    errors.push_back({at("sites", i, "vpc"), "", "has neither id nor cidr",
                      "give cidr for a VPC that we create, or id of one that exists"});
  }
  if (site.vpc.cidr && !site.vpc.cidr->is_private()) {
    errors.push_back({at("sites", i, "vpc.cidr"), site.vpc.cidr->str(), "is not a private network (RFC 1918)",
                      "take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"});
  }
  if (site.vpc.cidr && site.vpc.cidr->prefix > 28) {
    errors.push_back({at("sites", i, "vpc.cidr"), site.vpc.cidr->str(),
                      "is too small for a gateway and servers", "use a prefix of at most /28"});
  }
  if (!site.vpc.id && site.vpc.description.size() > kMaxDescription) {
    errors.push_back({at("sites", i, "vpc.description"), head_of(site.vpc.description),
                      "is longer than " + std::to_string(kMaxDescription) + " bytes",
                      "shorten it: Vultr cuts at 255 and we add our mark"});
  }
  if (site.gateway.replicas != 1) {
    errors.push_back({at("sites", i, "gateway.replicas"), std::to_string(site.gateway.replicas),
                      "is not supported", "use 1"});
  }
  check_servers(errors, site, i);
}

void check_unique_sites(Errors& errors, const PeeringSpec& spec) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < spec.sites.size(); ++i) {
    if (!names.insert(spec.sites[i].name).second) {
      errors.push_back({at("sites", i, "name"), spec.sites[i].name, "is the name of an earlier site",
                        "give every site a name of its own"});
    }
  }
}

void check_overlaps(Errors& errors, const PeeringSpec& spec) {
  for (std::size_t i = 0; i < spec.sites.size(); ++i) {
    if (!spec.sites[i].vpc.cidr) continue;
    const Cidr& own = *spec.sites[i].vpc.cidr;
    if (own.overlaps(spec.tunnel.cidr)) {
      errors.push_back({at("sites", i, "vpc.cidr"), own.str(),
                        "overlaps spec.tunnel.cidr " + spec.tunnel.cidr.str(),
                        "take networks that do not overlap"});
    }
    for (std::size_t j = 0; j < i; ++j) {
      const auto& other = spec.sites[j].vpc.cidr;
      if (!other || !own.overlaps(*other)) continue;
      errors.push_back({at("sites", i, "vpc.cidr"), own.str(),
                        "overlaps " + at("sites", j, "vpc.cidr") + ' ' + other->str(),
                        "take networks that do not overlap"});
    }
  }
}

/// Two selections of one server: the same instance declared twice, or the same tag chosen by two sites of one
/// VPC.
void check_double_selection(Errors& errors, const PeeringSpec& spec) {
  std::map<std::string, std::string> by_instance;
  std::map<std::string, std::string> by_vpc;
  for (std::size_t i = 0; i < spec.sites.size(); ++i) {
    for (std::size_t k = 0; k < spec.sites[i].servers.size(); ++k) {
      const auto& id = spec.sites[i].servers[k].instance_id;
      if (!id) continue;
      const std::string field = at("sites", i, "servers[" + std::to_string(k) + "].instanceID");
      const auto [first, fresh] = by_instance.emplace(id->value, field);
      if (!fresh)
        errors.push_back(
            {field, id->value, "is already selected by " + first->second, "select every server once"});
    }
    if (!spec.sites[i].vpc.id) continue;
    const auto [first, fresh] = by_vpc.emplace(spec.sites[i].vpc.id->value, at("sites", i, "vpc.id"));
    if (!fresh) {
      errors.push_back({at("sites", i, "vpc.id"), spec.sites[i].vpc.id->value,
                        "is already the VPC of " + first->second, "use every VPC in one site"});
    }
  }
}

void check_tunnel(Errors& errors, const PeeringSpec& spec) {
  const TunnelSpec& tunnel = spec.tunnel;
  if (!tunnel.cidr.is_private()) {
    errors.push_back({"spec.tunnel.cidr", tunnel.cidr.str(), "is not a private network (RFC 1918)",
                      "take one inside 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"});
  }
  std::uint64_t gateways = 0;
  for (const SiteSpec& site : spec.sites)
    gateways += static_cast<std::uint64_t>(std::max(site.gateway.replicas, 1));
  if (tunnel.cidr.size() < gateways + 2) {
    errors.push_back(
        {"spec.tunnel.cidr", tunnel.cidr.str(), "is too small for " + std::to_string(gateways) + " gateways",
         "take a larger network, such as " + Cidr{{tunnel.cidr.network.bits & 0xffffff00U}, 24}.str()});
  }
  if (tunnel.listen_port == 0)
    errors.push_back({"spec.tunnel.listenPort", "0", "is not a port", "use 1 to 65535, usually 51820"});
  if (tunnel.listen_port == 22)
    errors.push_back(
        {"spec.tunnel.listenPort", "22", "is the port of SSH", "use another one, usually 51820"});
  if (tunnel.mtu && (*tunnel.mtu < 1280 || *tunnel.mtu > 1440)) {
    errors.push_back({"spec.tunnel.mtu", std::to_string(*tunnel.mtu), "is outside 1280 to 1440",
                      "leave it out (1420), or use a value in the range"});
  }
  if (tunnel.persistent_keepalive < seconds{0} || tunnel.persistent_keepalive > seconds{65535}) {
    errors.push_back({"spec.tunnel.persistentKeepalive",
                      std::to_string(tunnel.persistent_keepalive.count()) + "s", "is outside 0s to 65535s",
                      "use 25s"});
  }
}

bool has_site(const PeeringSpec& spec, const std::string& name) {
  return std::any_of(spec.sites.begin(), spec.sites.end(),
                     [&](const SiteSpec& site) { return site.name == name; });
}

std::string site_names(const PeeringSpec& spec) {
  std::string names;
  for (const SiteSpec& site : spec.sites) names += (names.empty() ? "" : ", ") + site.name;
  return names;
}

void check_custom_edges(Errors& errors, const PeeringSpec& spec) {
  const auto& edges = spec.topology.edges;
  if (edges.empty())
    errors.push_back({"spec.topology.edges", "", "is empty", "list the pairs of sites to join: [[a, b], …]"});
  std::set<SitePair> seen;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const std::string field = at("topology.edges", i);
    for (const std::string& end : {edges[i].first, edges[i].second}) {
      if (!has_site(spec, end))
        errors.push_back({field, end, "is not a site", "use one of: " + site_names(spec)});
    }
    if (edges[i].first == edges[i].second)
      errors.push_back({field, edges[i].first, "is joined to itself", "name two different sites"});
    if (!seen.insert(site_pair(edges[i].first, edges[i].second)).second) {
      errors.push_back(
          {field, edges[i].first + ", " + edges[i].second, "is listed twice", "list every edge once"});
    }
  }
}

void check_topology(Errors& errors, const PeeringSpec& spec) {
  const TopologySpec& topology = spec.topology;
  switch (topology.type) {
    case TopologyType::FullMesh:
      break;
    case TopologyType::HubAndSpoke:
      if (!topology.hub) {
        errors.push_back({"spec.topology.hub", "", "is missing",
                          "name the site in the middle: one of " + site_names(spec)});
      } else if (!has_site(spec, *topology.hub)) {
        errors.push_back(
            {"spec.topology.hub", *topology.hub, "is not a site", "use one of: " + site_names(spec)});
      }
      break;
    case TopologyType::Custom:
      check_custom_edges(errors, spec);
      break;
  }
  if (topology.hub && topology.type != TopologyType::HubAndSpoke) {
    errors.push_back({"spec.topology.hub", *topology.hub, "goes with type HubAndSpoke only",
                      "remove it or change the type"});
  }
  if (!topology.edges.empty() && topology.type != TopologyType::Custom) {
    errors.push_back(
        {"spec.topology.edges", "", "goes with type Custom only", "remove it or change the type"});
  }
}

/// Of a topology that is itself refused only the names are looked at.
void check_edge_limits(Errors& errors, const PeeringSpec& spec, bool topology_is_sound) {
  std::set<SitePair> joined;
  if (topology_is_sound) {
    const std::vector<SitePair> all = edges(spec);
    joined.insert(all.begin(), all.end());
  }
  std::set<SitePair> seen;
  for (std::size_t i = 0; i < spec.verification_edges.size(); ++i) {
    const auto& [a, b] = spec.verification_edges[i].between;
    const std::string field = at("verification.edges", i, "between");
    const bool known = has_site(spec, a) && has_site(spec, b);
    for (const std::string& end : {a, b}) {
      if (!has_site(spec, end))
        errors.push_back({field, end, "is not a site", "use one of: " + site_names(spec)});
    }
    if (known && topology_is_sound && !joined.contains(site_pair(a, b))) {
      errors.push_back({field, a + ", " + b, "is no edge of spec.topology",
                        "name two sites that a tunnel joins, or remove it"});
    }
    if (!seen.insert(site_pair(a, b)).second) {
      errors.push_back({field, a + ", " + b, "is listed twice", "write all limits of an edge in one entry"});
    }
  }
}

void check_verification(Errors& errors, const PeeringSpec& spec, bool topology_is_sound) {
  if (spec.verification_interval < seconds{1} || spec.verification_interval > hours{1}) {
    errors.push_back({"spec.verification.interval", std::to_string(spec.verification_interval.count()) + "s",
                      "is outside 1s to 1h", "use 10s"});
  }
  check_edge_limits(errors, spec, topology_is_sound);
}

}  // namespace

std::string to_string(const SpecError& error) {
  return error.field + ": \"" + error.value + "\" " + error.problem + "; " + error.fix;
}

std::vector<SpecError> validate(const PeeringSpec& spec) {
  Errors errors;
  if (spec.sites.size() < kMinSites || spec.sites.size() > kMaxSites) {
    errors.push_back({"spec.sites", std::to_string(spec.sites.size()) + " sites", "is outside 2 to 64",
                      "declare 2 to 64 sites"});
  }
  check_tunnel(errors, spec);
  const std::size_t before_topology = errors.size();
  check_topology(errors, spec);
  const bool topology_is_sound = errors.size() == before_topology;
  for (std::size_t i = 0; i < spec.sites.size(); ++i) check_site(errors, spec.sites[i], i);
  check_unique_sites(errors, spec);
  check_overlaps(errors, spec);
  check_double_selection(errors, spec);
  check_verification(errors, spec, topology_is_sound);
  return errors;
}

namespace {

/// A server that we created cannot become one that existed before, nor the other way round: one is deleted,
/// the other restored.
void check_server_origin(Errors& errors, const SiteSpec& site, std::size_t i, const PeeringRecord& record) {
  for (std::size_t k = 0; k < site.servers.size(); ++k) {
    const ServerSpec& server = site.servers[k];
    const auto known = record.hosts.find(site.name + '/' + server.name);
    if (known == record.hosts.end() || known->second.instance.empty()) continue;
    const std::string field = at("sites", i, "servers[" + std::to_string(k) + "].name");
    const bool existed = known->second.access.has_value();
    if (existed == server.create.has_value()) {
      errors.push_back({field, server.name,
                        existed ? "is the name of a server that existed before"
                                : "is the name of a server that we created",
                        "use another name; once the old server has left the object, the name is free"});
    } else if (existed && server.instance_id && *server.instance_id != known->second.instance) {
      errors.push_back({field, server.name,
                        "is the name of another instance, " + known->second.instance.value +
                            ", which has yet to be restored",
                        "use another name; once the old server has left the object, the name is free"});
    }
  }
}

}  // namespace

std::vector<SpecError> validate_change(const PeeringSpec& spec, const PeeringRecord& record) {
  Errors errors;
  for (std::size_t i = 0; i < spec.sites.size(); ++i) {
    const SiteSpec& site = spec.sites[i];
    check_server_origin(errors, site, i, record);
    const auto live = record.sites.find(site.name);
    if (live == record.sites.end() || live->second.vpc.empty()) continue;
    if (live->second.owned == site.vpc.id.has_value()) {
      errors.push_back(
          {at("sites", i, "vpc"), site.vpc.id ? site.vpc.id->value : "",
           site.vpc.id ? "adopts a VPC where we created one" : "creates a VPC where one was adopted",
           "put it back, or remove the site and add it under another name"});
    }
    if (live->second.region != site.region) {
      errors.push_back({at("sites", i, "region"), site.region,
                        "differs from the live site's " + live->second.region,
                        "put it back, or remove the site and add it under another name"});
    }
    if (live->second.owned && site.vpc.cidr && live->second.cidr && *site.vpc.cidr != *live->second.cidr) {
      errors.push_back({at("sites", i, "vpc.cidr"), site.vpc.cidr->str(),
                        "differs from the live VPC's " + live->second.cidr->str(),
                        "put it back, or remove the site and add it under another name: Vultr cannot change "
                        "a VPC's network"});
    }
  }
  return errors;
}

}  // namespace vpcp
