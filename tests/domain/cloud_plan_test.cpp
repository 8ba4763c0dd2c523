#include "domain/plan/cloud_plan.h"

#include <gtest/gtest.h>

#include <functional>

#include "domain/cloud_samples.h"

namespace vpcp {
namespace {

using namespace samples;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

std::string text(RuleProtocol protocol) {
  return protocol == RuleProtocol::Udp ? "udp" : protocol == RuleProtocol::Tcp ? "tcp" : "icmp";
}

std::string text(const InstancePatch& patch) {
  std::string out;
  if (patch.tags) {
    out += " tags";
    for (const std::string& tag : *patch.tags) out += ' ' + tag;
  }
  if (patch.firewall_group) out += " group " + patch.firewall_group->value;
  if (patch.user_data) out += " user-data " + std::string(patch.user_data->reveal());
  return out;
}

std::string text(const NewInstance& wanted) {
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

std::string text(const Action& action) {
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
      },
      action);
}

/// A step as one line; '.' at its end where the lane ends.
std::vector<std::string> lines(const CloudPlanResult& plan) {
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
    extend_record(record, spec);
    const Layout layout = lay_out(object, record, cloud);
    prepare_record(record, layout, now);
    return plan_cloud(spec, layout, record, now);
  }
};

struct Row {
  const char* name;
  std::function<void(World&)> edit;
  std::vector<std::string> plan;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class PlanCloud : public testing::TestWithParam<Row> {
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

void turn_into_existing(World& w) {
  w.spec.sites[0].servers.clear();
  ServerSpec server;
  server.name = "legacy";
  server.instance_id = InstanceId{"x"};
  server.ssh = SshAccess{};
  w.spec.sites[0].servers.push_back(server);
  drop(w.cloud.instances, "app");
  w.cloud.instances.push_back(foreign("x", "Legacy"));
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
       instance(w.cloud, "app").power = PowerState::Stopped;
     },
     {"waiting: amsterdam/app-server: the instance is being made ready"}},
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
     {"amsterdam/app-server: UserDataNotReplaced: update app user-data #cloud-config\n{}\n"}},
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
INSTANTIATE_TEST_SUITE_P(Vpcs, PlanCloud, testing::ValuesIn(kVpcs), kName);
INSTANTIATE_TEST_SUITE_P(Refused, PlanCloud, testing::ValuesIn(kRefused), kName);
INSTANTIATE_TEST_SUITE_P(Groups, PlanCloud, testing::ValuesIn(kGroups), kName);
INSTANTIATE_TEST_SUITE_P(Instances, PlanCloud, testing::ValuesIn(kInstances), kName);
INSTANTIATE_TEST_SUITE_P(Existing, PlanCloud, testing::ValuesIn(kExisting), kName);
INSTANTIATE_TEST_SUITE_P(Strays, PlanCloud, testing::ValuesIn(kStrays), kName);

// --- what needs more than one pass

class CloudPasses : public testing::Test {
 protected:
  void SetUp() override {
    init_crypto();
    world.plan();
  }
  void sent(const std::string& resource) { world.record.pending[resource] = {world.now, ""}; }
  World world;
};

TEST_F(CloudPasses, ALostCreateIsLookedForForFiveMinutes) {
  drop(world.cloud.instances, "app");
  const std::vector<std::string> create = lines(world.plan());
  ASSERT_EQ(create.size(), 1U);
  sent("instance/amsterdam/app-server");
  world.now += minutes{5} - seconds{1};
  EXPECT_EQ(lines(world.plan()),
            std::vector<std::string>{"waiting: amsterdam/app-server: a create was sent at "
                                     "2026-01-02T04:00:00Z; it is not visible yet"});
  world.now += seconds{1};
  EXPECT_EQ(lines(world.plan()), create);
}

TEST_F(CloudPasses, ACreateThatTurnedUpIsNoLongerPending) {
  sent("instance/amsterdam/app-server");
  sent("vpc/amsterdam");
  sent("firewall/amsterdam/gateway-0");
  EXPECT_EQ(lines(world.plan()), std::vector<std::string>{});
  EXPECT_TRUE(world.record.pending.empty());
}

