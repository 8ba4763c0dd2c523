#include "vpcp/runtime/election_state.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>

namespace vpcp {
namespace {

const SystemTime kWall{seconds{1'800'000'000}};

SteadyTime at(milliseconds since_start) {
  return SteadyTime{hours{1} + since_start};
}
LeaseRecord held_by(const std::string& holder, std::int64_t transitions = 3,
                    const std::string& version = "7") {
  return {holder, seconds{15}, kWall, kWall, transitions, version};
}

class Election : public ::testing::Test {
 protected:
  ElectionState me{"me", {}};
};

TEST_F(Election, MakesALeaseWhereThereIsNone) {
  me.observe(std::nullopt, at(seconds{0}));
  const auto claim = me.claim(kWall, at(seconds{0}));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(*claim, (LeaseRecord{"me", seconds{15}, kWall, kWall, 0, ""}));
  EXPECT_FALSE(me.reign(at(seconds{0})).has_value()) << "not before the store has taken it";
}

TEST_F(Election, WaitsForAnothersLeaseToBeSeenUnchangedForItsWholeDuration) {
  me.observe(held_by("other"), at(seconds{0}));
  EXPECT_FALSE(me.claim(kWall + hours{9}, at(milliseconds{14'999})).has_value())
      << "wall time does not count";
  me.observe(held_by("other", 3, "8"), at(seconds{14}));
  EXPECT_FALSE(me.claim(kWall, at(seconds{28})).has_value()) << "it was renewed";
  const auto claim = me.claim(kWall, at(seconds{29}));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->holder, "me");
  EXPECT_EQ(claim->transitions, 4);
  EXPECT_EQ(claim->resource_version, "8") << "so that only one of many wins it";
}

TEST_F(Election, TakesAReleasedLeaseAtOnce) {
  me.observe(held_by(""), at(seconds{0}));
  ASSERT_TRUE(me.claim(kWall, at(seconds{0})).has_value());
  EXPECT_EQ(me.claim(kWall, at(seconds{0}))->transitions, 4);
}

TEST_F(Election, ReignsFromBeforeTheRequestAndEndsBeforeOthersMayBegin) {
  me.won(held_by("me"), at(seconds{100}));
  EXPECT_EQ(me.reign(at(seconds{109})), (Reign{3, at(seconds{110})}));
  EXPECT_FALSE(me.reign(at(seconds{110})).has_value());
  me.won(held_by("me", 3, "8"), at(seconds{108}));
  EXPECT_TRUE(me.reign(at(seconds{117})).has_value());
}

TEST_F(Election, RenewsWithoutANewTransition) {
  me.won(held_by("me"), at(seconds{100}));
  const auto claim = me.claim(kWall + seconds{2}, at(seconds{102}));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->transitions, 3);
  EXPECT_EQ(claim->acquired, kWall);
  EXPECT_EQ(claim->renewed, kWall + seconds{2});
}

TEST_F(Election, IsOverWhenTheLeaseIsAnothers) {
  me.won(held_by("me"), at(seconds{100}));
  me.observe(held_by("other", 4, "9"), at(seconds{101}));
  EXPECT_FALSE(me.reign(at(seconds{101})).has_value());
  EXPECT_FALSE(me.release(kWall).has_value()) << "another's is not ours to release";
}

TEST_F(Election, AClaimWhoseAnswerWasLostIsMadeAgainAsANewReign) {
  me.observe(held_by("me", 4, "9"), at(seconds{0}));
  EXPECT_FALSE(me.reign(at(seconds{0})).has_value());
  const auto claim = me.claim(kWall, at(seconds{0}));
  ASSERT_TRUE(claim.has_value());
  EXPECT_EQ(claim->transitions, 5);
}

TEST_F(Election, ALeaderGivesItAway) {
  me.won(held_by("me"), at(seconds{100}));
  const auto free = me.release(kWall + seconds{5});
  ASSERT_TRUE(free.has_value());
  EXPECT_EQ(*free, (LeaseRecord{"", seconds{1}, kWall + seconds{5}, kWall + seconds{5}, 3, "7"}));
}

TEST_F(Election, LooksOftenEnoughToTakeOverWithinTwoSeconds) {
  me.observe(held_by("other"), at(seconds{0}));
  EXPECT_EQ(me.pause(at(seconds{0}), 0.0), milliseconds{400});
  EXPECT_EQ(me.pause(at(seconds{0}), 1.0), milliseconds{1200});
  me.won(held_by("me"), at(seconds{0}));
  EXPECT_EQ(me.pause(at(seconds{0}), 0.7), seconds{2});
}

/// Candidates and a store in simulated time: requests take their time, are lost before or after they were
/// done, candidates freeze and are cut off.
class ElectionWorld {
 public:
  explicit ElectionWorld(unsigned seed, ElectionTerms terms = {}) : terms_(terms), random_(seed) {
    for (int i = 0; i < 3; ++i) candidates_.push_back({"c" + std::to_string(i), {}, i * 137, 0});
  }

  /// Runs for ten simulated minutes in steps of 10 ms; false when two led at once.
  bool run() {
    for (milliseconds now{0}; now < minutes{10}; now += milliseconds{10}) {
      for (Candidate& candidate : candidates_) step(candidate, now);
      if (leaders(now) > 1) return false;
      led_ += leaders(now);
    }
    return true;
  }
  [[nodiscard]] int steps_with_a_leader() const { return led_; }
  [[nodiscard]] std::int64_t transitions() const { return lease_ ? lease_->transitions : 0; }

 private:
  struct Candidate {
    std::string name;
    std::unique_ptr<ElectionState> state;
    int wakes{0};  ///< Millisecond at which it does something again.
    int cut_off_until{0};
    std::optional<LeaseRecord> claim{};  ///< Under way.
    SteadyTime asked{};
  };

  int leaders(milliseconds now) {
    int count = 0;
    for (const Candidate& candidate : candidates_)
      count += candidate.state && candidate.state->reign(at(now)) ? 1 : 0;
    return count;
  }
  bool chance(int one_in) { return random_() % static_cast<unsigned>(one_in) == 0; }

  void step(Candidate& candidate, milliseconds now) {
    if (now.count() < candidate.wakes) return;
    const int ms = static_cast<int>(now.count());
    if (!candidate.state) candidate.state = std::make_unique<ElectionState>(candidate.name, terms_);
    if (chance(60)) candidate.cut_off_until = ms + 20'000;
    const bool reaches = ms >= candidate.cut_off_until;
    if (candidate.claim) return finish(candidate, now, reaches);
    if (chance(50)) {
      candidate.wakes = ms + 30'000;  // SIGSTOP
      return;
    }
    ElectionState& state = *candidate.state;
    if (!state.reign(at(now)) && reaches) state.observe(lease_, at(now));
    candidate.claim = state.claim(kWall + now, at(now));
    candidate.asked = at(now);
    const int delay = static_cast<int>(random_() % 900);
    candidate.wakes = ms + (candidate.claim ? delay : static_cast<int>(state.pause(at(now), 0.5).count()));
  }

  void finish(Candidate& candidate, milliseconds now, bool reaches) {
    const LeaseRecord claim = *std::exchange(candidate.claim, std::nullopt);
    candidate.wakes = static_cast<int>((now + candidate.state->pause(at(now), 0.5)).count());
    if (!reaches) return;
    const std::string version = lease_ ? lease_->resource_version : "";
    if (claim.resource_version != version) return candidate.state->observe(lease_, at(now));
    lease_ = claim;
    lease_->resource_version = std::to_string(++versions_);
    if (chance(10)) return;  // done, and the answer is lost
    candidate.state->won(*lease_, candidate.asked);
  }

  const ElectionTerms terms_;
  std::mt19937 random_;
  std::vector<Candidate> candidates_;
  std::optional<LeaseRecord> lease_;
  int versions_{0};
  int led_{0};
};

TEST(Elections, NeverHaveTwoLeadersWhateverFreezesOrIsCutOff) {
  std::int64_t transitions = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    ElectionWorld world(seed);
    EXPECT_TRUE(world.run()) << "seed " << seed;
    EXPECT_GT(world.steps_with_a_leader(), 15'000) << "a quarter of the time at least; seed " << seed;
    transitions += world.transitions();
  }
  EXPECT_GT(transitions, 200) << "the lead changes hands";
}

TEST(Elections, WouldHaveTwoIfALeaderActedForLongerThanItsLease) {
  bool two_at_once = false;
  for (unsigned seed = 1; seed <= 40 && !two_at_once; ++seed) {
    two_at_once =
        !ElectionWorld(seed, {seconds{15}, seconds{20}, milliseconds{2000}, milliseconds{1000}}).run();
  }
  EXPECT_TRUE(two_at_once) << "or the test above could not fail";
}

}  // namespace
}  // namespace vpcp
