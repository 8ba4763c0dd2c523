#include "domain/plan/cloud_plan.h"

#include <gtest/gtest.h>

#include <functional>

#include "domain/cloud_plan_support.h"

namespace vpcp {
namespace {

struct Row {
  const char* name;
  std::function<void(World&)> edit;
  std::vector<std::string> plan;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class PlanCloud : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override { init_crypto(); }
};

/// The edit is made to a world in which everything is in place and has been seen.
TEST_P(PlanCloud, Yields) {
  World world;
  ASSERT_EQ(lines(world.plan()), std::vector<std::string>{});
  GetParam().edit(world);
  const CloudPlanResult plan = world.plan();
  EXPECT_EQ(lines(plan), GetParam().plan);
  EXPECT_EQ(plan.recheck_after.has_value(), !plan.waiting.empty());
}

const std::vector<Row> kVpcs{
    {"NothingWhenAllIsInPlace", [](World&) {}, {}},
    {"AVpcAndNothingThatNeedsIt",
     [](World& w) {
       w.cloud = samples::cloud();
       drop(w.cloud.vpcs, "vpc-a");
       drop(w.cloud.instances, "gw-a");
       drop(w.cloud.instances, "app");
     },
     {"amsterdam: VpcMissing: create vpc ams 172.16.1.0/24 VPC of amsterdam (vpcp-u/amsterdam).",
      "bangalore/gateway-0: FirewallRulesChanged: delete rule fw-b 1"}},
    {"TheDescriptionOfAVpc",
     [](World& w) { w.cloud.vpcs[0].description = "edited"; },
     {"amsterdam: VpcDescriptionChanged: describe vpc-a VPC of amsterdam (vpcp-u/amsterdam)"}},
    {"TheEndOfASecondVpc",
     [](World& w) {
       w.cloud.vpcs.push_back(w.cloud.vpcs[0]);
       w.cloud.vpcs.back().id.value = "twin";
     },
     {"amsterdam: VpcMissing: delete vpc twin."}},
    {"NothingForTheDescriptionOfAnAdoptedVpc",
     [](World& w) {
       w.record = {};
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, "wanted"};
       w.cloud.vpcs[0].description = "the user's";
     },
     {}},
    {"OurMarkOffAnAdoptedVpcThatAnEarlierSiteHadMade",
     [](World& w) {
       w.record = {};
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, "wanted"};
       w.cloud.vpcs[0].description = "VPC-A (vpcp-u/berlin) and (vpcp-other/ams)";
     },
     {"amsterdam: LeftToRemove: describe vpc-a VPC-A and (vpcp-other/ams)"}},
    {"AWordWhenAnAdoptedVpcIsNotThere",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"wrong"}, {}, ""};
       w.cloud.vpcs[0].description = "the user's";
       w.record = {};
     },
     {"amsterdam: blocked: VpcNotFound"}},
};

const std::vector<Row> kRefused{
    {"NothingButAWordWhenAVpcHasAnotherNetwork",
     [](World& w) {
       w.cloud.vpcs[0].cidr = cidr("172.16.9.0/24");
       w.cloud.vpcs[1].description = "edited";
     },
     {"amsterdam: blocked: VpcCidrChanged"}},
    {"NothingButAWordWhenAnAdoptedVpcIsElsewhere",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, ""};
       w.cloud.vpcs[0].region = "fra";
     },
     {"amsterdam: blocked: VpcInOtherRegion"}},
    {"NothingButAWordWhenAnAdoptedVpcIsNotAsDeclared",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, cidr("172.16.9.0/24"), ""};
     },
     {"amsterdam: blocked: VpcCidrChanged"}},
    {"NothingButAWordWhenAnAdoptedVpcIsNotPrivate",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, ""};
       w.cloud.vpcs[0].cidr = cidr("8.8.8.0/24");
     },
     {"amsterdam: blocked: VpcNotPrivate"}},
    {"NothingButAWordWhenAnAdoptedVpcOverlapsTheTunnel",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, ""};
       w.cloud.vpcs[0].cidr = cidr("10.10.0.128/25");
     },
     {"amsterdam: blocked: VpcOverlaps"}},
    {"NothingButAWordWhenAnAdoptedVpcOverlapsAnother",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, ""};
       w.cloud.vpcs[0].cidr = cidr("172.16.0.0/16");
     },
     {"amsterdam: blocked: VpcOverlaps"}},
    {"NothingButAWordWhenAnAdoptedVpcOverlapsOneThatIsYetToBeMade",
     [](World& w) {
       w.spec.sites[0].vpc = {VpcId{"vpc-a"}, {}, ""};
       w.cloud.vpcs[0].cidr = cidr("172.16.0.0/16");
       drop(w.cloud.vpcs, "vpc-b");
     },
     {"amsterdam: blocked: VpcOverlaps", "bangalore: blocked: VpcOverlaps"}},
};

