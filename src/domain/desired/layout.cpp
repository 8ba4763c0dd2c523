#include "domain/desired/layout.h"

#include <algorithm>
#include <map>
#include <memory_resource>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "domain/desired/cloud_index.h"

namespace vpcp {
namespace {

/// What our mark begins with, of whatever site.
std::string vpc_mark_of_any(const std::string& uid) {
  return "(" + owner_tag(uid) + '/';
}
std::string vpc_mark(const std::string& uid, const std::string& site) {
  return vpc_mark_of_any(uid) + site + ')';
}

constexpr std::string_view kOwnerPrefix = "vpcp-";
constexpr std::string_view kSitePrefix = "vpcp-site-";
constexpr std::string_view kPartPrefix = "vpcp-part-";

std::string tag_of(std::string_view prefix, std::string_view name) {
  return std::string(prefix).append(name);
}
/// Whether it has the tag_of() these.
bool has_tag(const Instance& instance, std::string_view prefix, std::string_view name) {
  return std::ranges::any_of(instance.tags, [&](std::string_view tag) {
    return tag.size() == prefix.size() + name.size() && tag.starts_with(prefix) && tag.ends_with(name);
  });
}

/// Lower-case letters, digits and '-', at most 50; empty when nothing of the text remains.
std::string as_dns_label(const std::string& text) {
  std::string label;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper || plain)
      label += upper ? static_cast<char>(c - 'A' + 'a') : c;
    else if (!label.empty() && label.back() != '-')
      label += '-';
  }
  label = label.substr(0, 50);
  while (!label.empty() && label.back() == '-') label.pop_back();
  return label;
}

/// Parts the one to keep, the recorded one, else the oldest (ids break a tie), from copies of its twins. Null
/// when there is none.
template <class T>
const T* split(std::vector<const T*> found, const decltype(T::id)& recorded, std::vector<T>& twins) {
  if (found.empty()) return nullptr;
  std::sort(found.begin(), found.end(), [&](const T* a, const T* b) {
    if ((a->id == recorded) != (b->id == recorded)) return a->id == recorded;
    return std::tie(a->created, a->id) < std::tie(b->created, b->id);
  });
  for (auto twin = found.begin() + 1; twin != found.end(); ++twin) twins.push_back(**twin);
  return found.front();
}

class LayoutBuilder {
 public:
  LayoutBuilder(const VpcPeering& peering, const PeeringRecord& record,
                const std::shared_ptr<const CloudSnapshot>& cloud)
      : peering_(peering),
        record_(record),
        shared_cloud_(cloud),
        cloud_(*cloud),
        owner_(owner_tag(mark_of(peering, record))),
        index_(cloud_, {owner_, kPartPrefix}, selector_tags(peering.spec)) {
    layout_.mark = mark_of(peering, record);
    claimed_.reserve(cloud_.instances.size());
    for (const auto& [lane, known] : record.hosts) {
      if (known.access) known_lanes_.emplace(known.instance.value, lane);
    }
  }

  Layout build() {
    layout_.sites.reserve(peering_.spec.sites.size());
    for (const SiteSpec& site : peering_.spec.sites) {
      layout_.site_index.emplace(site.name, layout_.sites.size());
      layout_.sites.push_back(lay_site(site));
    }
    // Declared servers first, so that a tag never takes one that is named.
    for (std::size_t i = 0; i < layout_.sites.size(); ++i)
      select_by_tag(peering_.spec.sites[i], layout_.sites[i]);
    find_reachable();
    find_departed();
    find_strays();
    return std::move(layout_);
  }

 private:
  /// Of the snapshot, and keeping it alive; null for null.
  template <class T>
  [[nodiscard]] std::shared_ptr<const T> shared(const T* found) const {
    return found == nullptr ? nullptr : std::shared_ptr<const T>(shared_cloud_, found);
  }

  static std::set<std::string_view> selector_tags(const PeeringSpec& spec) {
    std::set<std::string_view> tags;
    for (const SiteSpec& site : spec.sites) {
      if (site.server_selector) tags.insert(site.server_selector->tag);
    }
    return tags;
  }

  LaidSite lay_site(const SiteSpec& spec) {
    LaidSite site{.name = spec.name,
                  .region = spec.region,
                  .wanted = spec.vpc,
                  .vpc = {},
                  .vpc_twins = {},
                  .gateways = {},
                  .servers = {},
                  .neighbours = {},
                  .reachable = {}};
    find_vpc(site);
    for (int i = 0; i < spec.gateway.replicas; ++i) site.gateways.push_back(gateway(spec, i));
    site.servers.reserve(spec.servers.size());
    for (const ServerSpec& server : spec.servers) site.servers.push_back(declared_server(spec.name, server));
    return site;
  }

