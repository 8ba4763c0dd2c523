#include "vpcp/runtime/reflector_state.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

using Kind = ReflectorAsk::Kind;
using Trouble = ReflectorTrouble;

constexpr ReflectorLimits kLimits{milliseconds{100}, milliseconds{1000}, milliseconds{1000}};

ReflectorAsk watch_list() {
  return {Kind::WatchList, true, false, "", "", {}};
}
ReflectorAsk first_page() {
  return {Kind::Page, true, false, "", "", {}};
}
ReflectorAsk page_after(const std::string& token) {
  return {Kind::Page, false, false, token, "", {}};
}
ReflectorAsk watch_from(const std::string& version) {
  return {Kind::Watch, false, false, "", version, {}};
}
ReflectorAsk after(milliseconds pause, ReflectorAsk ask) {
  ask.pause = pause;
  return ask;
}

class Reflecting : public ::testing::Test {
 protected:
  ReflectorAsk next(double random01 = 1.0) { return state.next(random01); }
  void use_pages() { state.on_trouble(Trouble::Unsupported); }
  void sync(const std::string& version = "7") {
    use_pages();
    state.on_page(version, "");
  }
  ReflectorState state{kLimits};
};

TEST_F(Reflecting, BeginsWithAStreamedList) {
  EXPECT_EQ(next(), watch_list());
  EXPECT_FALSE(state.synced());
}

TEST_F(Reflecting, IsInStepWhenTheInitialEventsEnd) {
  state.on_event("90");  // of an initial event: they come in no order
  EXPECT_FALSE(state.synced());
  state.on_initial_events_end("50");
  EXPECT_TRUE(state.synced());
  EXPECT_EQ(next(), watch_from("50"));
}

TEST_F(Reflecting, ReadsPagesAtOnceAndFromThenOnWhereListsAreNotStreamed) {
  use_pages();
  EXPECT_EQ(next(), first_page());
  state.on_page("7", "more");
  EXPECT_FALSE(state.synced());
  EXPECT_EQ(next(), page_after("more"));
  state.on_page("7", "");
  EXPECT_TRUE(state.synced());
  EXPECT_EQ(next(), watch_from("7"));
  state.on_trouble(Trouble::Expired);
  EXPECT_EQ(next(), first_page());
}

TEST_F(Reflecting, GoesOnFromTheLastEventOrBookmark) {
  sync("7");
  state.on_event("8");
  state.on_event("");  // without a version: an odd object, not a reason to begin anew
  EXPECT_EQ(next(), watch_from("8"));
  state.on_end(minutes{5}, true);
  EXPECT_EQ(next(), watch_from("8")) << "at once: the server ends every watch some time";
}

TEST_F(Reflecting, ListsAnewWhenTheVersionHasExpired) {
  sync();
  state.on_trouble(Trouble::Expired);
  EXPECT_EQ(next(), first_page()) << "at once";
  EXPECT_TRUE(state.synced()) << "what is known stays until the new list is whole";
}

TEST_F(Reflecting, BeginsTheListAnewWhenItsRestHasExpired) {
  use_pages();
  state.on_page("7", "more");
  state.on_trouble(Trouble::Expired);
  const ReflectorAsk again = next();
  EXPECT_TRUE(again.begins);
  EXPECT_TRUE(again.whole) << "in one piece, which cannot expire in the middle";
  EXPECT_EQ(again.pause, milliseconds{100});
  state.on_page("9", "");
  state.on_trouble(Trouble::Expired);
  EXPECT_FALSE(next().whole);
}

TEST_F(Reflecting, WhatCannotBeHadInOnePieceIsAskedForInPages) {
  use_pages();
  state.on_page("7", "more");
  state.on_trouble(Trouble::Expired);
  ASSERT_TRUE(next().whole);
  state.on_trouble(Trouble::Other);
  EXPECT_FALSE(next().whole) << "it may be too large for one answer";
  EXPECT_TRUE(next().begins);
}

TEST_F(Reflecting, AStreamedListThatFailsAgainAndAgainIsReadInPages) {
  for (int i = 0; i < 3; ++i) state.on_trouble(Trouble::Other);
  EXPECT_EQ(next().kind, ReflectorAsk::Kind::WatchList) << "a passing trouble";
  state.on_trouble(Trouble::Other);
  EXPECT_EQ(next().kind, ReflectorAsk::Kind::Page);
  EXPECT_TRUE(next().begins);
  state.on_page("7", "");
  state.on_trouble(Trouble::Expired);
  EXPECT_EQ(next().kind, ReflectorAsk::Kind::WatchList) << "the next list is streamed again";
}

TEST_F(Reflecting, AsksForTheSamePageAgainAfterATrouble) {
  use_pages();
  state.on_page("7", "more");
  state.on_trouble(Trouble::Other);
  EXPECT_EQ(next(), after(milliseconds{100}, page_after("more")));
}

TEST_F(Reflecting, WaitsLongerEachTimeUpToALimitAndSpreadOut) {
  sync();
  std::vector<milliseconds> pauses;
  for (int i = 0; i < 6; ++i) {
    state.on_trouble(Trouble::Other);
    pauses.push_back(next().pause);
  }
  const std::vector<milliseconds> expected{milliseconds{100}, milliseconds{200},  milliseconds{400},
                                           milliseconds{800}, milliseconds{1000}, milliseconds{1000}};
  EXPECT_EQ(pauses, expected);
  EXPECT_EQ(next(0.0).pause, milliseconds{500}) << "half of it at least";
  EXPECT_EQ(next().resource_version, "7");
}

TEST_F(Reflecting, WaitsAsLongAsTheServerAsks) {
  sync();
  state.on_trouble(Trouble::Other, seconds{5});
  EXPECT_EQ(next().pause, seconds{5});
  state.on_event("8");
  EXPECT_EQ(next().pause, milliseconds{0});
}

TEST_F(Reflecting, AnEventOrAPageEndsTheWaiting) {
  sync();
  state.on_trouble(Trouble::Other);
  state.on_trouble(Trouble::Other);
  state.on_event("8");
  state.on_trouble(Trouble::Other);
  EXPECT_EQ(next().pause, milliseconds{100});
}

TEST_F(Reflecting, AWatchThatEndsAtOnceWithoutNewsIsATrouble) {
  sync();
  state.on_end(milliseconds{10}, false);
  EXPECT_EQ(next().pause, milliseconds{100});
  state.on_end(milliseconds{10}, true);
  EXPECT_EQ(next().pause, milliseconds{0});
}

TEST_F(Reflecting, AStreamedListThatBreaksOffBeginsAnew) {
  state.on_end(minutes{1}, true);
  EXPECT_EQ(next(), after(milliseconds{100}, watch_list()));
}

TEST_F(Reflecting, AServerThatTakesNoPagesIsAskedMoreAndMoreSlowly) {
  use_pages();
  state.on_trouble(Trouble::Unsupported);
  state.on_trouble(Trouble::Unsupported);
  EXPECT_EQ(next(), after(milliseconds{200}, first_page()));
}

}  // namespace
}  // namespace vpcp
