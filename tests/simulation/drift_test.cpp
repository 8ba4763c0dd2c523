#include <gtest/gtest.h>

#include <algorithm>

#include "support/host_faults.h"
#include "support/simulation.h"

/// A fault in a peering that works, and how it is put right.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

/// Well above what a repair takes in simulated time, well below what a new instance takes.
constexpr seconds kRepairLimit{90};

class HostDrift : public ::testing::TestWithParam<HostFault> {};

/// Host state that a repair must bring back: what is on disk and what the kernel has.
bool same(const FakeHost& a, const FakeHost& b) {
  const auto peers = [](const FakeHost& host) {
    std::vector<std::string> out;
    if (!host.tunnel) return out;
    out.push_back(host.tunnel->public_key);
    for (const Cidr& address : host.tunnel->addresses) out.back() += address.str();
    for (const FakePeer& peer : host.tunnel->peers) {
      out.push_back(peer.public_key + peer.preshared_key + (peer.endpoint ? peer.endpoint->str() : ""));
      for (const Cidr& network : peer.allowed_ips) out.back() += network.str();
    }
    return out;
  };
  const std::set<FakeRoute> routes_a(a.routes.begin(), a.routes.end());
  const std::set<FakeRoute> routes_b(b.routes.begin(), b.routes.end());
  return a.files == b.files && routes_a == routes_b && peers(a) == peers(b) &&
         a.unit_enabled == b.unit_enabled && a.unit_masked == b.unit_masked && a.ip_forward == b.ip_forward &&
         a.clamp_loaded == b.clamp_loaded && (!a.tunnel || a.tunnel->mtu == b.tunnel->mtu) &&
         a.wireguard_installed == b.wireguard_installed && a.rp_filter == b.rp_filter &&
         a.vpc_nic_up == b.vpc_nic_up && a.loopback == b.loopback && a.defaults == b.defaults &&
         b.undos.empty();
}

TEST_P(HostDrift, IsPutRight) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(2min);
  const InstanceId id = sim.world.instance(GetParam().label);
  const FakeHost before = sim.world.hosts.on(id, [](const FakeHost& host) { return host; });
  sim.world.hosts.on(id, GetParam().happens);
  const auto as_before = [&] {
    return sim.peered() && sim.world.hosts.on(id, [&](const FakeHost& host) {
      return same(before, host) && host.ufw_lets(true, {"in on wg0"}) == before.ufw_lets(true, {"in on wg0"});
    });
  };
  ASSERT_FALSE(as_before()) << "the fault must be one";
  EXPECT_TRUE(sim.run_until(as_before, kRepairLimit)) << sim.story();
  EXPECT_EQ(sim.world.instance(GetParam().label), id) << "no host is replaced for this";
}

TEST_P(HostDrift, IsReportedAndLeftAloneUnderWarn) {
  Simulation sim;
  PeeringSpec spec = reference_spec();
  spec.repair_policy = RepairPolicy::Warn;
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(2min);
  const InstanceId id = sim.world.instance(GetParam().label);
  const auto drift = [&] { return sim.world.store.object(kReferenceKey)->status.drift; };
  ASSERT_TRUE(drift().empty()) << "so what comes is of this fault";
  sim.world.hosts.on(id, GetParam().happens);
  const FakeHost broken = sim.world.hosts.on(id, [](const FakeHost& host) { return host; });
  sim.world.effects.forget();
  sim.run_for(2min);
  const std::map<std::string, std::string> lanes{{"Gateway-A", "amsterdam/gateway-0"},
                                                 {"Gateway-B", "bangalore/gateway-0"},
                                                 {"App-Server", "amsterdam/app-server"},
                                                 {"DB-Server", "bangalore/db-server"}};
  const auto found = drift();
  EXPECT_TRUE(std::any_of(found.begin(), found.end(), [&](const DriftEntry& entry) {
    return entry.where == lanes.at(GetParam().label) && !entry.repaired_at &&
           entry.note == "not repaired: spec.repair.policy is Warn";
  })) << sim.story();
  EXPECT_TRUE(sim.world.hosts.on(id, [&](const FakeHost& host) { return same(broken, host); }));
  for (const std::string& effect : sim.world.effects.done()) {
    EXPECT_FALSE(effect.starts_with("host: ") || effect.starts_with("cloud:")) << effect;
  }
}

