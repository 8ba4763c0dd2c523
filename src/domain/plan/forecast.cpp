#include "domain/plan/forecast.h"

#include <algorithm>
#include <set>

#include "domain/desired/desired.h"
#include "domain/host/host_key.h"
#include "domain/host/host_plan.h"
#include "domain/host/read_files.h"
#include "domain/host/removal_plan.h"
#include "domain/plan/reroute.h"

namespace vpcp {
namespace {

/// 240.0.0.0/4 is nobody's (RFC 1112, section 4).
constexpr std::uint32_t kStandIns = 0xF0000000;
/// Of a spec of 64 sites with some servers each; more is a plan that never ends.
constexpr int kMostRounds = 500;

/// A cloud in which steps happen at once.
class ImaginedCloud {
 public:
  ImaginedCloud(CloudSnapshot cloud, Forecast& out, SystemTime now)
      : cloud_(std::move(cloud)), out_(out), now_(now) {}

  /// As it is now: what is applied later is not in it.
  [[nodiscard]] std::shared_ptr<const CloudSnapshot> cloud() const {
    return std::make_shared<const CloudSnapshot>(cloud_);
  }

  void apply(const Step& step) {
    lane_ = step.lane;
    std::visit([this](const auto& action) { act(action); }, step.action);
  }

 private:
  std::string next_id() { return "to-be-made-" + std::to_string(++made_); }
  Ipv4 stand_in(const std::string& what) {
    const Ipv4 address{kStandIns + ++addresses_};
    out_.stand_ins[address.str()] = "(" + what + " of " + lane_ + ")";
    return address;
  }
  Instance* instance(const InstanceId& id) {
    const auto found = std::ranges::find(cloud_.instances, id, &Instance::id);
    return found == cloud_.instances.end() ? nullptr : &*found;
  }
  FirewallGroup* group(const FirewallGroupId& id) {
    const auto found = std::ranges::find(cloud_.firewall_groups, id, &FirewallGroup::id);
    return found == cloud_.firewall_groups.end() ? nullptr : &*found;
  }

  void act(const CreateVpc& create) {
    cloud_.vpcs.push_back(
        {{next_id()}, create.vpc.region, create.vpc.description, create.vpc.cidr, now_, false});
  }
  void act(const SetVpcDescription& set) {
    for (Vpc& vpc : cloud_.vpcs) {
      if (vpc.id == set.id) vpc.description = set.description;
    }
  }
  void act(const DeleteVpc& gone) {
    std::erase_if(cloud_.vpcs, [&](const Vpc& vpc) { return vpc.id == gone.id; });
  }
  void act(const CreateFirewallGroup& create) {
    cloud_.firewall_groups.push_back({{next_id()}, create.description, {}, now_});
  }
  void act(const AddFirewallRule& add) {
    if (FirewallGroup* to = group(add.group)) to->rules.push_back({1000 + ++made_, add.rule, false});
  }
  void act(const DeleteFirewallRule& gone) {
    if (FirewallGroup* from = group(gone.group))
      std::erase_if(from->rules, [&](const FirewallRule& rule) { return rule.id == gone.rule; });
  }
  void act(const DeleteFirewallGroup& gone) {
    std::erase_if(cloud_.firewall_groups, [&](const FirewallGroup& group) { return group.id == gone.id; });
  }
  void act(const CreateInstance& create) {
    const NewInstance& wanted = create.instance;
    Instance made;
    made.id = {next_id()};
    made.region = wanted.region;
    made.plan = wanted.plan;
    made.os = wanted.os;
    made.label = wanted.label;
    made.tags = wanted.tags;
    made.state = InstanceState::Active;
    if (wanted.network == PublicNetwork::IPv4) made.public_ip = stand_in("public address");
    made.vpcs = {{wanted.vpc, stand_in("VPC address")}};
    made.firewall_group = wanted.firewall_group;
    made.created = now_;
    cloud_.instances.push_back(std::move(made));
    out_.new_hosts.push_back(lane_);
  }
  void act(const UpdateInstance& update) {
    Instance* changed = instance(update.id);
    if (changed == nullptr) return;
    if (update.patch.tags) changed->tags = *update.patch.tags;
    if (update.patch.firewall_group) changed->firewall_group = update.patch.firewall_group;
  }
  void act(const StartInstance& start) {
    if (Instance* started = instance(start.id)) started->power = PowerState::Running;
  }
  void act(const DeleteInstance& gone) {
    std::erase_if(cloud_.instances, [&](const Instance& instance) { return instance.id == gone.id; });
  }
  void act(const HostChange& /*change*/) {}
  void act(const RotateHostKey& /*change*/) {}
  void act(const Advise& /*left to people*/) {}

