#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/simulation.h"

/// Tests that kill the process before and after each effect of a story.
namespace vpcp::testing {

using Moment = Simulation::Moment;

inline std::string name_of(Moment moment) {
  return moment == Moment::Before ? "Before" : "After";
}

/// Every so manieth of the effects at which deaths are tried, so that the tests of one moment can run side by
/// side.
struct CrashPoints {
  Moment moment;
  std::size_t first;
};
/// Tests of one moment, and the effects from one death to the next. Every death is died in the builds without
/// sanitizers; under those all of them take minutes, and each test costs a story more, in which nobody dies.
struct Deaths {
  std::size_t tests;
  std::size_t share;
};
constexpr Deaths kEvery{10, 1};
constexpr Deaths kSome{2, 8};
constexpr Deaths kFew{2, 15};
#ifndef __has_feature  // only clang has it, and with it the sanitizers (CMakePresets.json)
constexpr Deaths kDeaths = kEvery;
#else
constexpr Deaths kDeaths = __has_feature(thread_sanitizer)    ? kFew
                           : __has_feature(address_sanitizer) ? kSome
                                                              : kEvery;
#endif
constexpr std::size_t kStep = kDeaths.share * kDeaths.tests;
inline void PrintTo(const CrashPoints& points, std::ostream* out) {
  *out << name_of(points.moment) << points.first;
}

inline std::vector<CrashPoints> all_points() {
  std::vector<CrashPoints> points;
  for (const Moment moment : {Moment::Before, Moment::After}) {
    for (std::size_t first = 1; first <= kDeaths.tests; ++first) points.push_back({moment, first});
  }
  return points;
}

class CrashTest : public ::testing::TestWithParam<CrashPoints> {
 protected:
  /// Runs one story for each crash point, until the story is over before the point is reached.
  void at_each_point(const std::function<void(Simulation&, std::size_t at)>& story) {
    for (std::size_t at = 1 + (GetParam().first - 1) * kDeaths.share;; at += kStep) {
      SCOPED_TRACE(name_of(GetParam().moment) + " effect " + std::to_string(at));
      Simulation sim;
      story(sim, at);
      if (HasFailure()) return;
      if (sim.deaths() > 0) continue;
      EXPECT_GT(at, 1U) << "no effect to die at";
      return;
    }
  }
};

/// For INSTANTIATE_TEST_SUITE_P.
inline std::string name_of_points(const ::testing::TestParamInfo<CrashPoints>& points) {
  return name_of(points.param.moment) + std::to_string(points.param.first);
}

}  // namespace vpcp::testing
