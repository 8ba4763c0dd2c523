#include "adapters/vultr/shared_round.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "support/fake_clock.h"

namespace vpcp::vultr {
namespace {

using Round = SharedRound<int>;

TEST(SharedRound, GivesWhatIsYoungEnoughAndGetsAnewWhatIsNot) {
  testing::FakeClock clock;
  int rounds = 0;
  Round shared(clock,
               [&](const Context&) -> Result<Round::Value> { return std::make_shared<const int>(++rounds); });
  EXPECT_EQ(**shared.get({}, seconds{5}), 1);
  clock.advance(seconds{5});
  EXPECT_EQ(**shared.get({}, seconds{5}), 1);
  clock.advance(milliseconds{1});
  EXPECT_EQ(**shared.get({}, seconds{5}), 2);
}

TEST(SharedRound, GivesNothingFromBeforeTheLastInvalidation) {
  testing::FakeClock clock;
  int rounds = 0;
  Round shared(clock,
               [&](const Context&) -> Result<Round::Value> { return std::make_shared<const int>(++rounds); });
  (void)shared.get({}, hours{1});
  shared.invalidate();
  EXPECT_EQ(**shared.get({}, hours{1}), 2);
}

TEST(SharedRound, AFailureIsNotKept) {
  testing::FakeClock clock;
  int rounds = 0;
  Round shared(clock, [&](const Context&) -> Result<Round::Value> {
    if (++rounds == 1) return Error{ErrorKind::Transient, "CloudUnavailable", ""};
    return std::make_shared<const int>(rounds);
  });
  EXPECT_FALSE(shared.get({}, hours{1}).ok());
  EXPECT_EQ(**shared.get({}, hours{1}), 2);
}

/// A round that goes on until it is let go.
class HeldRound {
 public:
  Result<Round::Value> operator()(const Context& ctx) {
    const int number = ++rounds_;
    begun_.count_down();
    while (!go_ && !ctx.stopped()) std::this_thread::yield();
    if (ctx.stopped()) return Error{ErrorKind::Transient, "NotSent", "stopped"};
    return std::make_shared<const int>(number);
  }
  void wait_for_begin() { begun_.wait(); }
  void let_go() { go_ = true; }
  int rounds() const { return rounds_; }

 private:
  std::latch begun_{1};
  std::atomic<bool> go_{false};
  std::atomic<int> rounds_{0};
};

TEST(SharedRound, ManyCallersAtOnceCostOneRound) {
  HeldRound held;
  Round shared(system_clock(), [&](const Context& ctx) { return held(ctx); });
  std::atomic<int> sum{0};
  std::atomic<int> asking{0};
  std::vector<std::jthread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      ++asking;
      sum += **shared.get({}, hours{1});
    });
  }
  held.wait_for_begin();
  while (asking < 8) std::this_thread::yield();
  held.let_go();
  callers.clear();
  EXPECT_EQ(sum, 8);
  EXPECT_EQ(held.rounds(), 1);
}

TEST(SharedRound, AnotherTakesOverWhenTheOneWhoGetsIsStopped) {
  testing::FakeClock clock;
  std::latch first_began{1};
  std::atomic<int> rounds{0};
  Round shared(clock, [&](const Context& ctx) -> Result<Round::Value> {
    if (++rounds > 1) return std::make_shared<const int>(42);
    first_began.count_down();
    while (!ctx.stopped()) std::this_thread::yield();
    return Error{ErrorKind::Transient, "NotSent", "stopped"};
  });
  std::stop_source stop;
  Context leader;
  leader.stop = stop.get_token();
  std::jthread first([&] { EXPECT_FALSE(shared.get(leader, hours{1}).ok()); });
  first_began.wait();
  std::jthread second([&] { EXPECT_EQ(**shared.get({}, hours{1}), 42); });
  stop.request_stop();
}

TEST(SharedRound, WhoWaitsStopsAtItsOwnDeadline) {
  HeldRound held;
  Round shared(system_clock(), [&](const Context& ctx) { return held(ctx); });
  std::jthread leader([&] { (void)shared.get({}, hours{1}); });
  held.wait_for_begin();
  const auto late = shared.get(Context{}.within(milliseconds{30}), hours{1});
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().reason, "NotSent");
  held.let_go();
}

}  // namespace
}  // namespace vpcp::vultr
