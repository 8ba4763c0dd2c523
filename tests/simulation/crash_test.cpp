#include <gtest/gtest.h>

#include <random>

#include "simulation/crash_points.h"

/// The process is killed before and after every effect that it has on the world. Started anew it always
/// finishes the job: no twins, nothing left behind.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

void expect_no_twins(Simulation& sim) {
  for (const char* label : {"Gateway-A", "Gateway-B", "App-Server", "DB-Server"}) {
    EXPECT_EQ(sim.world.count(label), 1u) << label;
  }
  EXPECT_EQ(sim.world.cloud.everything().vpcs.size(), 2u);
}

/// How many creates the cloud carried out: none was done twice, also not and then deleted.
std::size_t creates(const Effects& effects, const std::string& operation) {
  std::size_t n = 0;
  for (const std::string& effect : effects.done()) n += effect.starts_with("cloud: " + operation) ? 1 : 0;
  return n;
}

class Crash : public CrashTest {};
INSTANTIATE_TEST_SUITE_P(At, Crash, ::testing::ValuesIn(all_points()), name_of_points);

TEST_P(Crash, OnTheWayUpIsMadeGood) {
  at_each_point([](Simulation& sim, std::size_t at) {
    sim.crash_at(at, GetParam().moment);
    sim.declare(reference_spec());
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    expect_no_twins(sim);
    EXPECT_EQ(creates(sim.world.effects, "create-instance"), 4u) << sim.story();
    EXPECT_EQ(creates(sim.world.effects, "create-vpc"), 2u) << sim.story();
  });
}

TEST_P(Crash, OnTheWayDownLeavesNothing) {
  at_each_point([](Simulation& sim, std::size_t at) {
    sim.declare(reference_spec());
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.crash_at(at, GetParam().moment);
    sim.remove();
    ASSERT_TRUE(sim.run_until([&] { return sim.gone(); })) << sim.story();
  });
}

TEST(Crashes, AtFiftyRandomMomentsInARowAreMadeGood) {
  std::mt19937 random(20261122);
  Simulation sim;
  sim.declare(reference_spec());
  for (int death = 0; death < 50; ++death) {
    sim.crash_at(1 + random() % 8, random() % 2 == 0 ? Moment::Before : Moment::After);
    const auto died = [&] { return sim.deaths() > death; };
    if (sim.run_until(died, 3min)) continue;
    // It waits for a create of which it cannot know, or it is done and has nothing left to die at.
    ASSERT_TRUE(sim.run_until([&] { return died() || sim.peered(); })) << sim.story();
    if (died()) continue;
    sim.world.cloud.world([](CloudWorld& world) { world.machines.erase(world.machines.begin()); });
    ASSERT_TRUE(sim.run_until(died)) << sim.story();
  }
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  expect_no_twins(sim);
  sim.remove();
  EXPECT_TRUE(sim.run_until([&] { return sim.gone(); })) << sim.story();
}

TEST(LostAnswers, ToCreatesMakeNoTwins) {
  for (const char* operation : {"create-vpc", "create-firewall-group", "create-instance"}) {
    for (int which = 1; which <= 2; ++which) {
      SCOPED_TRACE(operation);
      Simulation sim;
      sim.world.cloud.world([](CloudWorld& world) { world.quirks.visible_after = 30s; });
      for (int i = 0; i < which; ++i) sim.world.cloud.faults.add(lost_answer(operation));
      sim.declare(reference_spec());
      EXPECT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
      expect_no_twins(sim);
      EXPECT_EQ(creates(sim.world.effects, "create-instance"), 4u);
      EXPECT_EQ(creates(sim.world.effects, "create-vpc"), 2u);
    }
  }
}

TEST(LostAnswers, OfHostsAreMadeGood) {
  Simulation sim;
  sim.declare(reference_spec());
  std::mt19937 random(7);
  for (int round = 0; round < 200 && !sim.peered(); ++round) {
    sim.world.hosts.faults.add(
        {"run", {ErrorKind::Transient, "HostUnreachable", "the connection was lost"}, random() % 2 == 0});
    sim.run_for(5s);
  }
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
}

TEST(Refusals, OfTheCloudAreWaitedOut) {
  Simulation sim;
  const Error throttled{ErrorKind::Throttled, "VultrRateLimited", "slow down", milliseconds{2000}};
  const Error broken{ErrorKind::Transient, "ServerError", "500"};
  for (int i = 0; i < 10; ++i) {
    sim.world.cloud.faults.add({"*", throttled});
    sim.world.cloud.faults.add({"create-instance", broken});
  }
  sim.declare(reference_spec());
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  expect_no_twins(sim);
}

}  // namespace
}  // namespace vpcp::testing