  /// The id that a create was answered with, until it has turned up: it may have lost its mark since.
  [[nodiscard]] std::string answered(const char* kind, const std::string& lane) const {
    const auto pending = record_.pending.find(resource_of(kind, lane));
    return pending == record_.pending.end() ? "" : pending->second.id;
  }

  void find_vpc(LaidSite& site) {
    std::vector<const Vpc*> found;
    const auto recorded = record_.sites.find(site.name);
    // An adopted VPC is not ours to take over, even if the spec now says that we create one.
    const bool owned = recorded != record_.sites.end() && recorded->second.owned;
    const VpcId id = owned ? recorded->second.vpc : VpcId{};
    const std::string mark = vpc_mark(layout_.mark, site.name);
    const std::string made = answered("vpc", site.name);
    for (const Vpc& vpc : cloud_.vpcs) {
      const bool ours = site.wanted.id ? vpc.id == *site.wanted.id
                                       : (owned && vpc.id == id) || vpc.id.value == made ||
                                             vpc.description.find(mark) != std::string::npos;
      if (ours) found.push_back(&vpc);
    }
    for (const Vpc* vpc : found) used_vpcs_.insert(vpc->id);
    site.vpc = shared(split(std::move(found), id, site.vpc_twins));
  }

  LaidHost gateway(const SiteSpec& spec, int index) {
    LaidHost host;
    host.name = "gateway-" + std::to_string(index);
    host.lane = spec.name + '/' + host.name;
    host.site = spec.name;
    host.is_gateway = true;
    const std::string label = spec.gateway.label.empty() ? spec.name + "-gateway" : spec.gateway.label;
    host.create = {label, spec.gateway.plan, spec.gateway.os, PublicAddress::IPv4};
    find_created(host);
    return host;
  }

  LaidHost declared_server(const std::string& site, const ServerSpec& spec) {
    LaidHost host;
    host.name = spec.name;
    host.lane = site + '/' + spec.name;
    host.site = site;
    if (spec.create) {
      host.create = *spec.create;
      if (host.create.label.empty()) host.create.label = spec.name;
      find_created(host);
      return host;
    }
    host.origin = HostOrigin::Existing;
    host.access = spec.ssh;
    host.declared = spec.instance_id.value_or(InstanceId{});
    const Instance* instance = spec.instance_id ? index_.find(*spec.instance_id) : nullptr;
    host.instance = shared(instance);
    if (instance != nullptr) claim(*instance, {.site = site, .server = spec.name});
    return host;
  }

  void find_created(LaidHost& host) {
    const auto recorded = record_.hosts.find(host.lane);
    // A record with access is about a server that existed before: it never becomes ours.
    const bool ours = recorded != record_.hosts.end() && !recorded->second.access;
    const InstanceId id = ours ? recorded->second.instance : InstanceId{};
    std::vector<const Instance*> found;
    const Instance* known = index_.find(id);
    if (known == nullptr) known = index_.find(InstanceId{answered("instance", host.lane)});
    for (const Instance* instance : index_.ours(host.name)) {
      if (instance != known && has_tag(*instance, kSitePrefix, host.site)) found.push_back(instance);
    }
    if (known != nullptr) found.push_back(known);
    for (const Instance* instance : found) claim(*instance, {.created = true});
    host.instance = shared(split(std::move(found), id, host.twins));
    find_group(host);
  }

  void find_group(LaidHost& host) {
    const auto recorded = record_.firewall_groups.find(host.lane);
    const FirewallGroupId id =
        recorded == record_.firewall_groups.end() ? FirewallGroupId{} : recorded->second;
    std::vector<const FirewallGroup*> found;
    const FirewallGroup* known = index_.find(id);
    if (known == nullptr) known = index_.find(FirewallGroupId{answered("firewall", host.lane)});
    for (const FirewallGroup* group : index_.groups_of(host.lane)) {
      if (group != known) found.push_back(group);
    }
    if (known != nullptr) found.push_back(known);
    for (const FirewallGroup* group : found) used_groups_.insert(group->id);
    host.group = shared(split(std::move(found), id, host.group_twins));
  }

