#include "vpcp/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <stdexcept>
#include <vector>

namespace vpcp {
namespace {

TEST(ParallelFor, RunsEveryTaskOnce) {
  std::vector<std::atomic<int>> runs(100);
  parallel_for(runs.size(), 8, {}, [&](std::size_t i) { ++runs[i]; });
  for (const auto& count : runs) EXPECT_EQ(count, 1);
}

TEST(ParallelFor, RunsInOrderOnOneThread) {
  std::vector<std::size_t> order;
  parallel_for(4, 1, {}, [&](std::size_t i) { order.push_back(i); });
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2, 3}));
}

TEST(ParallelFor, UsesAsManyThreadsAsAllowed) {
  std::barrier meeting(3);
  parallel_for(3, 3, {}, [&](std::size_t) { meeting.arrive_and_wait(); });  // Hangs with fewer.
}

TEST(ParallelFor, UsesNoMoreThreadsThanAllowed) {
  std::atomic<int> active{0};
  std::atomic<int> most{0};
  parallel_for(200, 3, {}, [&](std::size_t) {
    const int now = ++active;
    int seen = most;
    while (seen < now && !most.compare_exchange_weak(seen, now)) {
    }
    --active;
  });
  EXPECT_LE(most, 3);
}

TEST(ParallelFor, BeginsNothingNewAfterStop) {
  std::stop_source stop;
  std::vector<std::size_t> ran;
  parallel_for(10, 1, stop.get_token(), [&](std::size_t i) {
    ran.push_back(i);
    if (i == 2) stop.request_stop();
  });
  EXPECT_EQ(ran, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(ParallelFor, HandsAnExceptionToTheCaller) {
  EXPECT_THROW(parallel_for(50, 4, {},
                            [](std::size_t i) {
                              if (i == 7) throw std::runtime_error("a bug");
                            }),
               std::runtime_error);
}

TEST(ParallelFor, DoesNothingWithoutTasks) {
  parallel_for(0, 4, {}, [](std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace vpcp
