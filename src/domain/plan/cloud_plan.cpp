#include "domain/plan/cloud_plan.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

#include "domain/desired/user_data.h"

namespace vpcp {
namespace {

constexpr seconds kPollPending{2};
/// Vultr makes an instance in one to three minutes; one that is pending for so long is stuck.
constexpr minutes kMakingLimit{15};
/// A VPC address can be missing for some seconds after a create (measured 6 to 7 s); after this long it is
/// gone.
constexpr minutes kAttachLimit{3};
/// One answer without the attachment is no proof that it is gone.
constexpr seconds kDetachedLimit{30};

/// A label of DNS has at most 63 bytes (RFC 1035), and a site's name alone may have them.
std::string gateway_hostname(const std::string& site, const std::string& gateway) {
  constexpr std::size_t kLongest = 63;
  return site.substr(0, kLongest - 1 - gateway.size()) + '-' + gateway;
}

class CloudPlanner {
 public:
  CloudPlanner(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record, SystemTime now)
      : spec_(spec),
        layout_(layout),
        record_(record),
        now_(now),
        tunnel_port_(std::to_string(spec.tunnel.listen_port)) {}

  CloudPlanResult plan() {
    for (const LaidSite& site : layout_.sites) {
      plan_vpc(site);
      for (const LaidHost& host : site.gateways) plan_host(site, host);
      for (const LaidHost& host : site.servers) plan_host(site, host);
    }
    if (out_.unsafe) {
      out_.steps.clear();
      return std::move(out_);
    }
    for (const std::string& conflict : layout_.conflicts)
      block("", "ServerSelectedTwice", conflict + "; select every server once");
    if (spec_.deletion_policy == DeletionPolicy::Delete) plan_strays();
    return std::move(out_);
  }

 private:
  void plan_vpc(const LaidSite& site) {
    if (site.wanted.id) {
      if (!site.vpc) {
        block(site.name, "VpcNotFound",
              "no VPC has the id " + site.wanted.id->value + "; correct spec.sites[].vpc.id");
      } else {
        check_adopted_vpc(site);
        hand_over_vpc(site);
      }
      return;
    }
    if (!site.vpc) {
      check_new_vpc(site);
      create(site.name, "vpc", DriftKind::VpcMissing,
             CreateVpc{{site.region, vpc_description(layout_.mark, site), *site.wanted.cidr}},
             "no VPC of ours in " + site.region,
             "Create VPC " + site.wanted.cidr->str() + " in " + site.region);
      return;
    }
    if (site.wanted.cidr && site.vpc->cidr != *site.wanted.cidr) {
      refuse(site.name, "VpcCidrChanged",
             "the VPC has " + site.vpc->cidr.str() + " instead of " + site.wanted.cidr->str() +
                 "; Vultr cannot change it");
    }
    if (site.vpc->description != vpc_description(layout_.mark, site)) {
      add(site.name, DriftKind::VpcDescriptionChanged,
          SetVpcDescription{site.vpc->id, vpc_description(layout_.mark, site)},
          "the description is \"" + site.vpc->description + '"', "Set the VPC's description");
    }
    for (const Vpc& twin : site.vpc_twins) {
      add(site.name, DriftKind::VpcMissing, DeleteVpc{twin.id}, "a second VPC of this site exists",
          "Delete VPC " + twin.id.value, true);
    }
  }

  /// An adopted VPC that an earlier site of the object had made is its owner's from here on. With our mark it
  /// would be deleted as one that was left over, once the site that adopted it goes.
  void hand_over_vpc(const LaidSite& site) {
    const std::string own = without_vpc_mark(layout_.mark, site.vpc->description);
    if (own == site.vpc->description) return;
    add(site.name, DriftKind::LeftToRemove, SetVpcDescription{site.vpc->id, own},
        "the description is \"" + site.vpc->description + "\", with the mark of a VPC that we made",
        "Take our mark off the VPC");
  }

