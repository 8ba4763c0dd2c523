#include "adapters/vultr/request_gate.h"

#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace vpcp::vultr {
namespace {

TEST(RequestGate, LetsABurstThroughAndThenKeepsThePace) {
  testing::FakeClock clock;
  RequestGate gate(clock);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(*gate.take_turn(seconds{1}), milliseconds{0}) << i;
  EXPECT_EQ(*gate.take_turn(seconds{1}), milliseconds{50});
  EXPECT_EQ(*gate.take_turn(seconds{1}), milliseconds{100});
  clock.advance(milliseconds{150});
  EXPECT_EQ(*gate.take_turn(seconds{1}), milliseconds{0});
}

TEST(RequestGate, SendsTheImpatientAwayWithoutTakingATurn) {
  testing::FakeClock clock;
  RequestGate gate(clock);
  for (int i = 0; i < 8; ++i) (void)gate.take_turn(seconds{1});
  for (int i = 0; i < 3; ++i) {
    const auto turn = gate.take_turn(milliseconds{40});
    ASSERT_FALSE(turn.ok());
    EXPECT_EQ(turn.error().kind, ErrorKind::Throttled);
    EXPECT_EQ(turn.error().retry_after, milliseconds{50});
  }
}

TEST(RequestGate, AllowsNoMoreThanVultrDoesInAnySecond) {
  testing::FakeClock clock;
  RequestGate gate(clock);
  int sent = 0;
  for (int step = 0; step < 100; ++step) {
    while (gate.take_turn(milliseconds{0}).ok()) ++sent;
    clock.advance(milliseconds{10});
  }
  EXPECT_GE(sent, 20);
  EXPECT_LE(sent, 28);
}

TEST(RequestGate, WaitsForItsTurn) {
  RequestGate gate(system_clock());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(gate.enter(Context{}).ok());
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds{100});
}

TEST(RequestGate, StaysClosedForTheLongestPauseAskedFor) {
  testing::FakeClock clock;
  RequestGate gate(clock);
  gate.close_for(seconds{7});
  gate.close_for(seconds{2});
  clock.advance(seconds{5});
  const Status closed = gate.enter(Context{});
  ASSERT_FALSE(closed.ok());
  EXPECT_EQ(closed.error().kind, ErrorKind::Throttled);
  EXPECT_EQ(closed.error().retry_after, seconds{2});
  clock.advance(seconds{2});
  EXPECT_TRUE(gate.enter(Context{}).ok());
}

TEST(RequestGate, IsNotEnteredByWhoHasBeenStopped) {
  testing::FakeClock clock;
  RequestGate gate(clock);
  std::stop_source stop;
  stop.request_stop();
  Context ctx;
  ctx.stop = stop.get_token();
  const Status entered = gate.enter(ctx);
  ASSERT_FALSE(entered.ok());
  EXPECT_EQ(entered.error().reason, "NotSent");
}

}  // namespace
}  // namespace vpcp::vultr