const std::vector<Row> kGroups{
    {"AGroupBeforeAnythingElseOfItsHost",
     [](World& w) {
       drop(w.cloud.firewall_groups, "fw-db");
       instance(w.cloud, "db").power = PowerState::Stopped;
     },
     {"bangalore/db-server: FirewallGroupMissing: create group vpcp-u/bangalore/db-server."}},
    {"TheEndOfASecondGroupAfterItsInstanceHasTheFirst",
     [](World& w) {
       w.cloud.firewall_groups.push_back(w.cloud.firewall_groups[0]);
       w.cloud.firewall_groups.back().id.value = "twin";
       instance(w.cloud, "gw-a").firewall_group = FirewallGroupId{"twin"};
     },
     {"amsterdam/gateway-0: FirewallGroupDetached: update gw-a group fw-a",
      "amsterdam/gateway-0: FirewallGroupMissing: delete group twin."}},
    {"AMissingGroupOfAnInstance",
     [](World& w) { instance(w.cloud, "db").firewall_group.reset(); },
     {"bangalore/db-server: FirewallGroupDetached: update db group fw-db"}},
    {"AMissingGroupOfAnInstanceMadeBeforeItsVpcHadANatGateway",
     [](World& w) {
       w.cloud.vpcs[1].has_nat_gateway = true;
       instance(w.cloud, "db").firewall_group.reset();
     },
     {"bangalore/db-server: FirewallGroupDetached: update db group fw-db"}},
    {"NoGroupForAnInstanceWithoutAPublicNicThoughItsVpcLostItsNatGateway",
     [](World& w) {
       instance(w.cloud, "db").vpc_only = true;
       instance(w.cloud, "db").firewall_group.reset();
     },
     {}},
    {"FirstTheRulesThatOpenThenThoseThatClose",
     [](World& w) {
       w.cloud.firewall_groups[0].rules = {rule(7, RuleProtocol::Udp, "51820", "0.0.0.0/0"),
                                           rule(8, RuleProtocol::Tcp, "22", "0.0.0.0/0")};
     },
     {"amsterdam/gateway-0: FirewallRulesChanged: add rule fw-a udp 51820 203.0.113.2/32",
      "amsterdam/gateway-0: FirewallRulesChanged: delete rule fw-a 7"}},
    {"TheEndOfARuleThatIsThereTwice",
     [](World& w) {
       w.cloud.firewall_groups[0].rules.push_back(rule(9, RuleProtocol::Tcp, "22", "0.0.0.0/0"));
     },
     {"amsterdam/gateway-0: FirewallRulesChanged: delete rule fw-a 9"}},
    {"TheEndOfARuleOfAnotherForm",
     [](World& w) {
       w.cloud.firewall_groups[0].rules.push_back(rule(9, RuleProtocol::Tcp, "22", "0.0.0.0/0"));
       w.cloud.firewall_groups[0].rules.back().foreign = true;
     },
     {"amsterdam/gateway-0: FirewallRulesChanged: delete rule fw-a 9"}},
    {"TheEndOfAnyRuleOfAServerWithoutAPublicAddress",
     [](World& w) { w.cloud.firewall_groups[2].rules = {rule(1, RuleProtocol::Tcp, "22", "0.0.0.0/0")}; },
     {"bangalore/db-server: FirewallRulesChanged: delete rule fw-db 1"}},
    {"NewRulesForAnotherPortAndOtherSources",
     [](World& w) {
       w.spec.tunnel.listen_port = 51821;
       w.spec.ssh_sources = {cidr("198.51.100.0/24")};
       drop(w.cloud.firewall_groups, "fw-b");
       w.cloud.firewall_groups.push_back({FirewallGroupId{"fw-b"},
                                          "vpcp-u/bangalore/gateway-0",
                                          {rule(1, RuleProtocol::Udp, "51821", "203.0.113.1/32"),
                                           rule(2, RuleProtocol::Tcp, "22", "198.51.100.0/24")},
                                          kStart});
     },
     {"amsterdam/gateway-0: FirewallRulesChanged: add rule fw-a udp 51821 203.0.113.2/32",
      "amsterdam/gateway-0: FirewallRulesChanged: add rule fw-a tcp 22 198.51.100.0/24",
      "amsterdam/gateway-0: FirewallRulesChanged: delete rule fw-a 1",
      "amsterdam/gateway-0: FirewallRulesChanged: delete rule fw-a 2"}},
    {"RulesThatFollowAnAddress",
     [](World& w) { instance(w.cloud, "gw-b").public_ip = ip("203.0.113.9"); },
     {"amsterdam/gateway-0: FirewallRulesChanged: add rule fw-a udp 51820 203.0.113.9/32",
      "amsterdam/gateway-0: FirewallRulesChanged: delete rule fw-a 1"}},
    {"NoRuleForASiteThatIsNoNeighbour",
     [](World& w) {
       w.spec = specs::three_sites();
       w.spec.topology = {TopologyType::HubAndSpoke, "bangalore", {}};
       w.cloud.vpcs.push_back(vpc("vpc-f", "fra", "172.16.3.0/24", "VPC of frankfurt (vpcp-u/frankfurt)"));
       w.cloud.instances.push_back(part("gw-f", "frankfurt", "gateway-0", "vpc-f", "172.16.3.3"));
       w.cloud.instances.back().public_ip = ip("203.0.113.3");
       w.cloud.instances.back().firewall_group = FirewallGroupId{"fw-f"};
       w.cloud.firewall_groups.push_back({FirewallGroupId{"fw-f"}, "vpcp-u/frankfurt/gateway-0", {}, kStart});
     },
     {"bangalore/gateway-0: FirewallRulesChanged: add rule fw-b udp 51820 203.0.113.3/32",
      "frankfurt/gateway-0: FirewallRulesChanged: add rule fw-f udp 51820 203.0.113.2/32",
      "frankfurt/gateway-0: FirewallRulesChanged: add rule fw-f tcp 22 0.0.0.0/0"}},
};