INSTANTIATE_TEST_SUITE_P(All, HostDrift, ::testing::ValuesIn(host_faults()),
                         [](const auto& row) { return row.param.name; });

class CloudDrift : public ::testing::Test {
 protected:
  void SetUp() override {
    sim.declare(reference_spec());
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(2min);
  }
  void change(const std::string& label, const std::function<void(Machine&)>& happens) {
    const InstanceId id = sim.world.instance(label);
    sim.world.cloud.world([&](CloudWorld& world) { happens(world.machines.at(id)); });
  }
  bool works_again(milliseconds limit) {
    return sim.run_until([&] { return sim.peered(); }, limit);
  }
  Simulation sim;
};

TEST_F(CloudDrift, ADeletedGatewayComesBackWithItsKeys) {
  const InstanceId id = sim.world.instance("Gateway-A");
  const std::string key =
      sim.world.hosts.on(id, [](const FakeHost& host) { return host.tunnel->public_key; });
  sim.world.cloud.world(
      [&](CloudWorld& world) { return world.delete_instance(id, sim.world.clock.now()).ok(); });
  EXPECT_FALSE(sim.peered());
  ASSERT_TRUE(works_again(10min)) << sim.story();
  const InstanceId now = sim.world.instance("Gateway-A");
  EXPECT_NE(now, id);
  EXPECT_EQ(sim.world.hosts.on(now, [](const FakeHost& host) { return host.tunnel->public_key; }), key);
}

/// What its peers and the servers of its site then need is our own doing.
TEST_F(CloudDrift, ADeletedGatewayIsTheOnlyDriftHoweverOftenItIsDeleted) {
  for (int i = 0; i < 4; ++i) {
    const InstanceId id = sim.world.instance("Gateway-A");
    sim.world.cloud.world(
        [&](CloudWorld& world) { return world.delete_instance(id, sim.world.clock.now()).ok(); });
    // A change that fails at first is not done because its host needs nothing.
    if (i > 0)
      sim.world.cloud.faults.add({"add-firewall-rule", {ErrorKind::Transient, "Busy", "busy"}, false, i});
    ASSERT_TRUE(works_again(10min)) << sim.story();
  }
  const PeeringStatus status = sim.world.store.object(kReferenceKey)->status;
  EXPECT_EQ(status.drift.size(), 4U);
  for (const DriftEntry& entry : status.drift)
    EXPECT_EQ(entry.what + " of " + entry.where, "InstanceMissing of amsterdam/gateway-0") << entry.detail;
  EXPECT_EQ(find_condition(status, condition::kFighting), nullptr);
}

/// The hosts need nothing, so that only what is due in the cloud says that they are not yet as declared.
TEST_F(CloudDrift, WhatAChangedSpecAsksOfTheCloudAloneIsNoneThoughItFailsAtFirst) {
  PeeringSpec spec = reference_spec();
  spec.ssh_sources = {*Cidr::parse("198.51.100.0/24")};
  spec.repair_policy = RepairPolicy::Warn;  // drift would be left as it is
  sim.world.cloud.faults.add({"add-firewall-rule", {ErrorKind::Transient, "Busy", "busy"}, false, 5});
  sim.declare(spec);
  const auto narrowed = [&] {
    const CloudSnapshot cloud = sim.world.cloud.everything();
    return std::ranges::none_of(cloud.firewall_groups, [](const FirewallGroup& group) {
      return std::ranges::any_of(group.rules, [](const FirewallRule& r) {
        return r.rule.port == "22" && r.rule.source.prefix == 0;
      });
    });
  };
  EXPECT_TRUE(sim.run_until([&] { return narrowed() && sim.peered(); }, 3min)) << sim.story();
  EXPECT_TRUE(sim.world.store.object(kReferenceKey)->status.drift.empty()) << sim.story();
}

