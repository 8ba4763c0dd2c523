#include "vpcp/base/stoppable_sleep.h"

#include <gtest/gtest.h>

#include <thread>

namespace vpcp {
namespace {

using std::chrono::steady_clock;

TEST(StoppableSleep, WaitsToTheEndWhenNothingStopsIt) {
  const std::stop_source source;
  const auto began = steady_clock::now();
  EXPECT_TRUE(stoppable_sleep(source.get_token(), milliseconds{30}));
  EXPECT_GE(steady_clock::now() - began, milliseconds{30});
}

TEST(StoppableSleep, EndsWhenStopIsRequestedAlsoOneForEver) {
  for (const milliseconds length : {milliseconds{hours{1}}, milliseconds::max()}) {
    std::stop_source source;
    const auto began = steady_clock::now();
    const std::jthread later([&source] {
      std::this_thread::sleep_for(milliseconds{20});
      source.request_stop();
    });
    EXPECT_FALSE(stoppable_sleep(source.get_token(), length));
    EXPECT_GE(steady_clock::now() - began, milliseconds{20});
  }
}

TEST(StoppableSleep, DoesNotWaitForNothingNorWhenStopWasRequestedBefore) {
  std::stop_source source;
  EXPECT_TRUE(stoppable_sleep(source.get_token(), milliseconds{0}));
  EXPECT_TRUE(stoppable_sleep(source.get_token(), milliseconds::min()));
  source.request_stop();
  EXPECT_FALSE(stoppable_sleep(source.get_token(), milliseconds{0}));
  EXPECT_FALSE(stoppable_sleep(source.get_token(), milliseconds::max()));
}

}  // namespace
}  // namespace vpcp
