#include "adapters/vultr/request_gate.h"

#include <algorithm>

#include "vpcp/base/stoppable_sleep.h"

namespace vpcp::vultr {
namespace {

/// 20 a second at an even pace; 8 may go at once. So at most 28 leave in any second, and Vultr allows 30.
constexpr milliseconds kPace{50};
constexpr int kBurst = 8;

Error throttled(milliseconds wait) {
  return {ErrorKind::Throttled, "VultrRateLimited", "waiting for the pause that Vultr's rate limit asks for",
          wait};
}

}  // namespace

Result<milliseconds> RequestGate::take_turn(milliseconds patience) {
  return state_.with([&](State& state) -> Result<milliseconds> {
    const SteadyTime now = clock_.steady_now();
    const auto until = [now](SteadyTime then) { return std::chrono::ceil<milliseconds>(then - now); };
    if (state.open_at > now) return throttled(until(state.open_at));
    const SteadyTime turn = std::max(state.next_turn, now);
    const milliseconds wait = std::max(until(turn - kPace * (kBurst - 1)), milliseconds{0});
    if (wait > patience) return throttled(wait);
    state.next_turn = turn + kPace;
    return wait;
  });
}

Status RequestGate::enter(const Context& ctx) {
  const milliseconds wait = TRY(take_turn(ctx.left()));
  if (!pause(ctx, wait)) return Error{ErrorKind::Transient, "NotSent", "no time is left for the request"};
  return {};
}

void RequestGate::close_for(milliseconds pause) {
  const SteadyTime until = clock_.steady_now() + pause;
  state_.with([until](State& state) { state.open_at = std::max(state.open_at, until); });
}

bool pause(const Context& ctx, milliseconds length) {
  return stoppable_sleep(ctx.stop, std::min(length, ctx.left())) && ctx.left() > milliseconds{0};
}

}  // namespace vpcp::vultr
