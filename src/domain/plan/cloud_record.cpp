// What is noted of the cloud before a pass changes anything: see cloud_plan.h.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "domain/plan/cloud_plan.h"

namespace vpcp {
namespace {

/// Finds the record of a server that existed before under the name that it had until now.
bool follow_rename(PeeringRecord& record, const LaidHost& host) {
  if (host.origin != HostOrigin::Existing || !host.instance) return false;
  const auto current = record.hosts.find(host.lane);
  if (current != record.hosts.end() && current->second.instance == host.instance->id) return false;
  const auto same = [&](const auto& entry) {
    return entry.second.access && entry.second.instance == host.instance->id;
  };
  const auto old = std::find_if(record.hosts.begin(), record.hosts.end(), same);
  if (old == record.hosts.end()) return false;
  HostRecord known = std::move(old->second);
  record.hosts.erase(old);
  record.hosts[host.lane] = std::move(known);
  return true;
}

/// Notes how to log in before anything is changed there, so that the changes can be undone after it left the
/// spec.
bool prepare_existing(PeeringRecord& record, const LaidHost& host) {
  if (!host.instance || !host.access) return false;
  HostRecord& known = record.hosts[host.lane];
  if (known.instance == host.instance->id && known.access == host.access) return false;
  if (known.instance != host.instance->id) known = {};
  known.instance = host.instance->id;
  known.access = host.access;
  return true;
}

/// A host that is to be created gets a host key of our making, which is then all that we accept from it.
bool prepare_host(PeeringRecord& record, const LaidSite& site, const LaidHost& host, SystemTime now) {
  if (host.origin == HostOrigin::Existing) return prepare_existing(record, host);
  HostRecord& known = record.hosts[host.lane];
  const std::string resource = resource_of("instance", host.lane);
  if (host.instance) {
    const bool detached = site.vpc && !site.vpc_address(host);
    const bool noted = detached != known.detached_since.has_value();
    if (noted) known.detached_since = detached ? std::optional(now) : std::nullopt;
    const bool turned_up = record.pending.erase(resource) > 0;
    if (known.instance == host.instance->id) return turned_up || noted;
    known.instance = host.instance->id;
    return true;
  }
  const bool first = known.bootstrap_host_key.empty() && known.pinned.empty();
  const bool lost = !known.instance.empty() && !record.pending.contains(resource);
  if (!first && !lost) return false;
  SshKeyPair key = new_ssh_key_pair();
  known = {};
  known.bootstrap_host_key = std::move(key.private_key);
  known.pinned = {key.public_key};
  return true;
}

bool prepare_group(PeeringRecord& record, const LaidHost& host) {
  if (!host.group) return false;
  bool changed = record.pending.erase(resource_of("firewall", host.lane)) > 0;
  FirewallGroupId& id = record.firewall_groups[host.lane];
  changed |= id != host.group->id;
  id = host.group->id;
  return changed;
}

bool prepare_site(PeeringRecord& record, const LaidSite& site) {
  if (!site.vpc) return false;
  bool changed = record.pending.erase(resource_of("vpc", site.name)) > 0;
  SiteRecord& known = record.sites[site.name];
  // Where the cloud says another network than the spec, one of the two is wrong: neither may become what the
  // other is measured by.
  const bool doubtful = !site.wanted.id && site.wanted.cidr && *site.wanted.cidr != site.vpc->cidr;
  const std::optional<Cidr> network = doubtful ? std::nullopt : std::optional(site.vpc->cidr);
  if (known.vpc != site.vpc->id || known.cidr != network || known.region != site.vpc->region) {
    known.region = site.vpc->region;
    known.cidr = network;
    known.vpc = site.vpc->id;
    known.owned = !site.wanted.id;
    changed = true;
  }
  return changed;
}

std::string whereabouts(const LaidSite& site, const LaidHost& gateway) {
  const auto shown = [](const std::optional<Ipv4>& address) { return address ? address->str() : "none"; };
  const std::optional<Ipv4> in_public = gateway.instance ? gateway.instance->public_ip : std::nullopt;
  return shown(in_public) + ' ' + shown(site.vpc_address(gateway));
}

void begin_anew(PeeringRecord& record, const std::vector<LaidHost>& hosts) {
  for (const LaidHost& host : hosts) {
    const auto known = record.hosts.find(host.lane);
    if (known != record.hosts.end()) known->second.in_place = false;
  }
}

}  // namespace

bool follow_gateways(PeeringRecord& record, const Layout& layout) {
  bool changed = false;
  for (const LaidSite& site : layout.sites) {
    for (std::size_t i = 0; i < site.gateways.size(); ++i) {
      const auto known = record.gateways.find({site.name, static_cast<int>(i)});
      if (known == record.gateways.end()) continue;
      const std::string before =
          std::exchange(known->second.whereabouts, whereabouts(site, site.gateways[i]));
      if (before == known->second.whereabouts) continue;
      changed = true;
      if (before.empty()) continue;
      begin_anew(record, site.servers);
      for (const Neighbour& neighbour : site.neighbours)
        begin_anew(record, layout.sites[neighbour.site].gateways);
    }
  }
  return changed;
}

bool follow_renames(PeeringRecord& record, const Layout& layout) {
  bool changed = false;
  for (const LaidSite& site : layout.sites) {
    for (const LaidHost& host : site.servers) changed |= follow_rename(record, host);
  }
  return changed;
}

bool settle_creates(PeeringRecord& record, const Layout& layout) {
  const auto visible = [&](const auto& entry) {
    for (const LaidSite& site : layout.sites) {
      if (site.vpc && entry.first == resource_of("vpc", site.name)) return true;
      for (const auto* hosts : {&site.gateways, &site.servers}) {
        for (const LaidHost& host : *hosts) {
          if (host.instance && entry.first == resource_of("instance", host.lane)) return true;
          if (host.group && entry.first == resource_of("firewall", host.lane)) return true;
        }
      }
    }
    return false;
  };
  return std::erase_if(record.pending, visible) > 0;
}

bool prepare_record(PeeringRecord& record, const Layout& layout, SystemTime now) {
  bool changed = follow_renames(record, layout);
  for (const LaidSite& site : layout.sites) {
    changed |= prepare_site(record, site);
    for (const auto* hosts : {&site.gateways, &site.servers}) {
      for (const LaidHost& host : *hosts) {
        changed |= prepare_group(record, host);
        changed |= prepare_host(record, site, host, now);
      }
    }
  }
  return changed;
}

}  // namespace vpcp
