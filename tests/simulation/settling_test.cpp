#include <gtest/gtest.h>

#include "simulation/simulation.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> effects_beside_status(const Effects& effects) {
  std::vector<std::string> out;
  for (const std::string& effect : effects.done()) {
    if (!effect.starts_with("store: apply-status")) out.push_back(effect);
  }
  return out;
}

TEST(Settling, TheReferenceScenarioIsPeeredFromNothing) {
  Simulation sim;
  sim.declare(reference_spec());
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  EXPECT_EQ(sim.world.cloud.everything().instances.size(), 4u);
  EXPECT_EQ(sim.world.cloud.everything().vpcs.size(), 2u);
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

}  // namespace
}  // namespace vpcp::testing
