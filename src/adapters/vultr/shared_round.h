#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "vpcp/base/context.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/result.h"

namespace vpcp::vultr {

/// A value that is costly to get and shared by all who ask: one of them gets it, the others wait for that
/// one. Thread-safe.
template <class T>
class SharedRound {
 public:
  using Value = std::shared_ptr<const T>;
  using Take = std::function<Result<Value>(const Context&)>;  ///< Must not throw.

  SharedRound(const Clock& clock, Take take) : clock_(clock), take_(std::move(take)) {}

  /// A value whose getting began at most `max_age` before this call, and after the last invalidate() before
  /// it. Who waits for another's round shares its failure, unless that one merely ran out of its own time.
  Result<Value> get(const Context& ctx, milliseconds max_age) {
    const SteadyTime asked = clock_.steady_now();
    return state_.with_lock([&](std::unique_lock<std::mutex>& lock, State& state) -> Result<Value> {
      const std::uint64_t epoch = state.epoch;
      const auto serves = [&](const Round& round) {
        return round.epoch >= epoch && asked - round.began <= max_age;
      };
      while (true) {
        if (state.value && serves(state.value_round)) return state.value;
        if (!state.busy) return lead(lock, state, ctx);
        const std::uint64_t waiting_for = state.ended;
        const auto over = [&] { return state.ended != waiting_for; };
        if (!wait(lock, ctx, over))
          return Error{ErrorKind::Transient, "NotSent", "no time is left for a look"};
        if (state.failure && serves(state.failure_round)) return *state.failure;
      }
    });
  }

  /// What was begun before now is not given to those who ask from now on.
  void invalidate() {
    state_.with([](State& state) { ++state.epoch; });
  }

 private:
  struct Round {
    SteadyTime began{};
    std::uint64_t epoch{0};
  };
  struct State {
    bool busy{false};
    std::uint64_t epoch{0};
    std::uint64_t ended{0};  ///< Rounds so far.
    Value value;
    Round value_round;
    std::optional<Error> failure;  ///< Of the last round.
    Round failure_round;
  };

  Result<Value> lead(std::unique_lock<std::mutex>& lock, State& state, const Context& ctx) {
    const Round round{clock_.steady_now(), state.epoch};
    state.busy = true;
    lock.unlock();
    auto taken = take_(ctx);
    lock.lock();
    state.busy = false;
    ++state.ended;
    state.failure.reset();
    if (taken.ok()) {
      state.value = *taken;
      state.value_round = round;
    } else if (!ctx.stopped() && ctx.left() > milliseconds{0}) {
      state.failure = taken.error();
      state.failure_round = round;
    }
    round_ended_.notify_all();
    return taken;
  }

  template <class Predicate>
  bool wait(std::unique_lock<std::mutex>& lock, const Context& ctx, Predicate over) {
    if (ctx.deadline == SteadyTime::max()) return round_ended_.wait(lock, ctx.stop, over);
    return round_ended_.wait_until(lock, ctx.stop, ctx.deadline, over);
  }

  const Clock& clock_;
  Take take_;
  Guarded<State> state_;
  std::condition_variable_any round_ended_;
};

}  // namespace vpcp::vultr
