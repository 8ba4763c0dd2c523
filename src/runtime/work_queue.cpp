#include "vpcp/runtime/work_queue.h"

#include <utility>

namespace vpcp {

// One worker is woken for one change, all of them would only get into each other's way. So that somebody
// always knows when the first waiting key becomes ready, one that takes a key wakes another before it goes to
// work.

void WorkQueue::add_after(const ObjectKey& key, milliseconds delay) {
  const SteadyTime when = clock_.steady_now() + delay;
  state_.with([&](QueueState& state) { state.add(key, when); });
  changed_.notify_one();
}

std::optional<ObjectKey> WorkQueue::take(const std::stop_token& stop) {
  bool others_wait = false;
  auto key = state_.with_lock([&](auto& lock, QueueState& state) -> std::optional<ObjectKey> {
    while (!stop.stop_requested()) {
      const SteadyTime now = clock_.steady_now();
      QueueState::Next next = state.next(now);
      if (next.key) {
        others_wait = state.next_ready().has_value();
        return std::move(next.key);
      }
      // Any change of the queue may move the next wake-up, so every notification leads to a new look.
      bool woken = false;
      const auto once = [&] { return std::exchange(woken, true); };
      if (next.wake) {
        changed_.wait_for(lock, stop, *next.wake - now, once);
      } else {
        changed_.wait(lock, stop, once);
      }
    }
    return std::nullopt;
  });
  if (others_wait) changed_.notify_one();
  return key;
}

std::optional<ObjectKey> WorkQueue::try_take() {
  return state_.with([&](QueueState& state) { return state.next(clock_.steady_now()).key; });
}

void WorkQueue::done(const ObjectKey& key) {
  const bool waits_again = state_.with([&](QueueState& state) { return state.done(key); });
  if (waits_again) changed_.notify_one();
}

std::size_t WorkQueue::depth() const {
  return state_.with([&](const QueueState& state) { return state.depth(clock_.steady_now()); });
}

milliseconds WorkQueue::oldest() const {
  return state_.with([&](const QueueState& state) { return state.oldest(clock_.steady_now()); });
}

std::optional<SteadyTime> WorkQueue::next_ready() const {
  return state_.with([](const QueueState& state) { return state.next_ready(); });
}

}  // namespace vpcp