  void select_by_tag(const SiteSpec& spec, LaidSite& site) {
    if (!spec.server_selector || !site.vpc) return;
    const auto selected = index_.selected(spec.server_selector->tag, site.vpc->id);
    std::vector<const Instance*> chosen(selected.begin(), selected.end());
    std::sort(chosen.begin(), chosen.end(), [](const Instance* a, const Instance* b) {
      return std::tie(a->created, a->id) < std::tie(b->created, b->id);
    });
    site.servers.reserve(site.servers.size() + chosen.size());
    for (const Instance* instance : chosen) {
      const auto owner = claimed_.find(instance->id.value);
      if (owner != claimed_.end()) {
        // Our own created servers may carry the user's tag as well; a server declared by id may not be chosen
        // twice.
        if (!owner->second.created) {
          layout_.conflicts.push_back(instance->label + " (" + instance->id.value + ") is selected by " +
                                      owner->second.by() + " and by the serverSelector.tag " +
                                      spec.server_selector->tag + " of " + site.name);
        }
        continue;
      }
      if (has_tag(*instance, owner_)) continue;
      site.servers.push_back(selected_server(spec, site, *instance));
    }
  }

  LaidHost selected_server(const SiteSpec& spec, const LaidSite& site, const Instance& instance) {
    LaidHost host;
    host.site = site.name;
    host.name = name_of(site, instance);
    host.lane = site.name + '/' + host.name;
    host.origin = HostOrigin::Existing;
    host.access = spec.server_selector->ssh;
    host.instance = shared(&instance);
    claim(instance, {.site = spec.name});
    return host;
  }

  /// The name that the record has for it, so that a new label or the end of a namesake does not make it
  /// another host; else the label as a DNS label, with the head of the id when that is taken in the site.
  [[nodiscard]] std::string name_of(const LaidSite& site, const Instance& instance) const {
    if (const auto known = known_lanes_.find(instance.id.value); known != known_lanes_.end()) {
      const std::size_t slash = known->second.find('/');
      std::string name(known->second.substr(slash + 1));
      if (known->second.substr(0, slash) == site.name && !is_taken(site, name)) return name;
    }
    const std::string id = instance.id.value.substr(0, 8);
    const std::string label = as_dns_label(instance.label);
    if (label.empty() || label.starts_with("gateway-")) return "server-" + id;
    return is_free(site, label, instance.id) ? label : label.substr(0, 40) + '-' + id;
  }

  /// Not the name of another server, nor of one that has left and is yet to be restored.
  [[nodiscard]] bool is_free(const LaidSite& site, const std::string& name, const InstanceId& id) const {
    const auto known = record_.hosts.find(site.name + '/' + name);
    if (known != record_.hosts.end() && known->second.instance != id) return false;
    return !is_taken(site, name);
  }
  [[nodiscard]] static bool is_taken(const LaidSite& site, const std::string& name) {
    return std::ranges::find(site.servers, name, &LaidHost::name) != site.servers.end();
  }

  /// What is in the record and laid no longer.
  void find_departed() {
    for (const auto& [lane, known] : record_.hosts) {
      // One that is laid under another name has not left.
      if (claimed_.contains(known.instance.value)) continue;
      if (!known.access) {
        left_.insert(known.instance.value);
        continue;
      }
      LaidHost host;
      host.lane = lane;
      host.site = lane.substr(0, lane.find('/'));
      host.name = lane.substr(lane.find('/') + 1);
      host.origin = HostOrigin::Existing;
      host.access = known.access;
      host.instance = shared(index_.find(known.instance));
      layout_.departed.push_back(std::move(host));
    }
  }

  void find_reachable() {
    auto neighbours_of = neighbours(peering_.spec);
    for (std::size_t i = 0; i < layout_.sites.size(); ++i) {
      LaidSite& site = layout_.sites[i];
      site.neighbours = std::move(neighbours_of[i]);
      for (const Neighbour& neighbour : site.neighbours) {
        for (const std::size_t remote : neighbour.behind) {
          if (const auto network = layout_.sites[remote].network()) site.reachable.push_back(*network);
        }
      }
      std::sort(site.reachable.begin(), site.reachable.end());
      site.reachable.erase(std::unique(site.reachable.begin(), site.reachable.end()), site.reachable.end());
    }
  }