  void check_adopted_vpc(const LaidSite& site) {
    if (site.vpc->region != site.region) {
      refuse(site.name, "VpcInOtherRegion",
             "the VPC " + site.vpc->id.value + " is in " + site.vpc->region + ", not in " + site.region +
                 "; correct spec.sites[].region or vpc.id");
    }
    if (site.wanted.cidr && site.vpc->cidr != *site.wanted.cidr) {
      refuse(site.name, "VpcCidrChanged",
             "the VPC has " + site.vpc->cidr.str() + ", spec.sites[].vpc.cidr says " +
                 site.wanted.cidr->str() + "; write what it has, or leave it out");
    }
    if (!site.vpc->cidr.is_private()) {
      refuse(site.name, "VpcNotPrivate",
             "the VPC's network " + site.vpc->cidr.str() +
                 " is not a private one (RFC 1918); adopt another VPC by spec.sites[].vpc.id");
    }
    if (site.vpc->cidr.overlaps(spec_.tunnel.cidr)) {
      refuse(site.name, "VpcOverlaps",
             "the VPC's network " + site.vpc->cidr.str() + " overlaps spec.tunnel.cidr " +
                 spec_.tunnel.cidr.str() + "; choose another spec.tunnel.cidr");
    }
    refuse_overlaps(site, site.vpc->cidr, "adopt another VPC, or give the other site another network");
  }

  /// What the networks of adopted VPCs are is seen only here. No VPC is made that could never be joined to
  /// them.
  void check_new_vpc(const LaidSite& site) {
    refuse_overlaps(site, *site.wanted.cidr, "give this site another spec.sites[].vpc.cidr");
  }
  void refuse_overlaps(const LaidSite& site, const Cidr& network, const std::string& fix) {
    for (const LaidSite& other : layout_.sites) {
      if (other.name != site.name && other.network() && other.network()->overlaps(network)) {
        refuse(site.name, "VpcOverlaps",
               "the VPC's network " + network.str() + " overlaps " + other.network()->str() +
                   " of the site " + other.name + "; " + fix);
      }
    }
  }

  void plan_host(const LaidSite& site, const LaidHost& host) {
    if (host.origin == HostOrigin::Existing) {
      plan_existing(site, host);
      return;
    }
    if (!host.instance && !site.vpc) return;  // the next pass
    // Gateways first: servers are useless without theirs, and Vultr gives addresses out in order.
    const bool gateways_exist = std::all_of(site.gateways.begin(), site.gateways.end(),
                                            [](const LaidHost& g) { return g.instance != nullptr; });
    if (!host.instance && !host.is_gateway && !gateways_exist) return;
    if (host.needs_group() && !plan_group(host)) return;
    if (!host.instance) {
      plan_create(site, host);
      return;
    }
    for (const Instance& twin : host.twins) {
      add(host.lane, DriftKind::InstanceTwin, DeleteInstance{twin.id},
          "another instance of ours has the same part", "Delete the twin " + twin.id.value, true);
    }
    plan_instance(site, host, *host.instance);
    // Last: the instance may have this one until now.
    for (const FirewallGroup& twin : host.group_twins) {
      add(host.lane, DriftKind::FirewallGroupMissing, DeleteFirewallGroup{twin.id},
          "a second group of this host exists", "Delete firewall group " + twin.id.value, true);
    }
  }

  void plan_existing(const LaidSite& site, const LaidHost& host) {
    if (!host.instance) {
      block(host.lane, "ServerNotFound",
            "no instance has its instanceID, " + host.declared.value + "; correct it or remove the server");
    } else if (site.vpc && !site.vpc_address(host)) {
      block(host.lane, "ServerNotAttached",
            host.instance->label + " is not attached to the VPC of " + site.name + "; attach it");
    }
  }