const std::vector<Row> kInstances{
    {"AGatewayAndNotYetItsServers",
     [](World& w) {
       drop(w.cloud.instances, "gw-a");
       drop(w.cloud.instances, "app");
       w.cloud.firewall_groups[1].rules.erase(w.cloud.firewall_groups[1].rules.begin());
     },
     {"amsterdam/gateway-0: InstanceMissing: create instance ams vc2-1c-1gb Gateway-amsterdam "
      "amsterdam-gateway-0 in vpc-a behind fw-a."}},
    {"AServerOfASiteThatHasItsGateway",
     [](World& w) { drop(w.cloud.instances, "app"); },
     {"amsterdam/app-server: InstanceMissing: create instance ams vc2-1c-1gb app-server app-server in "
      "vpc-a."}},
    {"AServerWithoutAPublicAddressBehindItsGroup",
     [](World& w) { drop(w.cloud.instances, "db"); },
     {"bangalore/db-server: InstanceMissing: create instance blr vc2-1c-1gb db-server db-server in vpc-b "
      "behind fw-db no-ipv4."}},
    {"AServerWithoutAPublicNicWhereTheVpcHasANatGateway",
     [](World& w) {
       w.cloud.vpcs[1].has_nat_gateway = true;
       drop(w.cloud.instances, "db");
     },
     {"bangalore/db-server: InstanceMissing: create instance blr vc2-1c-1gb db-server db-server in vpc-b "
      "vpc-only."}},
    {"TheEndOfATwin",
     [](World& w) {
       w.cloud.instances.push_back(instance(w.cloud, "app"));
       w.cloud.instances.back().id.value = "twin";
     },
     {"amsterdam/app-server: InstanceTwin: delete instance twin."}},
    {"AWordAboutASuspendedInstance",
     [](World& w) { instance(w.cloud, "app").state = InstanceState::Suspended; },
     {"amsterdam/app-server: blocked: InstanceSuspended"}},
    {"PatienceWithAPendingInstance",
     [](World& w) {
       instance(w.cloud, "app").state = InstanceState::Pending;
       instance(w.cloud, "app").created = w.now - minutes{14};
       instance(w.cloud, "app").power = PowerState::Stopped;
     },
     {"waiting: amsterdam/app-server: the instance is being made ready"}},
    {"AWordAboutAnInstanceThatIsPendingForTooLong",
     [](World& w) {
       instance(w.cloud, "app").state = InstanceState::Pending;
       instance(w.cloud, "app").created = w.now - minutes{16};
     },
     {"amsterdam/app-server: blocked: InstanceStuck"}},
    {"PatienceWithALockedInstance",
     [](World& w) {
       instance(w.cloud, "app").locked = true;
       instance(w.cloud, "app").power = PowerState::Stopped;
     },
     {"waiting: amsterdam/app-server: the instance is being made ready"}},
    {"PatienceWithAnInstanceThatIsResized",
     [](World& w) {
       instance(w.cloud, "app").state = InstanceState::Resizing;
       instance(w.cloud, "app").power = PowerState::Stopped;
     },
     {"waiting: amsterdam/app-server: the instance is being made ready"}},
    {"TheStartOfAStoppedInstance",
     [](World& w) { instance(w.cloud, "app").power = PowerState::Stopped; },
     {"amsterdam/app-server: InstanceStopped: start app."}},
    {"PatienceWithAGatewayWithoutAnAddress",
     [](World& w) {
       instance(w.cloud, "gw-a").public_ip.reset();
       w.cloud.firewall_groups[1].rules.erase(w.cloud.firewall_groups[1].rules.begin());
     },
     {"waiting: amsterdam/gateway-0: the instance has no public address yet"}},
    {"OurTagsAndTheUsersTogether",
     [](World& w) {
       instance(w.cloud, "app").tags = {"zone-1", "vpcp-u", "backup"};
     },
     {"amsterdam/app-server: TagsChanged: update app tags backup vpcp-part-app-server vpcp-site-amsterdam "
      "vpcp-u zone-1"}},
    {"NothingForFurtherTags", [](World& w) { instance(w.cloud, "app").tags.push_back("backup"); }, {}},
    {"TheStubOnceTheHostHasAKeyOfItsOwn",
     [](World& w) { w.record.hosts["amsterdam/app-server"].rotated = true; },
     {"amsterdam/app-server: UserDataNotReplaced: update app user-data #cloud-config\n"
      "disable_root: false\nssh_deletekeys: false\n"}},
    {"NoStubTwice",
     [](World& w) {
       w.record.hosts["amsterdam/app-server"].rotated = true;
       w.record.hosts["amsterdam/app-server"].user_data_replaced = true;
     },
     {}},
};

