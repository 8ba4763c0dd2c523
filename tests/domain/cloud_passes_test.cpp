// Cloud plans over several passes: lost creates, detachments, what a pass must not repeat.
#include <gtest/gtest.h>

#include "domain/cloud_plan_support.h"

namespace vpcp {
namespace {

class CloudPasses : public ::testing::Test {
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

/// Whose mark somebody has taken off before it was seen: another one would be made beside it.
TEST_F(CloudPasses, ACreateThatWasAnsweredTurnsUpByItsId) {
  instance(world.cloud, "app").tags.clear();
  world.record.hosts["amsterdam/app-server"].instance = {};
  world.record.pending["instance/amsterdam/app-server"] = {world.now, "app"};
  world.cloud.vpcs.at(0).description = world.cloud.firewall_groups.at(0).description = "by hand";
  world.record.sites["amsterdam"].vpc = {};
  world.record.pending["vpc/amsterdam"] = {world.now, world.cloud.vpcs.at(0).id.value};
  world.record.firewall_groups["amsterdam/gateway-0"] = {};
  world.record.pending["firewall/amsterdam/gateway-0"] = {world.now,
                                                          world.cloud.firewall_groups.at(0).id.value};
  world.plan();
  EXPECT_EQ(world.record.hosts["amsterdam/app-server"].instance.value, "app");
  EXPECT_EQ(world.record.sites["amsterdam"].vpc, world.cloud.vpcs.at(0).id);
  EXPECT_EQ(world.record.firewall_groups["amsterdam/gateway-0"], world.cloud.firewall_groups.at(0).id);
  EXPECT_TRUE(world.record.pending.empty());
}

TEST_F(CloudPasses, SettlingCreatesTouchesNothingElse) {
  sent("instance/amsterdam/app-server");
  sent("instance/amsterdam/other");
  const Layout layout = lay_out(peering(), world.record, std::make_shared<const CloudSnapshot>(world.cloud));
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
