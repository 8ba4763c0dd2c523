#include <gtest/gtest.h>

#include "domain/status/look_need.h"
#include "support/simulation.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

class Streams : public ::testing::Test {
 protected:
  void SetUp() override {
    sim.declare(reference_spec());
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(2min);
  }
  template <class F>
  auto on_gateway(F&& f) {
    return sim.world.hosts.on(sim.world.instance("Gateway-A"), std::forward<F>(f));
  }
  /// A fault that no probe notices.
  void edit_file() {
    on_gateway([](FakeHost& host) { host.files["/etc/wireguard/wg0.conf"].content += "#"; });
  }
  bool file_is_back() {
    return on_gateway(
        [](FakeHost& host) { return !host.files["/etc/wireguard/wg0.conf"].content.ends_with('#'); });
  }
  Simulation sim;
};

TEST_F(Streams, AHintLeadsToARepairWithinASecond) {
  edit_file();
  ASSERT_FALSE(file_is_back());
  EXPECT_TRUE(sim.run_until([&] { return file_is_back(); }, 1s)) << sim.story();
}

TEST_F(Streams, WhatNoHintToldIsFoundAllTheSame) {
  sim.streams_work = false;
  edit_file();
  EXPECT_FALSE(sim.run_until([&] { return file_is_back(); }, 5s)) << "the facts of the last look were used";
  EXPECT_TRUE(sim.run_until([&] { return file_is_back(); }, kFactsKept + 15s)) << sim.story();
}

TEST_F(Streams, ADyingStreamIsAHint) {
  sim.world.hosts.faults.add({"watch", {ErrorKind::Transient, "StreamSilent", "nothing heard"}, false, 1});
  edit_file();
  EXPECT_TRUE(sim.run_until([&] { return file_is_back(); }, 1s)) << sim.story();
}

TEST_F(Streams, AnInstanceThatIsDeletedIsMissedAtOnce) {
  const InstanceId id = sim.world.instance("Gateway-A");
  sim.world.cloud.world(
      [&](CloudWorld& world) { return world.delete_instance(id, sim.world.clock.now()).ok(); });
  const auto replaced = [&] {
    const InstanceId now = sim.world.instance("Gateway-A");
    return !now.empty() && now != id;
  };
  EXPECT_TRUE(sim.run_until(replaced, 3s)) << sim.story();
}

TEST_F(Streams, AnInstanceThatIsDeletedUnseenIsMissedWithinAPollInterval) {
  sim.streams_work = false;
  const InstanceId id = sim.world.instance("DB-Server");
  sim.world.cloud.world(
      [&](CloudWorld& world) { return world.delete_instance(id, sim.world.clock.now()).ok(); });
  const auto replaced = [&] {
    const InstanceId now = sim.world.instance("DB-Server");
    return !now.empty() && now != id;
  };
  EXPECT_TRUE(sim.run_until(replaced, 15s)) << sim.story();
}

TEST_F(Streams, OurOwnRepairMakesNoLoop) {
  edit_file();
  ASSERT_TRUE(sim.run_until([&] { return file_is_back(); }, 1s));
  sim.run_for(2s);
  const std::size_t lines = sim.log->lines().size();
  sim.world.effects.forget();
  sim.run_for(1min);
  for (const std::string& effect : sim.world.effects.done())
    EXPECT_FALSE(effect.starts_with("host:")) << effect;
  EXPECT_LT(sim.log->lines().size(), lines + 5);
}

}  // namespace
}  // namespace vpcp::testing
