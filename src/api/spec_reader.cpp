#include "api/spec_reader.h"

#include "api/names.h"

namespace vpcp {

namespace {

/// WireGuard's keepalive is 16 bits wide. IPv6 needs an MTU of 1280; 1440 is what a path of 1500 leaves over
/// IPv4.
constexpr seconds kMostKeepalive{65535};
constexpr int kLeastMtu = 1280;
constexpr int kMostMtu = 1440;
constexpr int kMostRttMillis = 10'000;
constexpr seconds kLeastInterval{1};
constexpr seconds kMostInterval{3600};

std::uint16_t read_port(const Field& field, std::uint16_t fallback) {
  return static_cast<std::uint16_t>(read_integer(field, 1, 65535).value_or(fallback));
}

SecretKeyRef read_key_ref(const Field& ref) {
  SecretKeyRef out;
  if (!ref.required("name the Secret with the private key: {name: …, key: …}")) return out;
  if (!ref.is_map({"name", "key"})) return out;
  if (ref["name"].required("write the name of a Secret")) assign(out.name, read_text(ref["name"], kDnsName));
  if (ref["key"].required("write the key inside the Secret"))
    assign(out.key, read_text(ref["key"], kSecretKey));
  return out;
}

SshAccess read_ssh(const Field& ssh) {
  SshAccess out;
  if (!ssh.is_map({"user", "port", "privateKeyRef", "hostKey"})) return out;
  assign(out.user, read_text(ssh["user"], kUserName));
  out.port = read_port(ssh["port"], out.port);
  out.private_key_ref = read_key_ref(ssh["privateKeyRef"]);
  assign(out.host_key, read_text(ssh["hostKey"], kHostKey));
  return out;
}

CreateServer read_create(const Field& create, const std::string& server_name) {
  CreateServer out;
  out.label = server_name;
  if (!create.is_map({"label", "plan", "os", "public"})) return out;
  assign(out.label, read_text(create["label"]));
  assign(out.plan, read_text(create["plan"], kCloudId));
  assign(out.os, read_text(create["os"]));
  assign(out.public_address, read_choice(create["public"], kPublicAddresses));
  return out;
}

ServerSpec read_server(const Field& server) {
  ServerSpec out;
  if (!server.is_map({"name", "create", "instanceID", "ssh"})) return out;
  if (server["name"].required("give the server a name"))
    assign(out.name, read_text(server["name"], kDnsLabel));
  const Field create = server["create"];
  const Field id = server["instanceID"];
  if (create.written() == id.written()) {
    server.refuse(create.written() ? "has both \"create\" and \"instanceID\""
                                   : "has neither \"create\" nor \"instanceID\"",
                  "write \"create\" for a new server, or \"instanceID\" for one that exists");
    return out;
  }
  if (create.written()) {
    out.create = read_create(create, out.name);
    if (server["ssh"].written())
      server["ssh"].refuse("does not go with \"create\"", "remove it: the controller has its own key");
    return out;
  }
  if (const auto text = read_text(id, kCloudId)) out.instance_id = InstanceId{*text};
  if (server["ssh"].required("say how to log in: {user: root, privateKeyRef: {name: …, key: …}}")) {
    out.ssh = read_ssh(server["ssh"]);
  }
  return out;
}

std::optional<ServerSelector> read_selector(const Field& selector) {
  if (!selector.written() || !selector.is_map({"tag", "ssh"})) return std::nullopt;
  ServerSelector out;
  if (selector["tag"].required("write the tag that the servers carry"))
    assign(out.tag, read_text(selector["tag"]));
  if (selector["ssh"].required("say how to log in: {user: root, privateKeyRef: {name: …, key: …}}")) {
    out.ssh = read_ssh(selector["ssh"]);
  }
  return out;
}

VpcSpec read_vpc(const Field& vpc) {
  VpcSpec out;
  if (!vpc.required("write {cidr: a.b.c.d/n} for a new VPC, or {id: …} for one that exists")) return out;
  if (!vpc.is_map({"id", "cidr", "description"})) return out;
  if (const auto id = read_text(vpc["id"], kCloudId)) out.id = VpcId{*id};
  if (const auto cidr = read_cidr(vpc["cidr"])) out.cidr = *cidr;
  assign(out.description, read_text(vpc["description"]));
  if (!vpc["id"].written())
    (void)vpc["cidr"].required("write the network of the new VPC, such as 172.16.1.0/24");
  return out;
}

GatewaySpec read_gateway(const Field& gateway, const std::string& site) {
  GatewaySpec out;
  out.label = "gateway-" + site;
  if (!gateway.written() || !gateway.is_map({"label", "plan", "os", "replicas"})) return out;
  assign(out.label, read_text(gateway["label"]));
  assign(out.plan, read_text(gateway["plan"], kCloudId));
  assign(out.os, read_text(gateway["os"]));
  assign(out.replicas, read_integer(gateway["replicas"], 1, 1));
  return out;
}

SiteSpec read_site(const Field& site) {
  SiteSpec out;
  if (!site.is_map({"name", "region", "vpc", "gateway", "servers", "serverSelector"})) return out;
  if (site["name"].required("give the site a name")) assign(out.name, read_text(site["name"], kDnsLabel));
  if (site["region"].required("write a region of Vultr, such as ams")) {
    assign(out.region, read_text(site["region"], kDnsLabel));
  }
  out.vpc = read_vpc(site["vpc"]);
  out.gateway = read_gateway(site["gateway"], out.name);
  for (const Field& server : site["servers"].items()) out.servers.push_back(read_server(server));
  out.server_selector = read_selector(site["serverSelector"]);
  return out;
}

TunnelSpec read_tunnel(const Field& tunnel) {
  TunnelSpec out;
  if (!tunnel.written() ||
      !tunnel.is_map({"cidr", "listenPort", "persistentKeepalive", "mtu", "presharedKeys"})) {
    return out;
  }
  assign(out.cidr, read_cidr(tunnel["cidr"]));
  out.listen_port = read_port(tunnel["listenPort"], out.listen_port);
  assign(out.persistent_keepalive, read_duration(tunnel["persistentKeepalive"], seconds{0}, kMostKeepalive));
  if (const auto mtu = read_integer(tunnel["mtu"], kLeastMtu, kMostMtu)) out.mtu = static_cast<int>(*mtu);
  assign(out.preshared_keys, read_bool(tunnel["presharedKeys"]));
  return out;
}

std::optional<std::pair<std::string, std::string>> read_pair(const Field& pair) {
  if (!pair.written() || !pair.json().is_array() || pair.json().size() != 2) {
    pair.refuse("is not a pair of sites", "write two names: [amsterdam, bangalore]");
    return std::nullopt;
  }
  const std::vector<Field> ends = pair.items();
  const auto from = read_text(ends[0], kDnsLabel);
  const auto to = read_text(ends[1], kDnsLabel);
  if (!ends[0].written() || !ends[1].written()) pair.refuse("names no site", "write two names: [a, b]");
  if (!from || !to) return std::nullopt;
  return std::pair(*from, *to);
}

std::vector<std::pair<std::string, std::string>> read_edges(const Field& edges) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const Field& edge : edges.items()) {
    if (auto pair = read_pair(edge)) out.push_back(*std::move(pair));
  }
  return out;
}

