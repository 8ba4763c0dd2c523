#include "vpcp/runtime/work_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>
#include <vector>

#include "support/fake_clock.h"

namespace vpcp {
namespace {

using namespace std::chrono_literals;
const ObjectKey a{"default", "a"};

/// Far more than any of these tests needs: reached only when something hangs.
constexpr seconds kPatience{20};

TEST(WorkQueue, TakeWaitsForAnAdd) {
  WorkQueue queue(system_clock());
  auto taken = std::async(std::launch::async, [&] { return queue.take({}); });
  queue.add(a);
  ASSERT_EQ(taken.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(taken.get(), a);
}

TEST(WorkQueue, TakeWaitsUntilADelayIsOver) {
  WorkQueue queue(system_clock());
  const auto begin = std::chrono::steady_clock::now();
  queue.add_after(a, 30ms);
  EXPECT_EQ(queue.take({}), a);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 30ms);
}

TEST(WorkQueue, AnEarlierKeyWakesOneWhoWaitsForALaterOne) {
  WorkQueue queue(system_clock());
  queue.add_after({"default", "late"}, 1h);
  auto taken = std::async(std::launch::async, [&] { return queue.take({}); });
  queue.add(a);
  ASSERT_EQ(taken.wait_for(kPatience), std::future_status::ready);
  EXPECT_EQ(taken.get(), a);
}

TEST(WorkQueue, StopEndsEveryTake) {
  WorkQueue queue(system_clock());
  queue.add_after(a, 1h);
  std::stop_source stop;
  std::vector<std::future<std::optional<ObjectKey>>> takers;
  for (int i = 0; i < 4; ++i) {
    takers.push_back(std::async(std::launch::async, [&] { return queue.take(stop.get_token()); }));
  }
  stop.request_stop();
  for (auto& taker : takers) {
    ASSERT_EQ(taker.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(taker.get(), std::nullopt);
  }
}

TEST(WorkQueue, TryTakeGoesByTheGivenClock) {
  testing::FakeClock clock;
  WorkQueue queue(clock);
  queue.add_after(a, 5s);
  EXPECT_EQ(queue.try_take(), std::nullopt);
  EXPECT_EQ(queue.next_ready(), clock.steady_now() + 5s);
  clock.advance(7s);
  EXPECT_EQ(queue.depth(), 1u);
  EXPECT_EQ(queue.oldest(), 2s);
  EXPECT_EQ(queue.try_take(), a);
}

/// Many producers and workers over few keys: no key is in two hands, and every add is followed by a pass that
/// began after it.
TEST(WorkQueue, ManyWorkersNeverShareAKeyAndMissNoAdd) {
  constexpr int kKeys = 5;
  constexpr int kProducers = 3;
  constexpr int kAdds = 2000;
  WorkQueue queue(system_clock());
  struct Slot {
    std::atomic<int> active{0};
    std::atomic<int> wanted{0};  ///< Raised before each add.
    std::atomic<int> seen{0};    ///< `wanted` as the last pass found it at its begin.
  };
  std::map<ObjectKey, Slot> slots;
  for (int i = 0; i < kKeys; ++i) slots[{"default", std::to_string(i)}];
  std::atomic<bool> shared{false};
  std::stop_source stop;
  std::vector<std::jthread> workers;
  for (int i = 0; i < 4; ++i) {
    workers.emplace_back([&] {
      while (const auto key = queue.take(stop.get_token())) {
        Slot& slot = slots.at(*key);
        if (slot.active++ != 0) shared = true;
        slot.seen = slot.wanted.load();
        --slot.active;
        queue.done(*key);
      }
    });
  }
  {
    std::vector<std::jthread> producers;
    for (int p = 0; p < kProducers; ++p) {
      producers.emplace_back([&, p] {
        for (int i = 0; i < kAdds; ++i) {
          const ObjectKey key{"default", std::to_string((i + p) % kKeys)};
          ++slots.at(key).wanted;
          queue.add_after(key, milliseconds{i % 3});
        }
      });
    }
  }
  const auto all_seen = [&] {
    for (const auto& [key, slot] : slots) {
      if (slot.seen != slot.wanted) return false;
    }
    return true;
  };
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!all_seen() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(all_seen());
  stop.request_stop();
  workers.clear();
  EXPECT_FALSE(shared);
}

}  // namespace
}  // namespace vpcp
