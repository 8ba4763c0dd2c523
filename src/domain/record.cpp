#include "domain/record.h"

#include <algorithm>
#include <set>

#include "domain/desired/topology.h"

namespace vpcp {
namespace {

bool is_declared(const PeeringSpec& spec, const GatewayRef& ref) {
  return std::any_of(spec.sites.begin(), spec.sites.end(), [&](const SiteSpec& site) {
    return site.name == ref.site && ref.index < site.gateway.replicas;
  });
}

/// Neither the network's own address nor its broadcast address: an address of one that was narrowed may be
/// either.
bool is_host_of(const Cidr& network, Ipv4 address) {
  return network.contains(address) && address != network.at(0) && address != network.at(network.size() - 1);
}

std::optional<Ipv4> lowest_not_in(const std::set<Ipv4>& taken, const Cidr& network) {
  for (std::uint64_t n = 1; n + 1 < network.size(); ++n) {
    if (!taken.contains(network.at(n))) return network.at(n);
  }
  return std::nullopt;
}

/// The lowest host address of the tunnel network that no gateway has. In a network that is just large enough,
/// one of a gateway that is being removed; validation has made sure that there is one.
Ipv4 free_tunnel_address(const PeeringRecord& record, const PeeringSpec& spec) {
  std::set<Ipv4> taken;
  std::set<Ipv4> taken_for_long;
  for (const auto& [ref, gateway] : record.gateways) {
    taken.insert(gateway.tunnel_address);
    if (is_declared(spec, ref)) taken_for_long.insert(gateway.tunnel_address);
  }
  if (const auto address = lowest_not_in(taken, spec.tunnel.cidr)) return *address;
  return lowest_not_in(taken_for_long, spec.tunnel.cidr).value_or(spec.tunnel.cidr.at(0));
}

bool extend_gateways(PeeringRecord& record, const PeeringSpec& spec, SystemTime now) {
  bool changed = false;
  for (const SiteSpec& site : spec.sites) {
    for (int i = 0; i < site.gateway.replicas; ++i) {
      const GatewayRef ref{site.name, i};
      auto found = record.gateways.find(ref);
      if (found != record.gateways.end() && is_host_of(spec.tunnel.cidr, found->second.tunnel_address))
        continue;
      const Ipv4 address = free_tunnel_address(record, spec);
      if (found == record.gateways.end()) {
        record.gateways.emplace(ref, GatewayRecord{new_wireguard_key_pair(), address, now});
      } else {
        found->second.tunnel_address = address;  // the tunnel network was changed
      }
      changed = true;
    }
  }
  return changed;
}

bool extend_preshared_keys(PeeringRecord& record, const PeeringSpec& spec) {
  if (!spec.tunnel.preshared_keys) return false;
  bool changed = false;
  for (const SitePair& edge : edges(spec)) {
    if (record.preshared_keys.contains(edge)) continue;
    record.preshared_keys.emplace(edge, new_preshared_key());
    changed = true;
  }
  return changed;
}

}  // namespace

SitePair site_pair(const std::string& a, const std::string& b) {
  return a < b ? SitePair{a, b} : SitePair{b, a};
}

const std::string& mark_of(const VpcPeering& peering, const PeeringRecord& record) {
  return record.mark.empty() ? peering.meta.uid : record.mark;
}

std::string resource_of(const char* kind, const std::string& lane) {
  return std::string(kind) + '/' + lane;
}

bool note_generation(PeeringRecord& record, std::int64_t generation) {
  if (record.generation == generation) return false;
  record.generation = generation;
  for (auto& [lane, host] : record.hosts) host.in_place = false;
  for (auto& [name, site] : record.sites) site.in_place = false;
  return true;
}

bool extend_record(PeeringRecord& record, const PeeringSpec& spec, SystemTime now) {
  bool changed = false;
  if (record.ssh.private_key.empty()) {
    record.ssh = new_ssh_key_pair();
    changed = true;
  }
  const auto gone = [&](const auto& entry) {
    return !is_declared(spec, entry.first) && !record.hosts.contains(entry.first.str());
  };
  changed |= std::erase_if(record.gateways, gone) > 0;
  changed |= extend_gateways(record, spec, now);
  changed |= extend_preshared_keys(record, spec);
  return changed;
}

std::string record_secret_name(const ObjectKey& peering) {
  return peering.name + "-vpcp-record";
}

}  // namespace vpcp