TopologySpec read_topology(const Field& topology) {
  TopologySpec out;
  if (!topology.written() || !topology.is_map({"type", "hub", "edges"})) return out;
  const auto type = read_choice(topology["type"], kTopologies);
  assign(out.type, type);
  const bool type_known = type.has_value() || !topology["type"].written();
  assign(out.hub, read_text(topology["hub"], kDnsLabel));
  out.edges = read_edges(topology["edges"]);
  if (!type_known) return out;
  if (out.type == TopologyType::HubAndSpoke) {
    (void)topology["hub"].required("write the name of the site in the middle");
  } else if (topology["hub"].written()) {
    topology["hub"].refuse("goes only with type HubAndSpoke", "remove it, or write type: HubAndSpoke");
  }
  if (out.type == TopologyType::Custom) {
    (void)topology["edges"].required("write the pairs of sites to join: [[a, b], [b, c]]");
  } else if (topology["edges"].written()) {
    topology["edges"].refuse("goes only with type Custom", "remove it, or write type: Custom");
  }
  return out;
}

std::optional<int> read_loss_limit(const Field& limit) {
  return read_integer(limit, 1, 100);
}

std::optional<int> read_rtt_limit(const Field& limit) {
  return read_integer(limit, 1, kMostRttMillis);
}