  /// True when the host's group exists.
  bool plan_group(const LaidHost& host) {
    if (!host.group) {
      create(host.lane, "firewall", DriftKind::FirewallGroupMissing,
             CreateFirewallGroup{group_description(layout_.mark, host)},
             "no firewall group of ours for this host", "Create its firewall group");
      return false;
    }
    plan_rules(host);
    return true;
  }

  /// A rule before its notes are written, which few need: a healthy mesh has thousands of rules.
  struct WantedRule {
    RuleProtocol protocol;
    std::string_view port;
    Cidr source;
    const LaidHost* remote;  ///< Whose WireGuard it admits; null: SSH.

    [[nodiscard]] auto key() const { return std::tie(protocol, source, port); }
    [[nodiscard]] NewFirewallRule rule() const {
      return {protocol, std::string(port), source,
              remote == nullptr ? "SSH" : "WireGuard from " + remote->lane};
    }
  };

  /// Sorted, each once.
  std::vector<WantedRule> wanted_rules(const LaidHost& host) const {
    std::vector<WantedRule> rules;
    const LaidSite* own = layout_.site(host.site);
    if (!host.is_gateway || own == nullptr) return rules;
    rules.reserve(own->neighbours.size() + spec_.ssh_sources.size() + 1);
    for (const Neighbour& neighbour : own->neighbours) {
      for (const LaidHost& remote : layout_.sites[neighbour.site].gateways) {
        if (!remote.instance || !remote.instance->public_ip) continue;
        rules.push_back({RuleProtocol::Udp, tunnel_port_, Cidr::host(*remote.instance->public_ip), &remote});
      }
    }
    std::vector<Cidr> sources = spec_.ssh_sources;
    if (sources.empty()) sources.push_back({{0}, 0});
    for (const Cidr& source : sources) rules.push_back({RuleProtocol::Tcp, "22", source, nullptr});
    const auto same = [](const WantedRule& a, const WantedRule& b) { return a.key() == b.key(); };
    std::sort(rules.begin(), rules.end(),
              [](const WantedRule& a, const WantedRule& b) { return a.key() < b.key(); });
    rules.erase(std::unique(rules.begin(), rules.end(), same), rules.end());
    return rules;
  }

