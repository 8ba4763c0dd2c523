#include <gtest/gtest.h>

#include <set>

#include "domain/cloud_plan_support.h"

namespace vpcp {
namespace {

using Lanes = std::set<std::string>;

/// Three sites, of which Frankfurt is joined to Bangalore alone; all that is there is in place.
class GatewayMoves : public ::testing::Test {
 protected:
  GatewayMoves() {
    world.spec = specs::three_sites();
    world.spec.topology.type = TopologyType::Custom;
    world.spec.topology.edges = {{"amsterdam", "bangalore"}, {"bangalore", "frankfurt"}};
    (void)world.plan();
    (void)follow();
    for (auto& [lane, host] : world.record.hosts) host.in_place = true;
  }
  bool follow() {
    const Layout layout = lay_out(samples::peering(world.spec), world.record,
                                  std::make_shared<const CloudSnapshot>(world.cloud));
    return follow_gateways(world.record, layout);
  }
  Instance& instance(const std::string& id) {
    return *std::ranges::find(world.cloud.instances, InstanceId{id}, &Instance::id);
  }
  Lanes begun_anew() const {
    Lanes lanes;
    for (const auto& [lane, host] : world.record.hosts) {
      if (!host.in_place) lanes.insert(lane);
    }
    return lanes;
  }
  World world;
};

TEST_F(GatewayMoves, NothingIsNotedWhileAllStayWhereTheyAre) {
  EXPECT_EQ(world.record.gateways.at({"amsterdam", 0}).whereabouts, "203.0.113.1 172.16.1.3");
  EXPECT_EQ(world.record.gateways.at({"frankfurt", 0}).whereabouts, "none none");
  EXPECT_FALSE(follow());
  EXPECT_EQ(begun_anew(), Lanes{});
}

TEST_F(GatewayMoves, OneThatIsGoneConcernsItsPeersAndItsServersAndNobodyElse) {
  drop(world.cloud.instances, "gw-a");
  EXPECT_TRUE(follow());
  EXPECT_EQ(begun_anew(), (Lanes{"amsterdam/app-server", "bangalore/gateway-0"}));
  EXPECT_FALSE(follow());
}

TEST_F(GatewayMoves, SoDoesAnotherAddressOfEitherKind) {
  instance("gw-b").public_ip = samples::ip("203.0.113.9");
  EXPECT_TRUE(follow());
  const Lanes around_bangalore{"amsterdam/gateway-0", "bangalore/db-server", "frankfurt/gateway-0"};
  EXPECT_EQ(begun_anew(), around_bangalore);
  for (auto& [lane, host] : world.record.hosts) host.in_place = true;
  instance("gw-b").vpcs[0].address = samples::ip("172.16.2.9");
  EXPECT_TRUE(follow());
  EXPECT_EQ(begun_anew(), around_bangalore);
}

TEST_F(GatewayMoves, TheFirstLookOfANewVersionIsNoMove) {
  for (auto& [ref, gateway] : world.record.gateways) gateway.whereabouts.clear();
  EXPECT_TRUE(follow());
  EXPECT_EQ(begun_anew(), Lanes{});
}

}  // namespace
}  // namespace vpcp