TEST_F(CloudPasses, SettlingCreatesTouchesNothingElse) {
  sent("instance/amsterdam/app-server");
  sent("instance/amsterdam/other");
  const Layout layout = lay_out(peering(), world.record, world.cloud);
  EXPECT_TRUE(settle_creates(world.record, layout));
  EXPECT_FALSE(settle_creates(world.record, layout));
  ASSERT_EQ(world.record.pending.size(), 1U);
  EXPECT_EQ(world.record.pending.begin()->first, "instance/amsterdam/other");
}

TEST_F(CloudPasses, AnInstanceThatReplacesALostOneGetsANewHostKeyAndOnlyOne) {
  const std::vector<HostKeyLine> before = world.record.hosts["amsterdam/app-server"].pinned;
  world.record.hosts["amsterdam/app-server"].rotated = true;
  drop(world.cloud.instances, "app");
  world.plan();
  const HostRecord first = world.record.hosts["amsterdam/app-server"];
  EXPECT_NE(first.pinned, before);
  EXPECT_FALSE(first.rotated);
  EXPECT_FALSE(first.bootstrap_host_key.empty());
  world.plan();
  sent("instance/amsterdam/app-server");
  world.plan();
  EXPECT_EQ(world.record.hosts["amsterdam/app-server"].pinned, first.pinned);
}

TEST_F(CloudPasses, ADetachedGatewayIsReplacedOnceThatLasts) {
  instance(world.cloud, "gw-a").vpcs.clear();
  const std::vector<std::string> patience{"waiting: amsterdam/gateway-0: the instance has no VPC address"};
  EXPECT_EQ(lines(world.plan()), patience);
  world.now += seconds{29};
  EXPECT_EQ(lines(world.plan()), patience);
  world.now += seconds{1};
  EXPECT_EQ(lines(world.plan()),
            std::vector<std::string>{"amsterdam/gateway-0: InstanceDetached: delete instance gw-a."});
}

TEST_F(CloudPasses, ADetachmentThatEndsIsForgotten) {
  const auto attached = instance(world.cloud, "gw-a").vpcs;
  instance(world.cloud, "gw-a").vpcs.clear();
  world.plan();
  world.now += minutes{1};
  instance(world.cloud, "gw-a").vpcs = attached;
  EXPECT_EQ(lines(world.plan()), std::vector<std::string>{});
  instance(world.cloud, "gw-a").vpcs.clear();
  EXPECT_EQ(lines(world.plan()),
            std::vector<std::string>{"waiting: amsterdam/gateway-0: the instance has no VPC address"});
}

TEST_F(CloudPasses, AYoungGatewayHasThreeMinutesForItsAddress) {
  instance(world.cloud, "gw-a").vpcs.clear();
  instance(world.cloud, "gw-a").created = world.now;
  world.plan();
  world.now += minutes{3} - seconds{1};
  EXPECT_EQ(lines(world.plan()),
            std::vector<std::string>{"waiting: amsterdam/gateway-0: the instance has no VPC address"});
  world.now += seconds{1};
  EXPECT_EQ(lines(world.plan()).size(), 1U);
}

TEST_F(CloudPasses, ADetachedServerIsNeverReplacedForItHoldsData) {
  instance(world.cloud, "app").vpcs.clear();
  world.plan();
  world.now += hours{1};
  EXPECT_EQ(lines(world.plan()), std::vector<std::string>{"amsterdam/app-server: blocked: ServerDetached"});
}

TEST_F(CloudPasses, AServerKeepsItsPinnedKeyUnderANewName) {
  turn_into_existing(world);
  drop(world.cloud.instances, "app");
  world.plan();
  world.record.hosts["amsterdam/legacy"].pinned = {"ssh-ed25519 AAAA"};
  world.spec.sites[0].servers[0].name = "renamed";
  EXPECT_EQ(lines(world.plan()), std::vector<std::string>{});
  EXPECT_FALSE(world.record.hosts.contains("amsterdam/legacy"));
  EXPECT_EQ(world.record.hosts["amsterdam/renamed"].pinned, std::vector<HostKeyLine>{"ssh-ed25519 AAAA"});
}