EdgeVerification read_edge_verification(const Field& edge) {
  EdgeVerification out;
  if (!edge.is_map({"between", "maxLossPercent", "maxRTTMillis"})) return out;
  const Field between = edge["between"];
  if (between.required("write the two sites that it joins: [amsterdam, bangalore]"))
    assign(out.between, read_pair(between));
  out.max_loss_percent = read_loss_limit(edge["maxLossPercent"]);
  out.max_rtt_millis = read_rtt_limit(edge["maxRTTMillis"]);
  if (!edge["maxLossPercent"].written() && !edge["maxRTTMillis"].written())
    edge.refuse("has no limit of its own", "write maxLossPercent, maxRTTMillis or both");
  return out;
}

void read_verification(const Field& verification, PeeringSpec& out) {
  if (!verification.written() ||
      !verification.is_map({"interval", "maxLossPercent", "maxRTTMillis", "edges"})) {
    return;
  }
  assign(out.verification_interval, read_duration(verification["interval"], kLeastInterval, kMostInterval));
  assign(out.max_loss_percent, read_loss_limit(verification["maxLossPercent"]));
  assign(out.max_rtt_millis, read_rtt_limit(verification["maxRTTMillis"]));
  for (const Field& edge : verification["edges"].items()) {
    if (edge.written())
      out.verification_edges.push_back(read_edge_verification(edge));
    else
      edge.refuse("is empty", "write the limits of an edge, or remove the \"-\"");
  }
}

std::vector<Cidr> read_sources(const Field& sources) {
  std::vector<Cidr> out;
  for (const Field& source : sources.items()) {
    if (const auto cidr = read_cidr(source)) out.push_back(*cidr);
    if (!source.written()) source.refuse("is empty", "write a network, such as 203.0.113.0/24");
  }
  return out;
}

}  // namespace

PeeringSpec read_spec(const Field& spec) {
  PeeringSpec out;
  if (!spec.required("write the spec of the peering") ||
      !spec.is_map({"credentialsRef", "restoreFrom", "suspend", "mode", "deletionPolicy", "tunnel",
                    "topology", "sites", "repair", "verification", "sshSources"})) {
    return out;
  }
  if (const Field ref = spec["credentialsRef"]; ref.written() && ref.is_map({"name"})) {
    if (ref["name"].required("write the name of a Secret with the key apiKey")) {
      assign(out.credentials_secret, read_text(ref["name"], kDnsName));
    }
  }
  if (const Field from = spec["restoreFrom"]; from.written() && from.is_map({"name"})) {
    if (from["name"].required("write the name of a Secret with the record of another object")) {
      assign(out.restore_secret, read_text(from["name"], kDnsName));
    }
  }
  assign(out.suspend, read_bool(spec["suspend"]));
  assign(out.mode, read_choice(spec["mode"], kModes));
  assign(out.deletion_policy, read_choice(spec["deletionPolicy"], kDeletionPolicies));
  out.tunnel = read_tunnel(spec["tunnel"]);
  out.topology = read_topology(spec["topology"]);
  (void)spec["sites"].required("write the sites to join, 2 to 64 of them");
  for (const Field& site : spec["sites"].items()) {
    if (site.written())
      out.sites.push_back(read_site(site));
    else
      site.refuse("is empty", "write a site, or remove the \"-\"");
  }
  if (const Field repair = spec["repair"]; repair.written() && repair.is_map({"policy"})) {
    assign(out.repair_policy, read_choice(repair["policy"], kRepairPolicies));
  }
  read_verification(spec["verification"], out);
  out.ssh_sources = read_sources(spec["sshSources"]);
  return out;
}

}  // namespace vpcp
