#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/simulation.h"

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
  /// With a key that lets us in.
  void declare_it_with_its_key() {
    const SshKeyPair keys = new_ssh_key_pair();
    sim.world.store.set_secret({"network", "legacy-ssh"}, {{"id", keys.private_key}});
    sim.world.hosts.on(sim.world.instance("Legacy"),
                       [&](FakeHost& host) { host.authorized_key = keys.public_key; });
    declare_it();
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

/// As docs/runbooks/CertificateOrKeyTooOld.md has it done.
TEST_F(AdoptedServer, StaysWithItsVpcWhenItsSiteIsRenamedForNewKeys) {
  const auto key_of = [&](const std::string& site) {
    const auto status = sim.world.store.object(kReferenceKey)->status;
    const auto found = std::ranges::find(status.sites, site, &SiteStatus::name);
    return found == status.sites.end() || found->gateways.empty() ? "" : found->gateways[0].public_key;
  };
  const auto is_routed = [&] {
    return sim.world.hosts.on(sim.world.instance("Legacy"), [](const FakeHost& host) {
      return std::ranges::any_of(
          host.routes, [](const auto& route) { return route.destination.str() == "172.16.2.0/24"; });
    });
  };
  declare_it_with_its_key();
  ASSERT_TRUE(sim.run_until([&] { return is_routed() && sim.peered(); })) << sim.story();
  const std::string key_before = key_of("amsterdam");
  const VpcId vpc = sim.world.store.object(kReferenceKey)->status.sites.at(0).vpc_id;
  ASSERT_FALSE(key_before.empty());
  spec.sites[0].name = "amsterdam-2";
  spec.sites[0].vpc.id = vpc;
  spec.sites[0].vpc.cidr.reset();
  sim.declare(spec);
  const auto is_renamed = [&] { return !key_of("amsterdam-2").empty() && sim.peered(); };
  ASSERT_TRUE(sim.run_until(is_renamed)) << sim.story();
  sim.run_for(10min);  // what has left is taken away by now
  EXPECT_TRUE(sim.peered()) << sim.story();
  EXPECT_NE(key_of("amsterdam-2"), key_before);
  EXPECT_EQ(sim.world.store.object(kReferenceKey)->status.sites.at(0).vpc_id, vpc);
  EXPECT_TRUE(is_routed()) << "a server that existed before stays, and is the new site's";
  std::size_t gateways = 0;
  sim.world.cloud.world([&](CloudWorld& world) {
    for (const auto& [id, machine] : world.machines) gateways += machine.facts.label == "Gateway-A" ? 1 : 0;
  });
  EXPECT_EQ(gateways, 1U) << "the old one is gone";

  // The VPC is its owner's now: it stays when the site that adopted it goes, too.
  spec.sites[0] = reference_spec().sites[0];
  spec.sites[0].name = "amsterdam-3";
  spec.sites[0].vpc.cidr = *Cidr::parse("172.16.9.0/24");
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return !key_of("amsterdam-3").empty() && sim.peered(); })) << sim.story();
  sim.run_for(10min);
  EXPECT_FALSE(is_routed()) << "its routes are as they were";
  std::map<std::string, std::string> vpcs;
  sim.world.cloud.world([&](CloudWorld& world) {
    for (const auto& [id, kept] : world.vpcs) vpcs[id.value] = kept.description;
  });
  ASSERT_TRUE(vpcs.contains(vpc.value)) << sim.story();
  EXPECT_EQ(vpcs[vpc.value].find("vpcp-"), std::string::npos) << vpcs[vpc.value];
}

/// A second peering of VPC-A, with a gateway of its own there, that selects the same server.
class TwoPeerings : public AdoptedServer {
 protected:
  void SetUp() override {
    AdoptedServer::SetUp();
    declare_it_with_its_key();
    ASSERT_TRUE(
        sim.run_until([&] { return owner() == fake_uid(1) && routed().reason == "ServersRouted"; }, 10min))
        << sim.story();
    declare_second();
  }
  std::string owner() {
    return sim.world.hosts.on(sim.world.instance("Legacy"), [](const FakeHost& host) { return host.owner; });
  }
  bool legacy_routes(const std::string& network) {
    return sim.world.hosts.on(sim.world.instance("Legacy"), [&](const FakeHost& host) {
      return std::any_of(host.routes.begin(), host.routes.end(),
                         [&](const auto& route) { return route.destination.str() == network; });
    });
  }
  void declare_second() {
    const InstanceId legacy = sim.world.instance("Legacy");
    PeeringSpec second = reference_spec();
    second.tunnel.cidr = *Cidr::parse("10.20.0.0/24");
    second.sites[0].vpc = {};
    second.sites[0].vpc.id = sim.world.cloud.world(
        [&](CloudWorld& world) { return world.machines.at(legacy).facts.vpcs.at(0).vpc; });
    second.sites[0].gateway.label = "Gateway-C";
    second.sites[0].servers = {spec.sites[0].servers.back()};
    second.sites[1].vpc = {std::nullopt, Cidr::parse("172.16.9.0/24"), "VPC-C"};
    second.sites[1].gateway.label = "Gateway-D";
    second.sites[1].servers.clear();
    sim.declare(second, kSecond);
  }
  Condition routed_of_second() {
    const auto object = sim.world.store.object(kSecond);
    const Condition* found = find_condition(object->status, "ServersRouted");
    return found == nullptr ? Condition{} : *found;
  }
  const ObjectKey kSecond{"network", "second"};
};

TEST_F(TwoPeerings, ThatSelectOneServerDoNotFightOverIt) {
  ASSERT_TRUE(sim.run_until([&] { return routed_of_second().reason == "SelectedByAnother"; }, 30min))
      << sim.story();
  EXPECT_THAT(routed_of_second().message, ::testing::HasSubstr("network/ams-blr routes this server already"));
  sim.run_for(5min);
  EXPECT_EQ(owner(), fake_uid(1));
  EXPECT_EQ(routed().reason, "ServersRouted");
  EXPECT_TRUE(legacy_routes("172.16.2.0/24"));
  EXPECT_FALSE(legacy_routes("172.16.9.0/24"));
}

TEST_F(TwoPeerings, TheSecondTakesTheServerWhenTheFirstLetsItGo) {
  ASSERT_TRUE(sim.run_until([&] { return routed_of_second().reason == "SelectedByAnother"; }, 30min))
      << sim.story();
  spec.sites[0].servers.pop_back();
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return routed_of_second().reason == "ServersRouted"; }, 30min))
      << sim.story();
  EXPECT_EQ(owner(), fake_uid(2));
  EXPECT_TRUE(legacy_routes("172.16.9.0/24"));
  EXPECT_FALSE(legacy_routes("172.16.2.0/24"));
}

}  // namespace
}  // namespace vpcp::testing