TEST_F(CloudPasses, FromNothingEverythingIsMadeInOrder) {
  world = {};
  world.cloud = {};
  EXPECT_EQ(lines(world.plan()),
            (std::vector<std::string>{
                "amsterdam: VpcMissing: create vpc ams 172.16.1.0/24 VPC of amsterdam (vpcp-u/amsterdam).",
                "bangalore: VpcMissing: create vpc blr 172.16.2.0/24 VPC of bangalore (vpcp-u/bangalore)."}));
  world.cloud.vpcs = samples::cloud().vpcs;
  EXPECT_EQ(lines(world.plan()),
            (std::vector<std::string>{
                "amsterdam/gateway-0: FirewallGroupMissing: create group vpcp-u/amsterdam/gateway-0.",
                "bangalore/gateway-0: FirewallGroupMissing: create group vpcp-u/bangalore/gateway-0."}));
}

TEST_F(CloudPasses, NoSecretStandsInTheTextOfAStep) {
  world = {};
  world.cloud.instances.clear();
  const CloudPlanResult plan = world.plan();
  ASSERT_FALSE(plan.steps.empty());
  std::string shown;
  for (const Step& step : plan.steps) shown += step.lane + step.why + step.summary;
  const auto hidden = [&](const Secret& secret) {
    return shown.find(std::string(secret.reveal()).substr(40, 40)) == std::string::npos;
  };
  for (const auto& [lane, host] : world.record.hosts) EXPECT_TRUE(hidden(host.bootstrap_host_key)) << lane;
  EXPECT_TRUE(hidden(world.record.ssh.private_key));
  for (const auto& [ref, gateway] : world.record.gateways)
    EXPECT_EQ(shown.find(gateway.keys.private_key.reveal()), std::string::npos);
  for (const Step& step : plan.steps) {
    const auto* create = std::get_if<CreateInstance>(&step.action);
    if (create == nullptr) continue;
    for (const auto& [ref, gateway] : world.record.gateways)
      EXPECT_EQ(create->instance.user_data.reveal().find(gateway.keys.private_key.reveal()),
                std::string::npos);
  }
}

TEST_F(CloudPasses, AFullMeshOf64SitesIsPlanned) {
  world = {};
  world.spec.sites.clear();
  world.cloud = {};
  for (int i = 0; i < 64; ++i) {
    const std::string n = std::to_string(i);
    world.spec.sites.push_back(specs::site("s" + n, "ams", "172.16." + n + ".0/24"));
    world.cloud.vpcs.push_back(
        vpc("v" + n, "ams", ("172.16." + n + ".0/24").c_str(), "VPC of s" + n + " (vpcp-u/s" + n + ")"));
    world.cloud.instances.push_back(
        part("gw" + n, "s" + n, "gateway-0", "v" + n, ("172.16." + n + ".3").c_str()));
    world.cloud.instances.back().public_ip = ip(("203.0.113." + n).c_str());
    world.cloud.instances.back().firewall_group = FirewallGroupId{"fw" + n};
    world.cloud.firewall_groups.push_back(
        {FirewallGroupId{"fw" + n}, "vpcp-u/s" + n + "/gateway-0", {}, kStart});
  }
  EXPECT_EQ(world.plan().steps.size(), 64U * (63 + 1));  // every other gateway, and SSH
}

TEST(PendingKey, IsOfCreatesOnly) {
  const auto key = [](Action action) {
    return pending_key({"ams/a", DriftKind::VpcMissing, std::move(action), "", "", false});
  };
  EXPECT_EQ(key(CreateVpc{}), "vpc/ams/a");
  EXPECT_EQ(key(CreateFirewallGroup{}), "firewall/ams/a");
  EXPECT_EQ(key(CreateInstance{}), "instance/ams/a");
  EXPECT_EQ(key(DeleteInstance{}), "");
}

}  // namespace
}  // namespace vpcp
