#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/record.h"
#include "support/simulation.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

const ObjectKey kSuccessor{"network", "moved"};
const ObjectKey kBackup{"network", "backup"};

/// The peered reference scenario, and a copy of its record as a person would keep it.
class Restored : public ::testing::Test {
 protected:
  void SetUp() override {
    sim.declare(spec);
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(5min);
    const auto record = sim.world.store.get_secret({}, {kReferenceKey.ns, record_secret_name(kReferenceKey)});
    ASSERT_TRUE(record.ok() && *record);
    sim.world.store.set_secret(kBackup, **record);
    spec.restore_secret = kBackup.name;
  }
  /// The former object goes and leaves everything; its record goes with it.
  void let_go() {
    PeeringSpec retained = reference_spec();
    retained.deletion_policy = DeletionPolicy::Retain;
    sim.declare(retained);
    sim.run_for(1min);
    sim.remove();
    ASSERT_TRUE(sim.run_until([&] { return !sim.world.store.object(kReferenceKey); }, 5min)) << sim.story();
  }
  Condition ready() {
    const auto object = sim.world.store.object(kSuccessor);
    const Condition* found = object ? find_condition(object->status, condition::kReady) : nullptr;
    return found == nullptr ? Condition{} : *found;
  }
  std::vector<std::string> effects_outside_the_store() {
    std::vector<std::string> out;
    for (const std::string& effect : sim.world.effects.done()) {
      if (!effect.starts_with("store: ")) out.push_back(effect);
    }
    return out;
  }
  PeeringSpec spec = reference_spec();
  Simulation sim;
};

TEST_F(Restored, GoesOnWithWhatTheOtherObjectMadeAndTouchesNothing) {
  let_go();
  sim.world.effects.forget();
  sim.declare(spec, kSuccessor);
  ASSERT_TRUE(sim.run_until([&] { return ready().status == ConditionStatus::True; }, 10min)) << sim.story();
  EXPECT_EQ(effects_outside_the_store(), std::vector<std::string>{});
}

TEST_F(Restored, RepairsAndRemovesItAsItsOwn) {
  let_go();
  sim.declare(spec, kSuccessor);
  ASSERT_TRUE(sim.run_until([&] { return ready().status == ConditionStatus::True; }, 10min)) << sim.story();
  const InstanceId gateway = sim.world.instance("Gateway-A");
  sim.world.cloud.world([&](CloudWorld& world) { return world.machines.erase(gateway); });
  ASSERT_TRUE(sim.run_until([&] { return ready().status != ConditionStatus::True; }, 10min));
  ASSERT_TRUE(sim.run_until([&] { return ready().status == ConditionStatus::True; }, 20min)) << sim.story();
  EXPECT_EQ(sim.world.cloud.everything().instances.size(), 4u);
  sim.remove(kSuccessor);
  ASSERT_TRUE(sim.run_until([&] { return !sim.world.store.object(kSuccessor); }, 20min)) << sim.story();
  EXPECT_TRUE(sim.world.cloud.everything().instances.empty());
  EXPECT_TRUE(sim.world.cloud.everything().vpcs.empty());
}

TEST_F(Restored, ADeathAnywhereMakesNoTwin) {
  let_go();
  sim.world.effects.forget();
  for (std::size_t effect = 1; effect <= 4; ++effect) {
    sim.crash_at(effect, Simulation::Moment::After);
    sim.declare(spec, kSuccessor);
    sim.run_for(1min);
  }
  ASSERT_TRUE(sim.run_until([&] { return ready().status == ConditionStatus::True; }, 10min)) << sim.story();
  EXPECT_EQ(effects_outside_the_store(), std::vector<std::string>{});
}

TEST_F(Restored, IsRefusedWhileTheOtherObjectLives) {
  sim.world.effects.forget();
  sim.declare(spec, kSuccessor);
  ASSERT_TRUE(sim.run_until([&] { return ready().reason == "RestoreRefused"; }, 5min)) << sim.story();
  EXPECT_THAT(ready().message, ::testing::HasSubstr("network/ams-blr works with"));
  EXPECT_EQ(effects_outside_the_store(), std::vector<std::string>{});
}

TEST_F(Restored, IsRefusedWithoutTheSecretAndWaitsForIt) {
  let_go();
  const auto backup = sim.world.store.get_secret({}, kBackup);
  spec.restore_secret = "later";
  sim.declare(spec, kSuccessor);
  ASSERT_TRUE(sim.run_until([&] { return ready().reason == "RestoreRefused"; }, 5min)) << sim.story();
  EXPECT_THAT(ready().message,
              ::testing::HasSubstr("spec.restoreFrom.name: the Secret later does not exist"));
  sim.world.store.set_secret({"network", "later"}, **backup);
  EXPECT_TRUE(sim.run_until([&] { return ready().status == ConditionStatus::True; }, 30min)) << sim.story();
  EXPECT_EQ(sim.world.cloud.everything().instances.size(), 4u);
}

TEST_F(Restored, DeletedBeforeItTookOverItLeavesAll) {
  PeeringSpec waiting = spec;
  sim.declare(waiting, kSuccessor);  // refused: the other one lives
  ASSERT_TRUE(sim.run_until([&] { return ready().reason == "RestoreRefused"; }, 5min)) << sim.story();
  sim.remove(kSuccessor);
  ASSERT_TRUE(sim.run_until([&] { return !sim.world.store.object(kSuccessor); }, 5min)) << sim.story();
  EXPECT_TRUE(sim.peered()) << sim.story();
  EXPECT_EQ(sim.world.cloud.everything().instances.size(), 4u);
}

}  // namespace
}  // namespace vpcp::testing
