#include <gtest/gtest.h>

#include <algorithm>

#include "support/cloud_faults.h"
#include "support/simulation.h"

/// The cloud answers 429 for a while: it is asked seldom, each in its own time, and all the rest goes on.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

constexpr minutes kWhile{10};

/// As the Vultr adapter makes it of a 429 with that Retry-After; 5 s is what it makes of one without.
Error slow_down(milliseconds retry_after) {
  return {ErrorKind::Throttled, "VultrRateLimited", "Vultr asks us to slow down", retry_after};
}

/// From one request to the next.
std::vector<milliseconds> gaps(const std::vector<SystemTime>& requests) {
  std::vector<milliseconds> out;
  for (std::size_t i = 1; i < requests.size(); ++i)
    out.push_back(std::chrono::duration_cast<milliseconds>(requests[i] - requests[i - 1]));
  return out;
}

std::size_t done(Simulation& sim, const std::string& what) {
  const auto effects = sim.world.effects.done();
  return static_cast<std::size_t>(
      std::ranges::count_if(effects, [&](const std::string& effect) { return effect.starts_with(what); }));
}

struct SlowDown {
  const char* name;
  milliseconds retry_after;
  std::size_t requests;     ///< At most so many in a while, of one object.
  milliseconds afterwards;  ///< By then it has asked again.
};
void PrintTo(const SlowDown& row, std::ostream* out) {
  *out << row.name;
}

class Throttled : public ::testing::TestWithParam<SlowDown> {
 protected:
  void start() {
    sim.declare(reference_spec());
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(2min);
    sim.world.effects.forget();
    sim.world.cloud.answer_all_with(slow_down(GetParam().retry_after));
  }
  bool says_why() {
    const auto object = sim.world.store.object(kReferenceKey);
    const Condition* networks = find_condition(object->status, condition::kNetworksReady);
    return networks != nullptr && networks->status == ConditionStatus::Unknown &&
           networks->reason == "VultrRateLimited";
  }
  bool sees_the_cloud() { return sim.condition(condition::kNetworksReady) == "True"; }
  Simulation sim;
};
INSTANTIATE_TEST_SUITE_P(All, Throttled,
                         ::testing::Values(SlowDown{"WithoutRetryAfter", 5s, 7, 200s},
                                           SlowDown{"WithOneOfFiveMinutes", 5min, 3, 6min}),
                         [](const auto& row) { return row.param.name; });

TEST_P(Throttled, TheCloudIsAskedSeldomAndNeverBeforeItsTime) {
  start();
  sim.run_for(kWhile);
  const auto requests = sim.world.cloud.answered();
  EXPECT_GE(requests.size(), 2U) << "it goes on asking";
  EXPECT_LE(requests.size(), GetParam().requests);
  for (const milliseconds gap : gaps(requests)) EXPECT_GE(gap, GetParam().retry_after);
  EXPECT_TRUE(says_why()) << sim.story();
  sim.world.cloud.answer_all_with(std::nullopt);
  EXPECT_TRUE(sim.run_until([&] { return sees_the_cloud() && sim.peered(); }, GetParam().afterwards))
      << sim.story();
  EXPECT_EQ(done(sim, "cloud:"), 0U) << "nothing was wrong there";
}

TEST_P(Throttled, HostsAreRepairedMeanwhile) {
  start();
  sim.run_for(2min);
  const InstanceId gateway = sim.world.instance("Gateway-A");
  const auto forwards = [&] {
    return sim.world.hosts.on(gateway, [](const FakeHost& host) { return host.ip_forward; });
  };
  for (int i = 0; i < 2; ++i) {
    sim.world.hosts.on(gateway, [](FakeHost& host) { host.ip_forward = false; });
    EXPECT_TRUE(sim.run_until(forwards, 5s)) << sim.story();
    sim.run_for(2min);
  }
  EXPECT_TRUE(says_why()) << sim.story();
}

