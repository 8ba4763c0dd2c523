#include "domain/desired/desired.h"

#include <algorithm>

#include "domain/desired/tunnel_mtu.h"

namespace vpcp {
namespace {

/// The gateway of a site as any other must know it; empty while it has no keys.
std::optional<DesiredPeer> peer_of(const PeeringSpec& spec, const LaidSite& site,
                                   const PeeringRecord& record) {
  const GatewayRef ref{site.name, 0};
  const auto known = record.gateways.find(ref);
  if (known == record.gateways.end()) return std::nullopt;
  DesiredPeer peer;
  peer.name = ref.str();
  peer.public_key = known->second.keys.public_key;
  if (!site.gateways.empty() && site.gateways.front().instance && site.gateways.front().instance->public_ip) {
    peer.endpoint = Endpoint{*site.gateways.front().instance->public_ip, spec.tunnel.listen_port};
  }
  peer.allowed_ips = {Cidr::host(known->second.tunnel_address)};
  if (const auto network = site.network()) peer.allowed_ips.push_back(*network);
  std::sort(peer.allowed_ips.begin(), peer.allowed_ips.end());
  return peer;
}

/// None while the site has no next hop.
std::vector<DesiredRoute> routes_of(const PeeringSpec& spec, const LaidSite& site) {
  const auto next_hop = site.next_hop();
  if (!next_hop) return {};
  std::vector<DesiredRoute> routes;
  routes.reserve(site.reachable.size() + 1);
  for (const Cidr& network : site.reachable) routes.push_back({network, *next_hop});
  const DesiredRoute tunnel{spec.tunnel.cidr, *next_hop};
  const auto place = std::lower_bound(routes.begin(), routes.end(), tunnel);
  if (place == routes.end() || *place != tunnel) routes.insert(place, tunnel);
  return routes;
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

DesiredHosts::DesiredHosts(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record)
    : spec_(spec), layout_(layout), record_(record) {
  peers_.reserve(layout.sites.size());
  routes_.reserve(layout.sites.size());
  for (const LaidSite& site : layout.sites) {
    peers_.push_back(peer_of(spec, site, record));
    routes_.push_back(routes_of(spec, site));
  }
  if (spec.tunnel.preshared_keys) find_preshared_keys();
}

void DesiredHosts::find_preshared_keys() {
  const std::size_t sites = layout_.sites.size();
  preshared_.resize(sites * sites);
  for (const auto& [pair, key] : record_.preshared_keys) {
    const auto one = layout_.site_index.find(pair.first);
    const auto other = layout_.site_index.find(pair.second);
    if (one == layout_.site_index.end() || other == layout_.site_index.end()) continue;
    preshared_[one->second * sites + other->second] = preshared_[other->second * sites + one->second] = &key;
  }
}

std::optional<DesiredGateway> DesiredHosts::gateway(const GatewayRef& ref) const {
  const auto own = record_.gateways.find(ref);
  if (own == record_.gateways.end()) return std::nullopt;
  DesiredGateway desired;
  desired.ref = ref;
  desired.private_key = own->second.keys.private_key;
  desired.public_key = own->second.keys.public_key;
  desired.tunnel_address = own->second.tunnel_address;
  desired.tunnel_network = spec_.tunnel.cidr;
  desired.listen_port = spec_.tunnel.listen_port;
  desired.persistent_keepalive = spec_.tunnel.persistent_keepalive;
  desired.mtu = tunnel_mtu(spec_, record_, ref.site);
  const LaidSite* site = layout_.site(ref.site);
  if (site == nullptr) return desired;
  for (const LaidHost& host : site->gateways) {
    if (host.lane != ref.str() || !host.instance) continue;
    desired.public_address = host.instance->public_ip;
    desired.vpc_address = site->vpc_address(host);
  }
  desired.peers.reserve(site->neighbours.size());
  const std::size_t place = layout_.site_index.at(ref.site);
  for (const Neighbour& neighbour : site->neighbours) desired.peers.push_back(peer(place, neighbour));
  return desired;
}

DesiredPeer DesiredHosts::peer(std::size_t site, const Neighbour& neighbour) const {
  DesiredPeer peer = peers_[neighbour.site].value();
  if (!preshared_.empty()) {
    const Secret* key = preshared_[site * layout_.sites.size() + neighbour.site];
    if (key != nullptr) peer.preshared_key = *key;
  }
  if (neighbour.behind.size() == 1) return peer;
  for (const std::size_t behind : neighbour.behind) {
    if (behind == neighbour.site || !peers_[behind]) continue;
    const auto& networks = peers_[behind]->allowed_ips;
    peer.allowed_ips.insert(peer.allowed_ips.end(), networks.begin(), networks.end());
  }
  std::sort(peer.allowed_ips.begin(), peer.allowed_ips.end());
  return peer;
}

std::optional<DesiredServer> DesiredHosts::server(const LaidHost& host) const {
  const auto place = layout_.site_index.find(host.site);
  if (place == layout_.site_index.end()) return std::nullopt;
  const auto address = layout_.sites[place->second].vpc_address(host);
  const std::vector<DesiredRoute>& routes = routes_[place->second];
  if (routes.empty() || !address) return std::nullopt;
  return DesiredServer{host.site, host.name, *address, routes, layout_.mark};
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
