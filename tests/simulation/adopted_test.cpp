#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/simulation.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

/// The peered reference scenario, and a server in VPC-A that somebody else has made.
class AdoptedServer : public ::testing::Test {
 protected:
  void SetUp() override {
    sim.declare(spec);
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    const InstanceId neighbour = sim.world.instance("App-Server");
    const VpcId vpc = sim.world.cloud.world(
        [&](CloudWorld& world) { return world.machines.at(neighbour).facts.vpcs.at(0).vpc; });
    NewInstance legacy;
    legacy.region = "ams";
    legacy.plan = "vc2-1c-1gb";
    legacy.os = "Ubuntu 22.04 LTS x64";
    legacy.label = "Legacy";
    legacy.vpc = vpc;
    ASSERT_TRUE(sim.world.cloud.world(
        [&](CloudWorld& world) { return world.create_instance(legacy, sim.world.clock.now()).ok(); }));
    sim.run_for(5min);
  }
  void declare_it() {
    ServerSpec legacy;
    legacy.name = "legacy";
    legacy.instance_id = sim.world.instance("Legacy");
    legacy.ssh = SshAccess{};
    legacy.ssh->private_key_ref = {"legacy-ssh", "id"};
    spec.sites[0].servers.push_back(legacy);
    sim.declare(spec);
  }
  Condition routed() {
    const auto object = sim.world.store.object(kReferenceKey);
    const Condition* found = find_condition(object->status, "ServersRouted");
    return found == nullptr ? Condition{} : *found;
  }
  PeeringSpec spec = reference_spec();
  Simulation sim;
};

TEST_F(AdoptedServer, WhoseKeyIsMissingIsNamedWithTheSecretToMake) {
  declare_it();
  ASSERT_TRUE(sim.run_until([&] { return routed().reason == "SshKeyMissing"; }, 5min)) << sim.story();
  EXPECT_EQ(routed().status, ConditionStatus::Unknown);
  EXPECT_THAT(routed().message,
              ::testing::HasSubstr("amsterdam/legacy: there is no key id in the Secret network/legacy-ssh"));
}

TEST_F(AdoptedServer, WhoseKeyIsMissingKeepsTheOthersRouted) {
  declare_it();
  ASSERT_TRUE(sim.run_until([&] { return routed().reason == "SshKeyMissing"; }, 5min)) << sim.story();
  sim.world.hosts.on(sim.world.instance("DB-Server"), [](FakeHost& host) { host.routes.clear(); });
  const auto has_route = [&] {
    return sim.world.hosts.on(sim.world.instance("DB-Server"), [](const FakeHost& host) {
      return std::any_of(host.routes.begin(), host.routes.end(),
                         [](const auto& route) { return route.destination.str() == "172.16.1.0/24"; });
    });
  };
  EXPECT_TRUE(sim.run_until(has_route, 5min)) << sim.story();
}

}  // namespace
}  // namespace vpcp::testing
