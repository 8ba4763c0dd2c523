#include "domain/desired/desired.h"

#include <algorithm>

#include "domain/desired/tunnel_mtu.h"

namespace vpcp {
namespace {

std::optional<Cidr> network_of(const Layout& layout, const std::string& name) {
  const LaidSite* site = layout.site(name);
  return site == nullptr ? std::nullopt : site->network();
}

std::vector<Cidr> allowed_ips(const Layout& layout, const PeeringRecord& record,
                              const std::vector<std::string>& behind) {
  std::vector<Cidr> networks;
  networks.reserve(2 * behind.size());
  for (const std::string& site : behind) {
    if (const auto gateway = record.gateways.find({site, 0}); gateway != record.gateways.end()) {
      networks.push_back(Cidr::host(gateway->second.tunnel_address));
    }
    if (const auto network = network_of(layout, site)) networks.push_back(*network);
  }
  std::sort(networks.begin(), networks.end());
  return networks;
}

HostLogin base_login(const LaidHost& host, const PeeringRecord& record, const AccessKeys& keys) {
  HostLogin login;
  login.name = host.lane;
  if (const auto known = record.hosts.find(host.lane); known != record.hosts.end())
    login.pinned = known->second.pinned;
  if (!host.access) {
    login.private_key = record.ssh.private_key;
    return login;
  }
  login.user = host.access->user;
  login.port = host.access->port;
  login.private_key = keys.find(host.access->private_key_ref);
  if (host.access->host_key) login.pinned = {*host.access->host_key};
  login.trust_first_use = login.pinned.empty();
  return login;
}

/// The address of the host in a VPC that it shares with the gateway.
std::optional<Ipv4> shared_address(const Instance& host, const Instance& gateway) {
  for (const VpcAttachment& own : host.vpcs) {
    for (const VpcAttachment& other : gateway.vpcs) {
      if (own.vpc == other.vpc) return own.address;
    }
  }
  return std::nullopt;
}

/// The gateway of the host's site, also of a site that has left the spec, while it is there.
std::optional<LaidHost> gateway_of(const Layout& layout, const LaidHost& host, const PeeringRecord& record) {
  if (const LaidSite* site = layout.site(host.site)) {
    return site->gateways.empty() ? std::nullopt : std::optional(site->gateways.front());
  }
  LaidHost gateway;
  gateway.lane = GatewayRef{host.site, 0}.str();
  gateway.site = host.site;
  gateway.is_gateway = true;
  const auto known = record.hosts.find(gateway.lane);
  for (const Instance& instance : layout.stray_instances) {
    if (known != record.hosts.end() && instance.id == known->second.instance)
      gateway.instance = std::make_shared<const Instance>(instance);
  }
  return gateway.instance ? std::optional(gateway) : std::nullopt;
}

}  // namespace

Secret AccessKeys::find(const SecretKeyRef& ref) const {
  const auto found = by_ref.find({ref.name, ref.key});
  return found == by_ref.end() ? Secret{} : found->second;
}

DesiredGateway desired_gateway(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record,
                               const GatewayRef& ref) {
  const GatewayRecord& own = record.gateways.at(ref);
  DesiredGateway desired;
  desired.ref = ref;
  desired.private_key = own.keys.private_key;
  desired.public_key = own.keys.public_key;
  desired.tunnel_address = own.tunnel_address;
  desired.tunnel_network = spec.tunnel.cidr;
  desired.listen_port = spec.tunnel.listen_port;
  desired.persistent_keepalive = spec.tunnel.persistent_keepalive;
  desired.mtu = tunnel_mtu(spec, record, ref.site);
  const LaidSite* own_site = layout.site(ref.site);
  if (own_site == nullptr) return desired;
  for (const LaidHost& host : own_site->gateways) {
    if (host.lane != ref.str() || !host.instance) continue;
    desired.public_address = host.instance->public_ip;
    desired.vpc_address = own_site->vpc_address(host);
  }
  desired.peers.reserve(own_site->reach.size());
  for (const auto& [neighbour, behind] : own_site->reach) {
    const GatewayRef remote{neighbour, 0};
    DesiredPeer peer;
    peer.name = remote.str();
    peer.public_key = record.gateways.at(remote).keys.public_key;
    if (const auto key = record.preshared_keys.find(site_pair(ref.site, neighbour));
        spec.tunnel.preshared_keys && key != record.preshared_keys.end()) {
      peer.preshared_key = key->second;
    }
    const LaidSite* site = layout.site(neighbour);
    if (site != nullptr && !site->gateways.empty() && site->gateways.front().instance &&
        site->gateways.front().instance->public_ip) {
      peer.endpoint = Endpoint{*site->gateways.front().instance->public_ip, spec.tunnel.listen_port};
    }
    peer.allowed_ips = allowed_ips(layout, record, behind);
    desired.peers.push_back(std::move(peer));
  }
  return desired;
}

std::optional<DesiredServer> desired_server(const PeeringSpec& spec, const Layout& layout,
                                            const LaidHost& host) {
  const LaidSite* site = layout.site(host.site);
  if (site == nullptr) return std::nullopt;
  const auto next_hop = site->next_hop();
  const auto address = site->vpc_address(host);
  if (!next_hop || !address) return std::nullopt;
  DesiredServer desired{host.site, host.name, *address, {}, layout.mark};
  std::vector<DesiredRoute>& routes = desired.routes;
  routes.reserve(site->reachable.size() + 1);
  for (const Cidr& network : site->reachable) routes.push_back({network, *next_hop});
  // The networks come sorted, and a large mesh has many servers.
  const DesiredRoute tunnel{spec.tunnel.cidr, *next_hop};
  const auto place = std::lower_bound(routes.begin(), routes.end(), tunnel);
  if (place == routes.end() || *place != tunnel) routes.insert(place, tunnel);
  return desired;
}

std::optional<HostLogin> login_of(const Layout& layout, const LaidHost& host, const PeeringRecord& record,
                                  const AccessKeys& keys) {
  if (!host.instance || host.instance->power != PowerState::Running) return std::nullopt;
  HostLogin login = base_login(host, record, keys);
  if (login.private_key.empty()) return std::nullopt;
  const bool reachable_outside =
      host.instance->public_ip &&
      (host.origin == HostOrigin::Existing || host.create.public_address == PublicAddress::IPv4);
  if (reachable_outside) {
    login.address = *host.instance->public_ip;
    return login;
  }
  if (host.is_gateway) return std::nullopt;
  const auto gateway = gateway_of(layout, host, record);
  if (!gateway || !gateway->instance) return std::nullopt;
  const auto address = shared_address(*host.instance, *gateway->instance);
  const auto jump = login_of(layout, *gateway, record, keys);
  if (!address || !jump) return std::nullopt;
  login.address = *address;
  login.jump = std::make_shared<const HostLogin>(*jump);
  return login;
}

}  // namespace vpcp
