#include <gtest/gtest.h>

#include <set>

#include "domain/status/outdated.h"
#include "support/simulation.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

TEST(Settling, TheReferenceScenarioIsPeeredFromNothing) {
  Simulation sim;
  sim.declare(reference_spec());
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  EXPECT_EQ(sim.world.cloud.everything().instances.size(), 4u);
  EXPECT_EQ(sim.world.cloud.everything().vpcs.size(), 2u);
}

/// Hosts that are not there yet are no hosts that do not answer: nobody need look for what is wrong.
TEST(Settling, EdgesAreNotProbedYetUntilTheyArePeered) {
  Simulation sim;
  std::set<std::string> reasons;
  sim.declare(reference_spec());
  EXPECT_TRUE(sim.run_until([&] {
    const auto object = sim.world.store.object(kReferenceKey);
    const Condition* tunnels = find_condition(object->status, condition::kTunnelsUp);
    if (tunnels != nullptr) reasons.insert(tunnels->reason);
    return sim.peered();
  })) << sim.story();
  EXPECT_TRUE(reasons.contains("NotProbedYet"));
  EXPECT_FALSE(reasons.contains("GatewayNotReachable"));
}

TEST(Settling, ARefusedSpecTouchesNothingAndIsToldOnceUntilItIsWrongInAnotherWay) {
  Simulation sim;
  PeeringSpec spec = reference_spec();
  const auto good_cidr = spec.sites[1].vpc.cidr;
  const auto refusals = [&] {
    const auto lines = sim.log->lines();
    return std::count_if(lines.begin(), lines.end(),
                         [](const auto& line) { return line.message == "The spec is refused"; });
  };
  spec.sites[1].vpc.cidr = spec.sites[0].vpc.cidr;
  sim.declare(spec);
  sim.run_for(5min);
  EXPECT_EQ(sim.condition(condition::kAccepted), "False") << sim.story();
  EXPECT_EQ(refusals(), 1);
  EXPECT_EQ(sim.world.store.events().size(), 1u);
  EXPECT_EQ(sim.world.cloud.everything().vpcs.size(), 0u);

  spec.sites[1].vpc.cidr = good_cidr;
  spec.sites[1].name = spec.sites[0].name;
  sim.declare(spec);
  sim.run_for(5min);
  EXPECT_EQ(refusals(), 2);
  EXPECT_EQ(sim.world.store.events().size(), 2u);
}

TEST(Settling, AHealthyPeeringIsNotTouched) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(5min);
  sim.world.effects.forget();
  sim.run_for(30min);
  EXPECT_EQ(effects_beside_status(sim.world.effects), std::vector<std::string>{});
  EXPECT_TRUE(sim.peered()) << sim.story();
}

TEST(Settling, TheGaugesFollowTheObjectAndGoWithIt) {
  Simulation sim;
  const LabelValues object{kReferenceKey.ns, kReferenceKey.name};
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  EXPECT_EQ(sim.world.metrics.value_of(metric::kPeeringReady, object), 1);
  EXPECT_EQ(sim.world.metrics.value_of(metric::kMonthlyCost, object),
            sim.world.store.object(kReferenceKey)->status.monthly_cost_usd);
  sim.remove();
  ASSERT_TRUE(sim.run_until([&] { return sim.gone(); })) << sim.story();
  EXPECT_FALSE(sim.world.metrics.exists(metric::kPeeringReady, object));
}

TEST(Settling, ARemovedPeeringLeavesNothing) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.remove();
  EXPECT_TRUE(sim.run_until([&] { return sim.gone(); })) << sim.story();
}

/// As long as one layer is there, the next one stays, though it could go.
TEST(Settling, ARemovalGoesLayerByLayer) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.world.effects.forget();
  sim.world.cloud.world([](CloudWorld& world) { world.quirks.attached_lingers = 0s; });
  sim.world.cloud.faults.add({"delete-firewall-group", {ErrorKind::Transient, "Busy", "busy"}, false, 3});
  sim.remove();
  ASSERT_TRUE(sim.run_until([&] { return sim.gone(); })) << sim.story();
  const std::vector<std::string> layers{"cloud: delete-instance", "cloud: delete-firewall-group",
                                        "cloud: delete-vpc"};
  std::vector<int> seen;
  for (const std::string& effect : sim.world.effects.done()) {
    for (std::size_t layer = 0; layer < layers.size(); ++layer)
      if (effect.starts_with(layers[layer])) seen.push_back(static_cast<int>(layer));
  }
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end())) << sim.story();
  EXPECT_EQ(std::set(seen.begin(), seen.end()), (std::set{0, 1, 2}));
}

