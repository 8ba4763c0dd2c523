#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domain/cloud_samples.h"
#include "domain/plan/cloud_plan.h"

/// Cloud plans as lines of text, and the world that they are made for.
namespace vpcp {

using namespace samples;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

inline std::string text(RuleProtocol protocol) {
  return protocol == RuleProtocol::Udp ? "udp" : protocol == RuleProtocol::Tcp ? "tcp" : "icmp";
}

inline std::string text(const InstancePatch& patch) {
  std::string out;
  if (patch.tags) {
    out += " tags";
    for (const std::string& tag : *patch.tags) out += ' ' + tag;
  }
  if (patch.firewall_group) out += " group " + patch.firewall_group->value;
  if (patch.user_data) out += " user-data " + std::string(patch.user_data->reveal());
  return out;
}

inline std::string text(const NewInstance& wanted) {
  std::string out = wanted.region + ' ' + wanted.plan + ' ' + wanted.label + ' ' + wanted.hostname + " in " +
                    wanted.vpc.value;
  if (wanted.firewall_group) out += " behind " + wanted.firewall_group->value;
  switch (wanted.network) {
    case PublicNetwork::IPv4:
      return out;
    case PublicNetwork::VpcOnly:
      return out + " vpc-only";
    case PublicNetwork::NoIPv4:
      return out + " no-ipv4";
  }
  return out;
}

inline std::string text(const Action& action) {
  return std::visit(
      Overloaded{
          [](const CreateVpc& a) {
            return "create vpc " + a.vpc.region + ' ' + a.vpc.cidr.str() + ' ' + a.vpc.description;
          },
          [](const SetVpcDescription& a) { return "describe " + a.id.value + ' ' + a.description; },
          [](const DeleteVpc& a) { return "delete vpc " + a.id.value; },
          [](const CreateFirewallGroup& a) { return "create group " + a.description; },
          [](const AddFirewallRule& a) {
            return "add rule " + a.group.value + ' ' + text(a.rule.protocol) + ' ' + a.rule.port + ' ' +
                   a.rule.source.str();
          },
          [](const DeleteFirewallRule& a) {
            return "delete rule " + a.group.value + ' ' + std::to_string(a.rule);
          },
          [](const DeleteFirewallGroup& a) { return "delete group " + a.id.value; },
          [](const CreateInstance& a) { return "create instance " + text(a.instance); },
          [](const UpdateInstance& a) { return "update " + a.id.value + text(a.patch); },
          [](const StartInstance& a) { return "start " + a.id.value; },
          [](const DeleteInstance& a) { return "delete instance " + a.id.value; },
          [](const HostChange&) { return std::string("change host"); },
          [](const RotateHostKey&) { return std::string("rotate host key"); },
          [](const Advise& a) { return "advise: " + a.advice; },
      },
      action);
}

/// A step as one line; '.' at its end where the lane ends.
inline std::vector<std::string> lines(const CloudPlanResult& plan) {
  std::vector<std::string> out;
  for (const Step& step : plan.steps)
    out.push_back(step.lane + ": " + to_string(step.kind) + ": " + text(step.action) +
                  (step.last_of_lane ? "." : ""));
  for (const LaneBlock& block : plan.blocked) out.push_back(block.lane + ": blocked: " + block.reason);
  for (const std::string& waiting : plan.waiting) out.push_back("waiting: " + waiting);
  return out;
}

struct World {
  PeeringSpec spec = specs::ams_blr();
  PeeringRecord record;
  CloudSnapshot cloud = samples::cloud();
  SystemTime now = kStart + hours{1};

  /// One pass, as a controller makes it.
  CloudPlanResult plan() {
    const VpcPeering object = peering(spec);
    extend_record(record, spec, SystemTime{});
    const Layout layout = lay_out(object, record, std::make_shared<const CloudSnapshot>(cloud));
    prepare_record(record, layout, now);
    return plan_cloud(spec, layout, record, now);
  }
};

inline void turn_into_existing(World& w) {
  w.spec.sites[0].servers.clear();
  ServerSpec server;
  server.name = "legacy";
  server.instance_id = InstanceId{"x"};
  server.ssh = SshAccess{};
  w.spec.sites[0].servers.push_back(server);
  drop(w.cloud.instances, "app");
  w.cloud.instances.push_back(foreign("x", "Legacy"));
}

}  // namespace vpcp
