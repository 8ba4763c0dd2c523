#include "contract/cloud_contract.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace vpcp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

const char* const kOs = "Ubuntu 22.04 LTS x64";

/// What every CloudProvider must do. The stage is made anew for each test.
class EveryCloud : public ::testing::TestWithParam<StageKind> {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  void SetUp() override { stage_ = GetParam().make(); }

  CloudProvider& cloud() { return stage_->cloud(); }
  CloudSnapshot look() {
    const auto view = cloud().look({}, milliseconds{0});
    EXPECT_TRUE(view.ok()) << view.error().reason << " " << view.error().message;
    return view.ok() ? **view : CloudSnapshot{};
  }
  Vpc make_vpc(const std::string& cidr = "172.16.1.0/24") {
    return cloud().create_vpc({}, {"ams", "VPC-A vpcp-1", *Cidr::parse(cidr)}).value();
  }
  static NewInstance server_in(const Vpc& vpc) {
    NewInstance wanted;
    wanted.region = vpc.region;
    wanted.plan = "vc2-1c-1gb";
    wanted.os = kOs;
    wanted.label = "Gateway-A";
    wanted.hostname = "gateway-a";
    wanted.tags = {"vpcp-1", "vpcp-1-ams"};
    wanted.vpc = vpc.id;
    wanted.user_data = Secret::copy_of("#cloud-config\n");
    return wanted;
  }
  Instance make_server(const Vpc& vpc) { return cloud().create_instance({}, server_in(vpc)).value(); }
  FirewallGroup make_group() { return cloud().create_firewall_group({}, "vpcp-1 ams").value(); }
  void settle() { stage_->pass(minutes{2}); }
  Instance only_server() {
    const CloudSnapshot view = look();
    EXPECT_EQ(view.instances.size(), 1u);
    return view.instances.empty() ? Instance{} : view.instances[0];
  }
  std::vector<NewFirewallRule> rules_of(const FirewallGroupId& id) {
    std::vector<NewFirewallRule> rules;
    for (const FirewallGroup& group : look().firewall_groups) {
      if (group.id != id) continue;
      for (const FirewallRule& rule : group.rules) rules.push_back(rule.rule);
    }
    return rules;
  }

  std::unique_ptr<CloudStage> stage_;
};

template <class T>
void expect_error(const Result<T>& result, ErrorKind kind, const char* reason) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, kind) << result.error().message;
  EXPECT_EQ(result.error().reason, reason) << result.error().message;
}

const NewFirewallRule kTunnel{RuleProtocol::Udp, "51820", *Cidr::parse("192.0.2.7/32"), "vpcp tunnel"};
const NewFirewallRule kSsh{RuleProtocol::Tcp, "22", *Cidr::parse("0.0.0.0/0"), "vpcp ssh"};
const NewFirewallRule kPing{RuleProtocol::Icmp, "", *Cidr::parse("192.0.2.0/24"), ""};

TEST_P(EveryCloud, ShowsAVpcAsItWasMade) {
  const Vpc vpc = make_vpc();
  EXPECT_THAT(look().vpcs, ElementsAre(vpc));
  EXPECT_EQ(vpc.cidr.str(), "172.16.1.0/24");
  EXPECT_EQ(vpc.region, "ams");
}

TEST_P(EveryCloud, ChangesADescription) {
  const Vpc vpc = make_vpc();
  ASSERT_TRUE(cloud().set_vpc_description({}, vpc.id, "VPC-A vpcp-1 site=amsterdam").ok());
  EXPECT_EQ(look().vpcs.at(0).description, "VPC-A vpcp-1 site=amsterdam");
}

TEST_P(EveryCloud, ShowsANewInstanceBeforeItHasAddresses) {
  const Instance made = make_server(make_vpc());
  const Instance seen = only_server();
  EXPECT_EQ(seen.id, made.id);
  EXPECT_EQ(seen.state, InstanceState::Pending);
  EXPECT_EQ(seen.public_ip, std::nullopt);
}