TEST(Settling, AHealthyHourWritesFewStatuses) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(5min);
  sim.world.effects.forget();
  sim.run_for(60min);
  const auto& done = sim.world.effects.done();
  EXPECT_LE(
      std::count_if(done.begin(), done.end(),
                    [](const std::string& effect) { return effect.starts_with("store: apply-status"); }),
      70);
  const PeeringStatus status = sim.world.store.object(kReferenceKey)->status;
  EXPECT_EQ(percent(*status.edges.at(0).availability), 100.0);
}

TEST(Settling, AShorterIntervalHoldsAtOnce) {
  Simulation sim;
  PeeringSpec spec = reference_spec();
  spec.verification_interval = minutes{60};
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(5min);
  spec.verification_interval = seconds{10};
  sim.declare(spec);
  const auto looked_at = [&] {
    return edges_looked_at(sim.world.store.object(kReferenceKey)->status).value();
  };
  EXPECT_TRUE(sim.run_until([&] { return sim.world.clock.now() - looked_at() < seconds{15}; }, 90s))
      << "the edges were last looked at " << (sim.world.clock.now() - looked_at()).count();
  sim.run_for(10min);
  EXPECT_LT(sim.world.clock.now() - looked_at(), seconds{75})
      << "and goes on so: figures are written each minute";
}

/// An edge that dies and stays dead, since nothing is repaired.
class DeadEdge : public ::testing::TestWithParam<std::pair<seconds, milliseconds>> {
 protected:
  EdgeStatus edge() { return sim.world.store.object(kReferenceKey)->status.edges.at(0); }
  void start() {
    PeeringSpec spec = reference_spec();
    spec.verification_interval = GetParam().first;
    spec.repair_policy = RepairPolicy::Warn;
    sim.declare(spec);
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(5min);
  }
  Simulation sim;
};

TEST_P(DeadEdge, StandsInTheStatusInTimeWithItsCauseAndComesBackInTime) {
  start();
  const InstanceId gateway = sim.world.instance("Gateway-A");
  std::vector<FakePeer> peers;
  sim.world.hosts.on(gateway, [&](FakeHost& host) { peers = std::exchange(host.tunnel->peers, {}); });
  EXPECT_TRUE(sim.run_until([&] { return edge().health == EdgeHealth::Down; }, GetParam().second))
      << sim.story();
  EXPECT_NE(sim.condition(condition::kReady), "True");
  EXPECT_TRUE(sim.run_until([&] { return edge().reason == "PeerMissing"; }, 2s)) << edge().reason;
  EXPECT_EQ(edge().hop, "key");
  EXPECT_EQ(edge().at, "amsterdam");
  sim.run_for(2min);
  EXPECT_EQ(edge().health, EdgeHealth::Down);
  sim.world.hosts.on(gateway, [&](FakeHost& host) { host.tunnel->peers = peers; });
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 2s)) << sim.story();
  EXPECT_LT(*percent(*edge().availability), 100.0);
}

TEST_P(DeadEdge, IsRememberedInTheAvailabilityByTheNextController) {
  start();
  const InstanceId gateway = sim.world.instance("Gateway-A");
  std::vector<FakePeer> peers;
  sim.world.hosts.on(gateway, [&](FakeHost& host) { peers = std::exchange(host.tunnel->peers, {}); });
  sim.run_for(5min);
  sim.world.hosts.on(gateway, [&](FakeHost& host) { host.tunnel->peers = peers; });
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); }, 5min)) << sim.story();
  sim.run_for(2min);
  const EdgeAvailability before = *edge().availability;
  sim.crash_at(1, Simulation::Moment::Before);  // of its next effect, which is the next figures
  ASSERT_TRUE(sim.run_until([&] { return sim.deaths() == 1; }, 10min)) << sim.story();
  sim.run_for(3min);  // figures are written once a minute
  const EdgeAvailability after = *edge().availability;
  EXPECT_EQ(after.since, before.since);
  EXPECT_GT(after.until, before.until) << "the next one goes on";
  EXPECT_LT(*percent(after), 99.0);
}

INSTANTIATE_TEST_SUITE_P(Intervals, DeadEdge,
                         ::testing::Values(std::pair(seconds{1}, milliseconds{2000}),
                                           std::pair(seconds{10}, milliseconds{12'000}),
                                           std::pair(seconds{60}, milliseconds{72'000})),
                         [](const auto& info) { return std::to_string(info.param.first.count()) + "s"; });

}  // namespace
}  // namespace vpcp::testing