TEST_P(Throttled, WhatIsLostMeanwhileIsMadeOnceWhenItMayBe) {
  start();
  const InstanceId server = sim.world.instance("DB-Server");
  sim.run_for(3min);
  sim.world.cloud.world(
      [&](CloudWorld& world) { (void)world.delete_instance(server, sim.world.clock.now()); });
  sim.run_for(kWhile);
  EXPECT_EQ(done(sim, "cloud:"), 0U);
  EXPECT_LE(sim.world.cloud.answered().size(), GetParam().requests + 2);
  sim.world.cloud.answer_all_with(std::nullopt);
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, GetParam().afterwards + 5min)) << sim.story();
  EXPECT_EQ(done(sim, "cloud: create-instance"), 1U);
}

TEST_P(Throttled, OnTheWayUpNothingIsMadeTwice) {
  for (const seconds at : {0s, 20s, 100s}) {
    SCOPED_TRACE("from " + std::to_string(at.count()) + " s on");
    Simulation up;
    if (at == 0s) up.world.cloud.answer_all_with(slow_down(GetParam().retry_after));
    up.declare(reference_spec());
    up.run_for(at);
    up.world.cloud.answer_all_with(slow_down(GetParam().retry_after));
    up.run_for(kWhile);
    const auto requests = up.world.cloud.answered();
    EXPECT_LE(requests.size(), static_cast<std::size_t>(kWhile / GetParam().retry_after) + 1);
    EXPECT_FALSE(up.peered());
    up.world.cloud.answer_all_with(std::nullopt);
    EXPECT_TRUE(up.run_until([&] { return up.peered(); }, GetParam().afterwards + 6min)) << up.story();
    EXPECT_EQ(done(up, "cloud: create-instance"), 4U);
    EXPECT_EQ(done(up, "cloud: create-vpc"), 2U);
    EXPECT_EQ(done(up, "cloud: create-firewall-group"), 3U);
  }
}

TEST(CloudAway, IsAskedAfterPausesThatGrowToTheInterval) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(2min);
  sim.world.cloud.answer_all_with(Error{ErrorKind::Transient, "ServerError", "500"});
  sim.run_for(kWhile);
  const auto asked = gaps(sim.world.cloud.answered());
  ASSERT_GE(asked.size(), 30U) << "and it is seen soon that it is back";
  EXPECT_GE(asked[0], 1s);
  EXPECT_LE(asked[0], 3s);
  EXPECT_GE(asked[2], 4s);
  for (std::size_t i = 5; i < asked.size(); ++i) {
    EXPECT_GE(asked[i], 10s) << i;
    EXPECT_LE(asked[i], 12s) << i;
  }
}

/// The same story, told of objects with other uids.
TEST_P(Throttled, TwoObjectsDoNotKeepStep) {
  std::vector<std::vector<milliseconds>> all;
  for (int others = 0; others < 2; ++others) {
    Simulation one;
    PeeringSpec refused = reference_spec();
    refused.sites[1].name = refused.sites[0].name;
    for (int i = 0; i < others; ++i) one.declare(refused, {"network", "other-" + std::to_string(i)});
    one.declare(reference_spec());
    ASSERT_TRUE(one.run_until([&] { return one.peered(); })) << one.story();
    one.run_for(2min);
    one.world.cloud.answer_all_with(slow_down(GetParam().retry_after));
    one.run_for(kWhile);
    all.push_back(gaps(one.world.cloud.answered()));
    ASSERT_GE(all.back().size(), 1U);
  }
  for (std::size_t a = 0; a < all.size(); ++a) {
    for (std::size_t b = a + 1; b < all.size(); ++b) {
      for (std::size_t i = 0; i < std::min(all[a].size(), all[b].size()); ++i)
        EXPECT_GE(std::chrono::abs(all[a][i] - all[b][i]), 20ms) << "pause " << i;
    }
  }
}

}  // namespace
}  // namespace vpcp::testing