TEST_P(EveryCloud, ShowsASettledInstanceWhole) {
  const Vpc vpc = make_vpc();
  const FirewallGroup group = make_group();
  NewInstance wanted = server_in(vpc);
  wanted.firewall_group = group.id;
  const Instance made = cloud().create_instance({}, wanted).value();
  settle();
  const Instance seen = only_server();
  EXPECT_EQ(seen.id, made.id);
  EXPECT_EQ(seen.region, "ams");
  EXPECT_EQ(seen.plan, "vc2-1c-1gb");
  EXPECT_EQ(seen.os, kOs);
  EXPECT_EQ(seen.label, "Gateway-A");
  EXPECT_THAT(seen.tags, UnorderedElementsAre("vpcp-1", "vpcp-1-ams"));
  EXPECT_EQ(seen.state, InstanceState::Active);
  EXPECT_EQ(seen.power, PowerState::Running);
  EXPECT_TRUE(seen.public_ip.has_value());
  EXPECT_EQ(seen.firewall_group, group.id);
  EXPECT_THAT(seen.vpcs, ElementsAre(VpcAttachment{vpc.id, *Ipv4::parse("172.16.1.3")}));
  EXPECT_EQ(stage_->user_data(made.id), "#cloud-config\n");
}

TEST_P(EveryCloud, MakesInstancesThatHaveNoPublicIpv4) {
  NewInstance wanted = server_in(make_vpc());
  wanted.network = PublicNetwork::NoIPv4;
  ASSERT_TRUE(cloud().create_instance({}, wanted).ok());
  settle();
  EXPECT_EQ(only_server().public_ip, std::nullopt);
  EXPECT_FALSE(only_server().vpc_only);
}

TEST_P(EveryCloud, MakesVpcOnlyInstancesWhereTheVpcHasANatGateway) {
  const Vpc vpc = make_vpc();
  NewInstance wanted = server_in(vpc);
  wanted.network = PublicNetwork::VpcOnly;
  expect_error(cloud().create_instance({}, wanted), ErrorKind::Invalid, "NatGatewayMissing");
  stage_->add_nat_gateway(vpc.id);
  ASSERT_TRUE(cloud().create_instance({}, wanted).ok());
  settle();
  EXPECT_EQ(only_server().public_ip, std::nullopt);
  EXPECT_TRUE(only_server().vpc_only);
}

TEST_P(EveryCloud, KnowsWhatCanBeBought) {
  const auto catalogue = cloud().catalogue({});
  ASSERT_TRUE(catalogue.ok());
  EXPECT_EQ((*catalogue)->plans.at("vc2-1c-1gb").monthly_cost_usd, 5.0);
  EXPECT_EQ((*catalogue)->os_ids.at(kOs), 1743);
  EXPECT_TRUE(std::ranges::count((*catalogue)->regions, "blr"));
}

TEST_P(EveryCloud, RefusesWhatCannotBeBought) {
  const Vpc vpc = make_vpc();
  NewInstance region = server_in(vpc), plan = server_in(vpc), os = server_in(vpc);
  region.region = "nowhere";
  plan.plan = "vc9-none";
  os.os = "Ubuntu 23.04";
  expect_error(cloud().create_instance({}, region), ErrorKind::Invalid, "RegionUnknown");
  expect_error(cloud().create_instance({}, plan), ErrorKind::Invalid, "PlanNotAvailable");
  expect_error(cloud().create_instance({}, os), ErrorKind::Invalid, "ImageNotAvailable");
  expect_error(cloud().create_vpc({}, {"nowhere", "x", *Cidr::parse("172.16.9.0/24")}), ErrorKind::Invalid,
               "RegionUnknown");
  EXPECT_TRUE(look().instances.empty());
}

TEST_P(EveryCloud, SaysWhenALimitIsReached) {
  const Vpc vpc = make_vpc();
  stage_->reach_quota();
  expect_error(cloud().create_instance({}, server_in(vpc)), ErrorKind::Denied, "QuotaReached");
  for (int i = 2; i <= 5; ++i) make_vpc("172.16." + std::to_string(i) + ".0/24");
  expect_error(cloud().create_vpc({}, {"ams", "sixth", *Cidr::parse("172.16.6.0/24")}), ErrorKind::Denied,
               "QuotaReached");
}

TEST_P(EveryCloud, SaysWhenARegionIsSoldOut) {
  const Vpc vpc = make_vpc();
  stage_->make(Trouble::OutOfCapacity);
  expect_error(cloud().create_instance({}, server_in(vpc)), ErrorKind::Denied, "OutOfCapacity");
  EXPECT_TRUE(look().instances.empty());
}

