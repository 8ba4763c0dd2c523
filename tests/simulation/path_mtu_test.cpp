#include <gtest/gtest.h>

#include "support/simulation.h"
#include "vpcp/ports/metric_list.h"

/// A path between the regions that carries only small packets: pings and short connections pass all the same.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

class NarrowPath : public ::testing::Test {
 protected:
  static EdgeStatus edge(Simulation& of) { return of.world.store.object(kReferenceKey)->status.edges.at(0); }
  PeeringStatus status() { return sim.world.store.object(kReferenceKey)->status; }
  /// Of wg0 on both gateways, as it is and as it will be after a reboot.
  static std::set<std::string> mtus(Simulation& of) {
    std::set<std::string> out;
    for (const char* label : {"Gateway-A", "Gateway-B"}) {
      of.world.hosts.on(of.world.instance(label), [&](const FakeHost& host) {
        const std::string& file = host.files.at("/etc/wireguard/wg0.conf").content;
        const auto at = file.find("MTU = ");
        out.insert(std::to_string(host.tunnel->mtu) + ' ' + file.substr(at, file.find('\n', at) - at));
      });
    }
    return out;
  }
  std::set<std::string> mtus() { return mtus(sim); }
  static bool is(EdgeHealth health, const std::string& reason, int mtu, Simulation& of) {
    const EdgeStatus seen = edge(of);
    return seen.health == health && seen.reason == reason && seen.path_mtu == mtu;
  }
  bool is(EdgeHealth health, const std::string& reason, int mtu) { return is(health, reason, mtu, sim); }
  void start(std::optional<int> mtu) { start(mtu, sim); }
  static void start(std::optional<int> mtu, Simulation& of) {
    PeeringSpec spec = reference_spec();
    spec.tunnel.mtu = mtu;
    of.declare(spec);
    ASSERT_TRUE(of.run_until([&] { return of.peered(); })) << of.story();
  }
  Simulation sim;
  std::unique_ptr<Simulation> fresh;
};

using Lines = std::set<std::string>;
const Lines kLowered{"1328 MTU = 1328"};

TEST_F(NarrowPath, IsFollowedByTheTunnel) {
  sim.world.hosts.path_mtu = 1330;
  start({});
  EXPECT_TRUE(sim.run_until([&] { return mtus() == kLowered && is(EdgeHealth::Up, "Verified", 1328); }, 2min))
      << sim.story();
  EXPECT_EQ(status().drift, std::vector<DriftEntry>{}) << "what the controller changes itself is no drift";
  sim.run_for(5min);
  sim.world.effects.forget();
  sim.run_for(70min);
  EXPECT_TRUE(is(EdgeHealth::Up, "Verified", 1328));
  EXPECT_EQ(effects_beside_status(sim.world.effects), std::vector<std::string>{});
}

TEST_F(NarrowPath, IsFollowedThroughADeathAtEveryEffect) {
  for (const auto moment : {Simulation::Moment::Before, Simulation::Moment::After}) {
    for (std::size_t at = 1;; ++at) {
      Simulation& one = *(fresh = std::make_unique<Simulation>());
      start({}, one);
      one.world.hosts.path_mtu = 1330;
      one.run_for(1min);
      one.world.hosts.reboot(one.world.instance("Gateway-B"));  // after an outage it is measured anew
      one.crash_at(at, moment);
      EXPECT_TRUE(one.run_until(
          [&] { return mtus(one) == kLowered && is(EdgeHealth::Up, "Verified", 1328, one); }, 5min))
          << at << one.story();
      if (HasFailure() || one.deaths() == 0) break;
    }
  }
}

TEST_F(NarrowPath, UnderAnMtuOfTheSpecIsDegradedUntilItIsWider) {
  start(1400);
  EXPECT_TRUE(sim.run_until([&] { return is(EdgeHealth::Up, "Verified", 1400); }, 1min)) << sim.story();
  sim.world.hosts.path_mtu = 1330;
  EXPECT_TRUE(sim.run_until([&] { return is(EdgeHealth::Degraded, "MtuTooSmall", 1328); }, 62min))
      << sim.story();
  EXPECT_EQ(sim.condition(condition::kReady), "True");
  EXPECT_EQ(mtus(), Lines{"1400 MTU = 1400"});
  const LabelValues edge{kReferenceKey.ns, kReferenceKey.name, "amsterdam", "bangalore"};
  EXPECT_EQ(sim.world.metrics.value_of(metric::kEdgeDegraded, edge), 1) << "what an alert looks at";
  EXPECT_EQ(sim.world.metrics.value_of(metric::kEdgeUp, edge), 1);
  sim.world.hosts.path_mtu = 1440;
  EXPECT_TRUE(sim.run_until([&] { return is(EdgeHealth::Up, "Verified", 1400); }, 62min)) << sim.story();
  EXPECT_TRUE(sim.world.metrics.exists(metric::kEdgeDegraded, edge));
  EXPECT_EQ(sim.world.metrics.value_of(metric::kEdgeDegraded, edge), 0);
}

/// Warn, Plan, or suspended.
class NarrowPathLeftAlone : public NarrowPath, public ::testing::WithParamInterface<const char*> {};

TEST_P(NarrowPathLeftAlone, IsOnlyReported) {
  start({});
  PeeringSpec spec = reference_spec();
  const std::string how = GetParam();
  if (how == "Warn") spec.repair_policy = RepairPolicy::Warn;
  if (how == "Plan") spec.mode = Mode::Plan;
  if (how == "Suspended") spec.suspend = true;
  sim.declare(spec);
  sim.run_for(1min);
  sim.world.hosts.path_mtu = 1330;
  EXPECT_TRUE(sim.run_until([&] { return is(EdgeHealth::Degraded, "MtuTooSmall", 1328); }, 62min))
      << sim.story();
  sim.run_for(5min);
  EXPECT_EQ(mtus(), Lines{"1420 MTU = 1420"});
  EXPECT_TRUE(is(EdgeHealth::Degraded, "MtuTooSmall", 1328));
}

INSTANTIATE_TEST_SUITE_P(How, NarrowPathLeftAlone, ::testing::Values("Warn", "Plan", "Suspended"),
                         [](const auto& info) { return std::string(info.param); });

/// Somebody lowers the MTU of a gateway again and again while the path is measured.
TEST_F(NarrowPath, IsNotTakenFromAForeignMtu) {
  start({});
  const auto end = sim.world.clock.steady_now() + 70min;
  while (sim.world.clock.steady_now() < end) {
    sim.world.hosts.on(sim.world.instance("Gateway-A"), [](FakeHost& host) { host.tunnel->mtu = 1280; });
    sim.run_for(50s);
  }
  EXPECT_TRUE(sim.run_until([&] { return mtus() == Lines{"1420 MTU = 1420"}; }, 15min)) << sim.story();
  EXPECT_TRUE(sim.run_until([&] { return is(EdgeHealth::Up, "Verified", 1420); }, 62min)) << sim.story();
}

}  // namespace
}  // namespace vpcp::testing
