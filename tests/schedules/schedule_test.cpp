#include "schedules/schedule.h"

#include <gtest/gtest.h>

#include <cstdlib>

/// Random schedules of faults, crashes and lost answers, as many as go into the time. Each is told by its
/// seed:
///   VPCP_SCHEDULE_SEED=17 build/release/tests/schedule_test     this one, and no other
///   VPCP_SCHEDULE_SECONDS=600 VPCP_SCHEDULE_FIRST=1000000 …     so long, from that seed on
namespace vpcp::testing {
namespace {

constexpr std::uint64_t kShards = 2;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// False, with the seed and the shortest schedule that shows it, when something is wrong with the story of
/// this seed.
bool all_is_well_with(std::uint64_t seed) {
  const Schedule schedule = make_schedule(seed);
  if (!trouble_with(schedule)) return true;
  const Schedule shortest = shrunk(schedule);
  ADD_FAILURE() << "VPCP_SCHEDULE_SEED=" << seed << ", shrunk to:\n"
                << to_string(shortest) << trouble_with(shortest).value_or("");
  return false;
}

class Schedules : public ::testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Shard, Schedules, ::testing::Range(std::uint64_t{0}, kShards));

TEST_P(Schedules, EndWellWhateverHappens) {
  if (const std::uint64_t only = setting("VPCP_SCHEDULE_SEED", 0); only != 0) {
    if (only % kShards == GetParam()) all_is_well_with(only);
    return;
  }
  const std::uint64_t first = setting("VPCP_SCHEDULE_FIRST", 0) / kShards * kShards + kShards + GetParam();
  const SteadyTime end = system_clock().steady_now() + seconds{setting("VPCP_SCHEDULE_SECONDS", 15)};
  std::uint64_t seed = first;
  while (system_clock().steady_now() < end && all_is_well_with(seed)) seed += kShards;
  std::cout << "schedules: " << (seed - first) / kShards << ", every second seed from " << first << " on\n";
}

TEST(Schedule, IsTheSameForTheSameSeed) {
  EXPECT_EQ(to_string(make_schedule(7)), to_string(make_schedule(7)));
  EXPECT_NE(to_string(make_schedule(7)), to_string(make_schedule(8)));
}

}  // namespace
}  // namespace vpcp::testing