TEST_P(EveryCloud, SaysWhenTheKeyIsRefusedOrHasNoRight) {
  const auto stranger = stage_->with_wrong_key();
  expect_error(stranger->look({}, milliseconds{0}), ErrorKind::Denied, "ApiKeyRefused");
  expect_error(stranger->create_vpc({}, {"ams", "x", *Cidr::parse("172.16.1.0/24")}), ErrorKind::Denied,
               "ApiKeyRefused");
  stage_->make(Trouble::NotPermitted);
  expect_error(cloud().create_vpc({}, {"ams", "x", *Cidr::parse("172.16.1.0/24")}), ErrorKind::Denied,
               "NotPermitted");
  EXPECT_TRUE(look().vpcs.empty());
}

TEST_P(EveryCloud, ALostAnswerIsReportedAndTheInstanceIsThereOnce) {
  const Vpc vpc = make_vpc();
  stage_->make(Trouble::CreateAnswerLost);
  expect_error(cloud().create_instance({}, server_in(vpc)), ErrorKind::Transient, "AnswerLost");
  EXPECT_THAT(only_server().tags, UnorderedElementsAre("vpcp-1", "vpcp-1-ams"));
}

TEST_P(EveryCloud, PassesOnThePauseThatIsAskedFor) {
  stage_->make(Trouble::Throttled);
  const auto view = cloud().look({}, milliseconds{0});
  expect_error(view, ErrorKind::Throttled, "VultrRateLimited");
  EXPECT_EQ(view.error().retry_after, seconds{7});
}

TEST_P(EveryCloud, DeletingWhatIsGoneSucceeds) {
  const Vpc vpc = make_vpc();
  const FirewallGroup group = make_group();
  const Instance server = make_server(vpc);
  settle();
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(cloud().delete_instance({}, server.id).ok());
    settle();
    EXPECT_TRUE(cloud().delete_firewall_rule({}, group.id, 1).ok());
    EXPECT_TRUE(cloud().delete_firewall_group({}, group.id).ok());
    EXPECT_TRUE(cloud().delete_vpc({}, vpc.id).ok());
  }
  const CloudSnapshot view = look();
  EXPECT_TRUE(view.vpcs.empty() && view.instances.empty() && view.firewall_groups.empty());
}

TEST_P(EveryCloud, KeepsAVpcThatIsAttachedAndForAWhileAfter) {
  const Vpc vpc = make_vpc();
  const Instance server = make_server(vpc);
  settle();
  expect_error(cloud().delete_vpc({}, vpc.id), ErrorKind::Conflict, "StillAttached");
  ASSERT_TRUE(cloud().delete_instance({}, server.id).ok());
  expect_error(cloud().delete_vpc({}, vpc.id), ErrorKind::Conflict, "StillAttached");
  stage_->pass(minutes{3});
  EXPECT_TRUE(cloud().delete_vpc({}, vpc.id).ok());
}

TEST_P(EveryCloud, ALockedInstanceIsAConflictThatPasses) {
  const Instance server = make_server(make_vpc());
  settle();
  stage_->make(Trouble::Locked);
  expect_error(cloud().delete_instance({}, server.id), ErrorKind::Conflict, "Locked");
  EXPECT_TRUE(cloud().delete_instance({}, server.id).ok());
  EXPECT_TRUE(look().instances.empty());
}

TEST_P(EveryCloud, StartsWhatIsPoweredOff) {
  const Instance server = make_server(make_vpc());
  settle();
  stage_->halt(server.id);
  EXPECT_EQ(only_server().power, PowerState::Stopped);
  ASSERT_TRUE(cloud().start_instance({}, server.id).ok());
  settle();
  EXPECT_EQ(only_server().power, PowerState::Running);
}

TEST_P(EveryCloud, AddsEachRuleOnceAndDeletesIt) {
  const FirewallGroup group = make_group();
  for (const NewFirewallRule& rule : {kTunnel, kSsh, kPing, kTunnel}) {
    EXPECT_TRUE(cloud().add_firewall_rule({}, group.id, rule).ok());
  }
  EXPECT_THAT(rules_of(group.id), UnorderedElementsAre(kTunnel, kSsh, kPing));
  const auto rules = look().firewall_groups.at(0).rules;
  const auto ssh = std::ranges::find_if(rules, [](const FirewallRule& rule) { return rule.rule == kSsh; });
  ASSERT_NE(ssh, rules.end());
  EXPECT_TRUE(cloud().delete_firewall_rule({}, group.id, ssh->id).ok());
  EXPECT_THAT(rules_of(group.id), UnorderedElementsAre(kTunnel, kPing));
}