  CloudSnapshot cloud_;
  Forecast& out_;
  SystemTime now_;
  std::string lane_;
  int made_{0};
  std::uint32_t addresses_{0};
};

/// Steps until none is new.
void forecast_cloud(const VpcPeering& peering, PeeringRecord& record, ImaginedCloud& cloud, Forecast& out,
                    SystemTime now) {
  std::set<std::pair<std::string, std::string>> seen;
  for (int round = 0; round < kMostRounds; ++round) {
    out.after = lay_out(peering, record, cloud.cloud());
    prepare_record(record, out.after, now);
    CloudPlanResult plan = plan_cloud(peering.spec, out.after, record, now);
    out.blocked = plan.blocked;
    out.waiting = plan.waiting;
    out.unsafe = plan.unsafe;
    bool any = false;
    for (Step& step : plan.steps) {
      if (!seen.emplace(step.lane, step.summary).second) continue;
      any = true;
      cloud.apply(step);
      out.cloud.push_back(std::move(step));
    }
    if (!any || out.unsafe) return;
  }
}

void forecast_hosts(const VpcPeering& peering, const PeeringRecord& record,
                    const std::map<std::string, HostFacts>& facts, Forecast& out) {
  const DesiredHosts desired(peering.spec, out.after, record);
  const auto forecast_host = [&](const LaidHost& host) {
    const auto known = facts.find(host.lane);
    const bool is_new = std::ranges::find(out.new_hosts, host.lane) != out.new_hosts.end();
    if (known == facts.end() || is_new) return;
    auto plan = plan_host(desired, host, known->second);
    if (!plan) return;
    if (auto rotation = host_key_rotation(host, *plan, record)) plan->steps.push_back(*std::move(rotation));
    out.hosts[host.lane] = *std::move(plan);
  };
  for (const LaidSite& site : out.after.sites) {
    std::ranges::for_each(site.gateways, forecast_host);
    std::ranges::for_each(site.servers, forecast_host);
  }
}

void note_interruptions(Forecast& out, const Ways& ways) {
  const auto note = [&](Interruption interruption) {
    if (std::ranges::find(out.interruptions, interruption) == out.interruptions.end())
      out.interruptions.push_back(std::move(interruption));
  };
  const auto note_step = [&](const Step& step) {
    if (auto interruption = interruption_of(step)) note(*std::move(interruption));
  };
  std::ranges::for_each(out.cloud, note_step);
  for (const auto& [lane, plan] : out.hosts) std::ranges::for_each(plan.steps, note_step);
  std::ranges::for_each(interruptions_between(ways, ways_declared(out.after)), note);
}

}  // namespace

Forecast forecast(const VpcPeering& peering, ForecastGround ground, SystemTime now) {
  PeeringRecord& record = ground.record;
  const auto& facts = ground.facts;
  Forecast out;
  out.before = lay_out(peering, record, std::make_shared<const CloudSnapshot>(ground.cloud));
  const Ways ways = ways_now(out.before, record, facts);  // before anything gets new keys in mind
  for (const LaidHost& host : out.before.departed) {
    const auto known = facts.find(host.lane);
    if (known != facts.end()) out.hosts[host.lane] = plan_server_removal(known->second, host.lane);
    record.hosts.erase(host.lane);  // restored, it holds up nothing
  }
  ImaginedCloud imagined(std::move(ground.cloud), out, now);
  forecast_cloud(peering, record, imagined, out, now);
  if (out.unsafe) return out;
  for (const auto& [ref, gateway] : record.gateways) {
    if (std::ranges::find(out.new_hosts, ref.str()) != out.new_hosts.end())
      out.stand_ins[gateway.keys.public_key] = "(public key of " + ref.str() + ")";
  }
  for (const auto& [edge, key] : record.preshared_keys) {
    if (!ground.keyed.contains(edge)) out.stand_ins[shown_key(key.reveal())] = "(a new key)";
  }
  forecast_hosts(peering, record, facts, out);
  note_interruptions(out, ways);
  return out;
}

}  // namespace vpcp