  void plan_rules(const LaidHost& host) {
    const std::vector<WantedRule> wanted = wanted_rules(host);
    std::vector<bool> there(wanted.size(), false);
    std::vector<int> extra;
    for (const FirewallRule& found : host.group->rules) {
      const std::string_view port = found.rule.port;
      const auto key = std::tie(found.rule.protocol, found.rule.source, port);
      const auto place =
          std::lower_bound(wanted.begin(), wanted.end(), key,
                           [](const WantedRule& rule, const auto& other) { return rule.key() < other; });
      const auto index = static_cast<std::size_t>(place - wanted.begin());
      if (!found.foreign && place != wanted.end() && place->key() == key && !there[index])
        there[index] = true;
      else
        extra.push_back(found.id);
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {  // first what opens, then what closes
      if (there[i]) continue;
      const NewFirewallRule rule = wanted[i].rule();
      add(host.lane, DriftKind::FirewallRulesChanged, AddFirewallRule{host.group->id, rule},
          "a rule is missing",
          "Admit " + rule.port + (rule.protocol == RuleProtocol::Udp ? "/udp from " : "/tcp from ") +
              rule.source.str());
    }
    for (const int id : extra) {
      add(host.lane, DriftKind::FirewallRulesChanged, DeleteFirewallRule{host.group->id, id},
          "a rule is there that nobody declared", "Remove firewall rule " + std::to_string(id));
    }
  }

  void plan_create(const LaidSite& site, const LaidHost& host) {
    const HostRecord& known = record_.hosts.at(host.lane);
    NewInstance wanted;
    wanted.region = site.region;
    wanted.plan = host.create.plan;
    wanted.os = host.create.os;
    wanted.label = host.create.label;
    wanted.hostname = host.is_gateway ? gateway_hostname(site.name, host.name) : host.name;
    wanted.tags = host_tags(layout_.mark, host);
    wanted.vpc = site.vpc->id;
    if (host.group) wanted.firewall_group = host.group->id;
    if (host.create.public_address == PublicAddress::None) {
      wanted.network = site.vpc->has_nat_gateway ? PublicNetwork::VpcOnly : PublicNetwork::NoIPv4;
      if (wanted.network == PublicNetwork::VpcOnly) wanted.firewall_group.reset();  // no public NIC to filter
    }
    wanted.user_data =
        bootstrap_user_data(known.bootstrap_host_key, known.pinned.front(), record_.ssh.public_key);
    create(host.lane, "instance", DriftKind::InstanceMissing, CreateInstance{std::move(wanted)},
           "no instance of ours has this part",
           "Create " + host.create.label + " (" + host.create.plan + ", " + host.create.os + ") in " +
               site.region);
  }

  void plan_instance(const LaidSite& site, const LaidHost& host, const Instance& instance) {
    if (instance.state == InstanceState::Suspended) {
      block(host.lane, "InstanceSuspended",
            instance.label + " is suspended by Vultr; see its ticket or billing page");
      return;
    }
    if (instance.state == InstanceState::Pending && now_ - instance.created > kMakingLimit) {
      block(host.lane, "InstanceStuck",
            instance.label + " has been pending for " +
                std::to_string(std::chrono::duration_cast<minutes>(now_ - instance.created).count()) +
                " minutes; look at its console at Vultr, and delete it there to have it made anew");
      return;
    }
    if (instance.state == InstanceState::Pending || instance.state == InstanceState::Resizing ||
        instance.locked) {
      wait(host.lane, "the instance is being made ready");
      return;
    }
    if (site.vpc && !site.vpc_address(host)) {
      plan_detached(site, host, instance);
      return;
    }
    if (host.is_gateway && !instance.public_ip) wait(host.lane, "the instance has no public address yet");
    if (host.needs_group() && host.group && instance.firewall_group != host.group->id &&
        !instance.vpc_only) {  // whose VPC may have got its NAT gateway, or lost it, since
      InstancePatch patch;
      patch.firewall_group = host.group->id;
      add(host.lane, DriftKind::FirewallGroupDetached, UpdateInstance{instance.id, patch},
          "the instance does not have its firewall group", "Attach its firewall group");
    }
    plan_tags(host, instance);
    plan_user_data(host, instance);
    if (instance.power == PowerState::Stopped) {
      add(host.lane, DriftKind::InstanceStopped, StartInstance{instance.id}, "the instance is powered off",
          "Start " + instance.label, true);
    }
  }

  void plan_detached(const LaidSite& site, const LaidHost& host, const Instance& instance) {
    const auto known = record_.hosts.find(host.lane);
    const bool lasting = known != record_.hosts.end() && known->second.detached_since &&
                         now_ - *known->second.detached_since >= kDetachedLimit;
    if (now_ - instance.created < kAttachLimit || !lasting) {
      wait(host.lane, "the instance has no VPC address");
      return;
    }
    if (host.is_gateway) {
      add(host.lane, DriftKind::InstanceDetached, DeleteInstance{instance.id},
          "the gateway is not attached to the VPC of " + site.name +
              "; attaching a running instance is unreliable, so it is replaced",
          "Delete " + instance.label, true);
      return;
    }
    block(host.lane, "ServerDetached",
          instance.label + " is no longer attached to the VPC of " + site.name +
              "; attach it, or delete it and let us create it anew (its data would be lost, so we do not)");
  }

  void plan_tags(const LaidHost& host, const Instance& instance) {
    if (has_host_tags(instance, layout_.mark, host)) return;
    const std::vector<std::string> ours = host_tags(layout_.mark, host);
    std::set<std::string> tags(instance.tags.begin(), instance.tags.end());
    tags.insert(ours.begin(), ours.end());
    InstancePatch patch;
    patch.tags.emplace(tags.begin(), tags.end());
    add(host.lane, DriftKind::TagsChanged, UpdateInstance{instance.id, patch}, "tags of ours are missing",
        "Put our tags back");
  }

  void plan_user_data(const LaidHost& host, const Instance& instance) {
    const auto known = record_.hosts.find(host.lane);
    if (known == record_.hosts.end() || !known->second.rotated || known->second.user_data_replaced) return;
    InstancePatch patch;
    patch.user_data = user_data_stub();
    add(host.lane, DriftKind::UserDataNotReplaced, UpdateInstance{instance.id, patch},
        "the user-data still holds the first host key", "Replace the user-data by a stub");
  }

  void plan_strays() {
    for (const LaidHost& host : layout_.departed) {
      // It may be reached over what would be deleted.
      if (host.instance) return wait(host.lane, "a server that left the spec is being restored");
    }
    for (const Instance& instance : layout_.stray_instances) {
      add("stray/" + instance.id.value, DriftKind::LeftToRemove, DeleteInstance{instance.id},
          "it is ours, but no longer declared", "Delete " + instance.label, true);
    }
    if (!layout_.stray_instances.empty()) return;  // they may still use what follows
    for (const FirewallGroup& group : layout_.stray_groups) {
      add("stray/" + group.id.value, DriftKind::LeftToRemove, DeleteFirewallGroup{group.id},
          "it is ours, but no longer declared", "Delete firewall group " + group.description, true);
    }
    for (const Vpc& vpc : layout_.stray_vpcs) {
      add("stray/" + vpc.id.value, DriftKind::LeftToRemove, DeleteVpc{vpc.id},
          "it is ours, but no longer declared", "Delete VPC " + vpc.description, true);
    }
  }

  /// A create that is pending is looked for, not repeated.
  void create(const std::string& lane, const char* kind, DriftKind drift, Action action, std::string why,
              std::string summary) {
    const auto pending = record_.pending.find(resource_of(kind, lane));
    if (pending != record_.pending.end() && now_ - pending->second.since < kLostCreateLimit) {
      wait(lane, "a create was sent at " + to_rfc3339(pending->second.since) + "; it is not visible yet");
      return;
    }
    add(lane, drift, std::move(action), std::move(why), std::move(summary), true);
  }

  void add(const std::string& lane, DriftKind kind, Action action, std::string why, std::string summary,
           bool last = false) {
    out_.steps.push_back({lane, kind, std::move(action), std::move(why), std::move(summary), last});
  }
  void block(const std::string& lane, std::string reason, std::string message) {
    out_.blocked.push_back({lane, std::move(reason), std::move(message)});
  }
  void refuse(const std::string& lane, std::string reason, std::string message) {
    out_.unsafe = true;
    block(lane, std::move(reason), std::move(message));
  }
  void wait(const std::string& lane, const std::string& what) {
    out_.waiting.push_back(lane + ": " + what);
    out_.recheck_after = kPollPending;
  }

  const PeeringSpec& spec_;
  const Layout& layout_;
  const PeeringRecord& record_;
  SystemTime now_;
  const std::string tunnel_port_;
  CloudPlanResult out_;
};

}  // namespace

std::string pending_key(const Step& step) {
  if (std::holds_alternative<CreateVpc>(step.action)) return resource_of("vpc", step.lane);
  if (std::holds_alternative<CreateFirewallGroup>(step.action)) return resource_of("firewall", step.lane);
  if (std::holds_alternative<CreateInstance>(step.action)) return resource_of("instance", step.lane);
  return {};
}

CloudPlanResult plan_cloud(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record,
                           SystemTime now) {
  return CloudPlanner(spec, layout, record, now).plan();
}

}  // namespace vpcp