TEST_P(EveryCloud, SwappedRulesAreSeenAtOnce) {
  const FirewallGroup group = make_group();
  ASSERT_TRUE(cloud().add_firewall_rule({}, group.id, kTunnel).ok());
  const int id = look().firewall_groups.at(0).rules.at(0).id;
  ASSERT_TRUE(cloud().delete_firewall_rule({}, group.id, id).ok());
  ASSERT_TRUE(cloud().add_firewall_rule({}, group.id, kSsh).ok());
  EXPECT_THAT(rules_of(group.id), ElementsAre(kSsh));
}

TEST_P(EveryCloud, DeletingAGroupInUseLeavesTheInstanceOpen) {
  const FirewallGroup group = make_group();
  NewInstance wanted = server_in(make_vpc());
  wanted.firewall_group = group.id;
  ASSERT_TRUE(cloud().create_instance({}, wanted).ok());
  settle();
  EXPECT_TRUE(cloud().delete_firewall_group({}, group.id).ok());
  EXPECT_EQ(only_server().firewall_group, std::nullopt);
}

TEST_P(EveryCloud, APatchChangesWhatItNamesAndNothingElse) {
  const FirewallGroup group = make_group();
  const Instance server = make_server(make_vpc());
  settle();
  InstancePatch tags, firewall, user_data;
  tags.tags = {"vpcp-1", "other"};
  firewall.firewall_group = group.id;
  user_data.user_data = Secret::copy_of("{}\n");
  for (const InstancePatch& patch : {tags, firewall, user_data}) {
    ASSERT_TRUE(cloud().update_instance({}, server.id, patch).ok());
  }
  const Instance seen = only_server();
  EXPECT_THAT(seen.tags, UnorderedElementsAre("vpcp-1", "other"));
  EXPECT_EQ(seen.firewall_group, group.id);
  EXPECT_EQ(stage_->user_data(server.id), "{}\n");
  EXPECT_EQ(seen.label, "Gateway-A");
}

TEST_P(EveryCloud, ChangingWhatIsGoneIsAConflict) {
  const InstanceId gone{"cb676a46-66fd-4dfb-b839-443f2e6c0b60"};
  InstancePatch patch;
  patch.tags = {"a"};
  expect_error(cloud().update_instance({}, gone, patch), ErrorKind::Conflict, "NotFound");
  expect_error(cloud().start_instance({}, gone), ErrorKind::Conflict, "NotFound");
  expect_error(cloud().set_vpc_description({}, {gone.value}, "x"), ErrorKind::Conflict, "NotFound");
  expect_error(cloud().add_firewall_rule({}, {gone.value}, kSsh), ErrorKind::Conflict, "NotFound");
}

TEST_P(EveryCloud, AViewIsNeverOlderThanOurLastWrite) {
  ASSERT_TRUE(cloud().look({}, hours{1}).ok());
  const Vpc vpc = make_vpc();
  const auto view = cloud().look({}, hours{1});
  ASSERT_TRUE(view.ok());
  EXPECT_EQ((*view)->vpcs.size(), 1u);
  const auto again = cloud().look({}, hours{1});
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*view, *again) << "and is shared while nothing is written";
}

TEST_P(EveryCloud, AStoppedCallerChangesNothing) {
  std::stop_source stop;
  stop.request_stop();
  Context ctx;
  ctx.stop = stop.get_token();
  const auto made = cloud().create_vpc(ctx, {"ams", "x", *Cidr::parse("172.16.1.0/24")});
  expect_error(made, ErrorKind::Transient, "NotSent");
  EXPECT_TRUE(look().vpcs.empty());
}

INSTANTIATE_TEST_SUITE_P(Clouds, EveryCloud,
                         ::testing::Values(StageKind{"Fake", fake_cloud_stage},
                                           StageKind{"VultrOverLab", vultr_stage}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace vpcp::testing