  /// Ours by mark or, when the mark was taken away, by the record.
  void find_strays() {
    for (const Instance& instance : cloud_.instances) {
      if (claimed_.contains(instance.id.value)) continue;
      if (has_tag(instance, owner_) || left_.contains(instance.id.value))
        layout_.stray_instances.push_back(instance);
    }
    std::set<FirewallGroupId> groups;
    for (const auto& [lane, group] : record_.firewall_groups) groups.insert(group);
    const std::string of_ours = owner_ + '/';
    const std::string vpc_of_ours = vpc_mark_of_any(layout_.mark);
    for (const FirewallGroup& group : cloud_.firewall_groups) {
      const bool ours = group.description.starts_with(of_ours) || groups.contains(group.id);
      if (ours && !used_groups_.contains(group.id)) layout_.stray_groups.push_back(group);
    }
    std::set<VpcId> vpcs;
    for (const auto& [name, site] : record_.sites) {
      if (site.owned) vpcs.insert(site.vpc);
    }
    for (const Vpc& vpc : cloud_.vpcs) {
      const bool ours = vpc.description.find(vpc_of_ours) != std::string::npos || vpcs.contains(vpc.id);
      if (ours && !used_vpcs_.contains(vpc.id)) layout_.stray_vpcs.push_back(vpc);
    }
  }

  /// Whose an instance is. Refers to the spec.
  struct Claim {
    bool created{false};        ///< By us.
    std::string_view site{};    ///< Of one that existed before,
    std::string_view server{};  ///< … and the server that names it; empty when its tag selects it.

    [[nodiscard]] std::string by() const {
      if (server.empty()) return "the serverSelector.tag of " + std::string(site);
      return "the instanceID of " + std::string(site) + '/' + std::string(server);
    }
  };

  void claim(const Instance& instance, const Claim& claim) { claimed_.emplace(instance.id.value, claim); }

  const VpcPeering& peering_;
  const PeeringRecord& record_;
  const std::shared_ptr<const CloudSnapshot>& shared_cloud_;
  const CloudSnapshot& cloud_;
  const std::string owner_;
  const CloudIndex index_;
  Layout layout_;
  std::pmr::monotonic_buffer_resource memory_;  ///< Of the maps below, which only grow.
  /// By instance id, of the snapshot.
  std::pmr::unordered_map<std::string_view, Claim> claimed_{&memory_};
  /// Of existing servers, by id.
  std::pmr::unordered_map<std::string_view, std::string_view> known_lanes_{&memory_};
  std::unordered_set<std::string_view> left_;  ///< Instances that we created for what is laid no longer.
  std::set<FirewallGroupId> used_groups_;
  std::set<VpcId> used_vpcs_;
};

}  // namespace

std::string owner_tag(const std::string& uid) {
  return tag_of(kOwnerPrefix, uid);
}

std::vector<std::string> host_tags(const std::string& uid, const LaidHost& host) {
  std::vector<std::string> tags{owner_tag(uid), tag_of(kSitePrefix, host.site),
                                tag_of(kPartPrefix, host.name)};
  std::sort(tags.begin(), tags.end());
  return tags;
}

bool has_host_tags(const Instance& instance, const std::string& uid, const LaidHost& host) {
  return has_tag(instance, kOwnerPrefix, uid) && has_tag(instance, kSitePrefix, host.site) &&
         has_tag(instance, kPartPrefix, host.name);
}

std::string vpc_description(const std::string& uid, const LaidSite& site) {
  return (site.wanted.description.empty() ? site.name : site.wanted.description) + ' ' +
         vpc_mark(uid, site.name);
}

std::string without_vpc_mark(const std::string& uid, std::string description) {
  const std::string opening = vpc_mark_of_any(uid);
  for (auto at = description.find(opening); at != std::string::npos; at = description.find(opening)) {
    const auto end = description.find(')', at);
    const bool has_blank = at > 0 && description[at - 1] == ' ';
    description.erase(at - (has_blank ? 1 : 0),
                      end == std::string::npos ? end : end + 1 - at + (has_blank ? 1 : 0));
  }
  return description;
}

std::string group_description(const std::string& uid, const LaidHost& host) {
  return owner_tag(uid) + '/' + host.lane;
}

std::optional<Ipv4> LaidSite::vpc_address(const LaidHost& host) const {
  if (!vpc || !host.instance) return std::nullopt;
  for (const VpcAttachment& attachment : host.instance->vpcs) {
    if (attachment.vpc == vpc->id) return attachment.address;
  }
  return std::nullopt;
}

std::optional<Ipv4> LaidSite::next_hop() const {
  return gateways.empty() ? std::nullopt : vpc_address(gateways.front());
}

const LaidSite* Layout::site(const std::string& name) const {
  const auto found = site_index.find(name);
  return found == site_index.end() ? nullptr : &sites[found->second];
}

Layout lay_out(const VpcPeering& peering, const PeeringRecord& record,
               const std::shared_ptr<const CloudSnapshot>& cloud) {
  return LayoutBuilder(peering, record, cloud).build();
}

}  // namespace vpcp
