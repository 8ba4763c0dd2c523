#include "controllers/status_keeper.h"

#include <gtest/gtest.h>

#include "support/fake_world.h"
#include "support/reference_scenario.h"

namespace vpcp::testing {
namespace {

/// Figures alone are written once a minute, by a clock that nobody sets.
TEST(StatusKeeper, AClockThatIsSetBackDoesNotHoldFiguresUp) {
  FakeWorld world;
  PeeringBoard board;
  StatusKeeper keeper(world.store, world.metrics, world.clock, board);
  world.store.declare(kReferenceKey, reference_spec());
  const auto write = [&](double rtt) {
    VpcPeering object = *world.store.get({}, kReferenceKey).value();
    PeeringStatus status = object.status;
    status.edges.resize(1);
    status.edges[0].from = "amsterdam";
    status.edges[0].to = "bangalore";
    status.edges[0].rtt_millis = rtt;
    EXPECT_TRUE(keeper.write({}, object, status).ok());
    return *world.store.get({}, kReferenceKey).value()->status.edges.at(0).rtt_millis;
  };
  world.clock.set_by(hours{5});
  EXPECT_EQ(write(1), 1) << "the first";
  world.clock.advance(seconds{30});
  EXPECT_EQ(write(2), 1) << "too soon for figures alone";
  world.clock.set_by(hours{0});
  world.clock.advance(seconds{31});
  EXPECT_EQ(write(3), 3);
}

/// What is shown between passes would say that the next one is overdue.
TEST(StatusKeeper, NothingIsWrittenInBetweenAfterALastWord) {
  FakeWorld world;
  PeeringBoard board;
  StatusKeeper keeper(world.store, world.metrics, world.clock, board);
  world.store.declare(kReferenceKey, reference_spec());
  VpcPeering object = *world.store.get({}, kReferenceKey).value();
  PeeringStatus status = object.status;
  status.conditions = {{condition::kReady, ConditionStatus::True, "AllUp", "", 1, {}}};
  const auto reason_after_an_hour = [&] {
    world.clock.advance(hours{1});
    keeper.show_traffic({}, kReferenceKey);
    const auto now = world.store.get({}, kReferenceKey).value();
    return find_condition(now->status, condition::kReady)->reason;
  };
  ASSERT_TRUE(keeper.write({}, object, status).ok());
  EXPECT_NE(reason_after_an_hour(), "AllUp");
  status.conditions[0].reason = "Refused";
  object = *world.store.get({}, kReferenceKey).value();
  ASSERT_TRUE(keeper.write_last({}, object, status).ok());
  EXPECT_EQ(reason_after_an_hour(), "Refused");
}

}  // namespace
}  // namespace vpcp::testing