TEST_F(CloudDrift, AStoppedGatewayIsStarted) {
  change("Gateway-B", [](Machine& machine) { machine.facts.power = PowerState::Stopped; });
  EXPECT_FALSE(sim.peered());
  EXPECT_TRUE(works_again(5min)) << sim.story();
}

TEST_F(CloudDrift, ATwinIsDeletedAndTheOlderOneStays) {
  const InstanceId id = sim.world.instance("Gateway-A");
  sim.world.clock.advance(1s);
  sim.world.cloud.world([&](CloudWorld& world) {
    Machine twin = world.machines.at(id);
    twin.facts.id = {"ffffffff-0000-4000-8000-000000000001"};
    twin.facts.public_ip = Ipv4{0xc613ffff};
    twin.facts.vpcs[0].address = *Ipv4::parse("172.16.1.200");
    twin.created = twin.facts.created = sim.world.clock.now();
    world.machines[twin.facts.id] = twin;
  });
  EXPECT_TRUE(sim.run_until([&] { return sim.world.count("Gateway-A") == 1; }, 5min)) << sim.story();
  EXPECT_EQ(sim.world.instance("Gateway-A"), id);
}

TEST_F(CloudDrift, TagsAndFirewallGroupComeBack) {
  const Machine before = sim.world.cloud.world(
      [id = sim.world.instance("Gateway-A")](CloudWorld& world) { return world.machines.at(id); });
  change("Gateway-A", [](Machine& machine) { machine.facts.firewall_group.reset(); });
  const auto as_before = [&] {
    return sim.world.cloud.world(
        [&](CloudWorld& world) { return world.machines.at(before.facts.id).facts == before.facts; });
  };
  EXPECT_TRUE(sim.run_until(as_before, 1min)) << sim.story();
}

TEST_F(CloudDrift, AnInstanceThatTheListDoesNotShowHoldsUpNoHost) {
  const InstanceId missing = sim.world.instance("Gateway-B");
  const InstanceId server = sim.world.instance("App-Server");
  sim.world.effects.forget();
  sim.world.cloud.world([&](CloudWorld& world) { world.quirks.unlisted = {missing}; });
  sim.world.hosts.on(server, [](FakeHost& host) {
    std::erase_if(host.routes, [](auto& route) { return route.destination.str() == "172.16.2.0/24"; });
  });
  EXPECT_FALSE(sim.peered());
  EXPECT_TRUE(works_again(kRepairLimit)) << sim.story();
  sim.run_for(5min);
  EXPECT_NE(sim.story().find("NetworksReady=Unknown CloudInconsistent"), std::string::npos) << sim.story();
  for (const std::string& effect : sim.world.effects.done())
    EXPECT_FALSE(effect.starts_with("cloud:")) << effect;
  sim.world.cloud.world([](CloudWorld& world) { world.quirks.unlisted.clear(); });
  EXPECT_TRUE(sim.run_until([&] { return sim.condition(condition::kReady) == "True"; }, 2min)) << sim.story();
}

TEST_F(CloudDrift, AnUnreachableHostIsNeitherReplacedNorDeleted) {
  sim.world.effects.forget();
  sim.world.hosts.faults.add({"run", {ErrorKind::Transient, "HostUnreachable", "cut off"}, false, 1'000'000});
  sim.run_for(30min);
  for (const std::string& effect : sim.world.effects.done())
    EXPECT_FALSE(effect.starts_with("cloud:")) << effect;
  EXPECT_NE(sim.condition(condition::kReady), "True");
  sim.world.hosts.faults.clear();
  EXPECT_TRUE(works_again(10min)) << sim.story();
}

}  // namespace
}  // namespace vpcp::testing
