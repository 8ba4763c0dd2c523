#include "adapters/kube/event_series.h"

#include <gtest/gtest.h>

#include "support/fake_clock.h"

namespace vpcp::kube {
namespace {

ObjectEvent event(const std::string& note) {
  return {{"network", "a"}, "u1", EventType::Warning, "EdgeDown", note};
}

class Series : public ::testing::Test {
 protected:
  Series() { init_crypto(); }
  std::optional<EventWrite> add(const std::string& note) {
    return series.add(event(note), Moment::now(clock));
  }
  testing::FakeClock clock;
  EventSeries series;
};

TEST_F(Series, TheSameAgainIsCountedAndToldOfOnceAMinute) {
  const auto first = add("no answer");
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->count, 1);
  clock.advance(seconds{1});
  const auto second = add("no answer");
  ASSERT_TRUE(second.has_value()) << "that it repeats";
  EXPECT_EQ(second->count, 2);
  EXPECT_EQ(second->name, first->name);
  EXPECT_EQ(second->first, first->first);
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(add("no answer").has_value());
  EXPECT_TRUE(series.due(clock.steady_now()).empty());
  clock.advance(minutes{1});
  const auto due = series.due(clock.steady_now());
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].count, 7);
  EXPECT_TRUE(series.due(clock.steady_now(), /*all=*/true).empty()) << "told once";
}

TEST_F(Series, AClockThatIsSetBackHoldsNothingUp) {
  clock.set_by(hours{5});
  const auto first = add("no answer");
  add("no answer");
  clock.set_by(hours{0});
  clock.advance(minutes{1});
  const auto again = add("no answer");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->count, 3);
  EXPECT_LT(again->last, first->last);
  clock.advance(minutes{7});
  EXPECT_TRUE(series.due(clock.steady_now()).empty());
  EXPECT_EQ(add("no answer")->count, 1) << "it was forgotten in time";
}

TEST_F(Series, OthersAreOfTheirOwn) {
  const auto one = add("no answer");
  const auto two = add("refused");
  ASSERT_TRUE(one && two);
  EXPECT_NE(one->name, two->name);
  EXPECT_EQ(two->count, 1);
}

TEST_F(Series, WhatIsSilentForLongBeginsAnew) {
  const std::string before = add("no answer")->name;
  clock.advance(minutes{7});
  EXPECT_TRUE(series.due(clock.steady_now()).empty());
  const auto again = add("no answer");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->count, 1);
  EXPECT_NE(again->name, before);
}

TEST_F(Series, AnObjectWithTooMuchToSayIsCutShort) {
  int told = 0;
  for (int i = 0; i < 100; ++i) told += add(std::to_string(i)).has_value() ? 1 : 0;
  EXPECT_EQ(told, 25);
  ObjectEvent other = event("x");
  other.about.name = "b";
  EXPECT_TRUE(series.add(other, Moment::now(clock)).has_value())
      << "another object has an allowance of its own";
  clock.advance(minutes{5});
  EXPECT_TRUE(add("later").has_value());
  EXPECT_FALSE(add("and more").has_value());
}

TEST_F(Series, AtTheEndWhatWasOnlyCountedIsTold) {
  add("no answer");
  add("no answer");
  add("no answer");
  const auto rest = series.due(clock.steady_now(), /*all=*/true);
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(rest[0].count, 3);
}

}  // namespace
}  // namespace vpcp::kube
