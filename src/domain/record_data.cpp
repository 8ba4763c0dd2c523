// PeeringRecord as the data of a Secret, and back.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "domain/record.h"
#include "vpcp/base/whole_number.h"

namespace vpcp {
namespace {

using nlohmann::json;
using SecretMap = std::map<std::string, Secret>;

std::string gateway_key_name(const GatewayRef& ref) {
  return "gateway." + ref.site + '.' + std::to_string(ref.index) + ".key";
}
std::string edge_key_name(const SitePair& edge) {
  return "edge." + edge.first + '.' + edge.second + ".psk";
}
std::string host_key_name(std::string lane) {
  std::replace(lane.begin(), lane.end(), '/', '.');
  return "host." + lane + ".key";
}

json access_json(const SshAccess& access) {
  json out{{"user", access.user},
           {"port", access.port},
           {"secret", access.private_key_ref.name},
           {"key", access.private_key_ref.key}};
  if (access.host_key) out["hostKey"] = *access.host_key;
  return out;
}

json host_json(const HostRecord& host) {
  json out{{"instance", host.instance.value},
           {"pinned", host.pinned},
           {"rotated", host.rotated},
           {"userDataReplaced", host.user_data_replaced},
           {"inPlace", host.in_place}};
  if (host.access) out["access"] = access_json(*host.access);
  if (host.detached_since) out["detachedSince"] = to_rfc3339(*host.detached_since);
  return out;
}

json plain_part(const PeeringRecord& record) {
  json out{{"version", 1}, {"generation", record.generation}, {"sshPublicKey", record.ssh.public_key}};
  if (!record.mark.empty()) out["mark"] = record.mark;
  for (const auto& [ref, gateway] : record.gateways) {
    json& entry = out["gateways"].emplace_back(
        json{{"site", ref.site}, {"index", ref.index}, {"tunnelIP", gateway.tunnel_address.str()}});
    if (gateway.key_made != SystemTime{}) entry["keyMade"] = to_rfc3339(gateway.key_made);
    if (!gateway.whereabouts.empty()) entry["whereabouts"] = gateway.whereabouts;
  }
  for (const auto& [edge, key] : record.preshared_keys)
    out["edges"].push_back(json::array({edge.first, edge.second}));
  for (const auto& [way, limit] : record.path_limits) {
    out["pathLimits"].push_back(
        {{"from", way.first}, {"to", way.second}, {"mtu", limit.mtu}, {"ends", limit.ends}});
  }
  for (const auto& [name, site] : record.sites) {
    out["sites"][name] = {
        {"region", site.region}, {"vpc", site.vpc.value}, {"owned", site.owned}, {"inPlace", site.in_place}};
    if (site.cidr) out["sites"][name]["cidr"] = site.cidr->str();
  }
  for (const auto& [lane, host] : record.hosts) out["hosts"][lane] = host_json(host);
  for (const auto& [lane, group] : record.firewall_groups) out["firewallGroups"][lane] = group.value;
  for (const auto& [what, pending] : record.pending)
    out["pending"][what] = {{"since", to_rfc3339(pending.since)}, {"id", pending.id}};
  return out;
}

Error damaged(const std::string& what) {
  return {ErrorKind::Invalid, "RecordDamaged",
          "the Secret with the peering's keys and ids is damaged (" + what + "); restore it from a backup"};
}

/// The member, which must be a whole number that Int can hold.
template <class Int>
Int whole_member(const json& in, const char* name) {
  const std::optional<Int> number = whole_number<Int>(in.at(name));
  if (!number) throw std::out_of_range(std::string(name) + " is not a whole number in its range");
  return *number;
}

SshAccess read_access(const json& in) {
  SshAccess access;
  access.user = in.at("user").get<std::string>();
  access.port = whole_member<std::uint16_t>(in, "port");
  access.private_key_ref = {in.at("secret").get<std::string>(), in.at("key").get<std::string>()};
  if (in.contains("hostKey")) access.host_key = in.at("hostKey").get<std::string>();
  return access;
}

HostRecord read_host(const json& in) {
  HostRecord host;
  host.instance.value = in.at("instance").get<std::string>();
  host.pinned = in.at("pinned").get<std::vector<std::string>>();
  host.rotated = in.at("rotated").get<bool>();
  host.user_data_replaced = in.at("userDataReplaced").get<bool>();
  host.in_place = in.at("inPlace").get<bool>();
  if (in.contains("detachedSince"))
    host.detached_since = from_rfc3339(in.at("detachedSince").get<std::string>());
  if (in.contains("access")) host.access = read_access(in.at("access"));
  return host;
}

/// The member, or an empty value: a reference, since .items() of a temporary would dangle.
const json& member(const json& in, const char* name) {
  static const json kNone = json::object();
  const auto found = in.find(name);
  return found == in.end() ? kNone : *found;
}

void read_plain_part(const json& in, PeeringRecord& record) {
  record.generation = whole_member<std::int64_t>(in, "generation");
  record.ssh.public_key = in.at("sshPublicKey").get<std::string>();
  record.mark = in.value("mark", "");
  for (const json& gateway : member(in, "gateways")) {
    const GatewayRef ref{gateway.at("site").get<std::string>(), whole_member<int>(gateway, "index")};
    GatewayRecord& entry = record.gateways[ref];
    entry.tunnel_address = Ipv4::parse(gateway.at("tunnelIP").get<std::string>()).value();
    if (gateway.contains("keyMade")) entry.key_made = from_rfc3339(gateway.at("keyMade").get<std::string>());
    if (gateway.contains("whereabouts")) entry.whereabouts = gateway.at("whereabouts").get<std::string>();
  }
  for (const json& edge : member(in, "edges")) {
    record.preshared_keys[{edge.at(0).get<std::string>(), edge.at(1).get<std::string>()}];
  }
  for (const json& limit : member(in, "pathLimits")) {
    record.path_limits[{limit.at("from").get<std::string>(), limit.at("to").get<std::string>()}] = {
        whole_member<int>(limit, "mtu"), limit.at("ends").get<std::string>()};
  }
  for (const auto& [name, site] : member(in, "sites").items()) {
    SiteRecord& out = record.sites[name];
    out.region = site.at("region").get<std::string>();
    out.vpc.value = site.at("vpc").get<std::string>();
    out.owned = site.at("owned").get<bool>();
    out.in_place = site.at("inPlace").get<bool>();
    if (site.contains("cidr")) out.cidr = Cidr::parse(site.at("cidr").get<std::string>()).value();
  }
  for (const auto& [lane, host] : member(in, "hosts").items()) record.hosts[lane] = read_host(host);
  for (const auto& [lane, group] : member(in, "firewallGroups").items()) {
    record.firewall_groups[lane].value = group.get<std::string>();
  }
  for (const auto& [what, pending] : member(in, "pending").items()) {
    record.pending[what] = {from_rfc3339(pending.at("since").get<std::string>()),
                            pending.at("id").get<std::string>()};
  }
}

/// The named secret, or the name of what is missing in `missing`.
Secret take(const SecretMap& data, const std::string& name, std::string& missing) {
  const auto found = data.find(name);
  if (found != data.end()) return found->second;
  missing = name;
  return {};
}

}  // namespace

std::map<std::string, Secret> to_secret_data(const PeeringRecord& record) {
  SecretMap data;
  data["ssh.key"] = record.ssh.private_key;
  for (const auto& [ref, gateway] : record.gateways) data[gateway_key_name(ref)] = gateway.keys.private_key;
  for (const auto& [edge, key] : record.preshared_keys) data[edge_key_name(edge)] = key;
  for (const auto& [lane, host] : record.hosts) {
    if (!host.bootstrap_host_key.empty()) data[host_key_name(lane)] = host.bootstrap_host_key;
  }
  data["record.json"] = Secret::take(plain_part(record).dump(1, ' ', false, json::error_handler_t::replace));
  return data;
}

Result<PeeringRecord> from_secret_data(const std::map<std::string, Secret>& data) {
  PeeringRecord record;
  std::string missing;
  const Secret plain = take(data, "record.json", missing);
  if (!missing.empty()) return damaged("no " + missing);
  try {
    read_plain_part(json::parse(plain.reveal()), record);
  } catch (const std::exception& e) {  // nlohmann, optional and whole_member speak by exceptions
    return damaged(std::string("record.json: ") + e.what());
  }
  record.ssh.private_key = take(data, "ssh.key", missing);
  for (auto& [ref, gateway] : record.gateways) {
    gateway.keys.private_key = take(data, gateway_key_name(ref), missing);
    gateway.keys.public_key = wireguard_public_key(gateway.keys.private_key);
    if (gateway.keys.public_key.empty()) return damaged(gateway_key_name(ref) + " is not a WireGuard key");
  }
  for (auto& [edge, key] : record.preshared_keys) key = take(data, edge_key_name(edge), missing);
  if (!missing.empty()) return damaged("no " + missing);
  for (auto& [lane, host] : record.hosts) {
    if (const auto found = data.find(host_key_name(lane)); found != data.end())
      host.bootstrap_host_key = found->second;
  }
  return record;
}

}  // namespace vpcp