const std::vector<Row> kExisting{
    {"NothingForAServerThatExists", turn_into_existing, {}},
    {"NothingForAServerThatExistsAndIsStopped",
     [](World& w) {
       turn_into_existing(w);
       instance(w.cloud, "x").power = PowerState::Stopped;
       instance(w.cloud, "x").tags.clear();
     },
     {}},
    {"AWordWhenAServerIsNotThere",
     [](World& w) {
       turn_into_existing(w);
       drop(w.cloud.instances, "x");
     },
     {"amsterdam/legacy: blocked: ServerNotFound"}},
    {"AWordWhenAServerIsNotAttached",
     [](World& w) {
       turn_into_existing(w);
       instance(w.cloud, "x").vpcs.clear();
     },
     {"amsterdam/legacy: blocked: ServerNotAttached"}},
    {"AWordWhenAServerIsSelectedTwice",
     [](World& w) {
       turn_into_existing(w);
       w.spec.sites[0].server_selector = ServerSelector{"peered", {}};
       instance(w.cloud, "x").tags = {"peered"};
     },
     {": blocked: ServerSelectedTwice"}},
};

const std::vector<Row> kStrays{
    {"TheEndOfAnInstanceThatIsNoLongerDeclaredAndThenOfItsGroup",
     [](World& w) { w.spec.sites[1].servers.clear(); },
     {"stray/db: LeftToRemove: delete instance db."}},
    {"TheEndOfAGroupWhoseInstanceIsGone",
     [](World& w) {
       w.spec.sites[1].servers.clear();
       drop(w.cloud.instances, "db");
     },
     {"stray/fw-db: LeftToRemove: delete group fw-db."}},
    {"TheEndOfAVpcThatIsEmpty",
     [](World& w) { w.cloud.vpcs.push_back(vpc("vpc-f", "fra", "172.16.3.0/24", "VPC (vpcp-u/frankfurt)")); },
     {"stray/vpc-f: LeftToRemove: delete vpc vpc-f."}},
    {"NothingThatIsRetained",
     [](World& w) {
       w.spec.sites[1].servers.clear();
       w.spec.deletion_policy = DeletionPolicy::Retain;
     },
     {}},
    {"NothingBeforeServersAreRestored",
     [](World& w) {
       w.spec.sites[1].servers.clear();
       w.cloud.instances.push_back(foreign("x", "web"));
       w.record.hosts["amsterdam/web"].instance.value = "x";
       w.record.hosts["amsterdam/web"].access = SshAccess{};
     },
     {"waiting: amsterdam/web: a server that left the spec is being restored"}},
};

constexpr auto kName = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Vpcs, PlanCloud, ::testing::ValuesIn(kVpcs), kName);
INSTANTIATE_TEST_SUITE_P(Refused, PlanCloud, ::testing::ValuesIn(kRefused), kName);
INSTANTIATE_TEST_SUITE_P(Groups, PlanCloud, ::testing::ValuesIn(kGroups), kName);
INSTANTIATE_TEST_SUITE_P(Instances, PlanCloud, ::testing::ValuesIn(kInstances), kName);
INSTANTIATE_TEST_SUITE_P(Existing, PlanCloud, ::testing::ValuesIn(kExisting), kName);
INSTANTIATE_TEST_SUITE_P(Strays, PlanCloud, ::testing::ValuesIn(kStrays), kName);

}  // namespace
}  // namespace vpcp
