#include "vpcp/runtime/work_queue.h"

#include <utility>

namespace vpcp {

void WorkQueue::add_after(const ObjectKey& key, milliseconds delay) {
  const SteadyTime when = clock_.steady_now() + delay;
  state_.with([&](QueueState& state) { state.add(key, when); });
  changed_.notify_all();
}

std::optional<ObjectKey> WorkQueue::take(const std::stop_token& stop) {
  return state_.with_lock([&](auto& lock, QueueState& state) -> std::optional<ObjectKey> {
    while (!stop.stop_requested()) {
      const SteadyTime now = clock_.steady_now();
      QueueState::Next next = state.next(now);
      if (next.key) return std::move(next.key);
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
}

std::optional<ObjectKey> WorkQueue::try_take() {
  return state_.with([&](QueueState& state) { return state.next(clock_.steady_now()).key; });
}

void WorkQueue::done(const ObjectKey& key) {
  state_.with([&](QueueState& state) { state.done(key); });
  changed_.notify_all();
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
