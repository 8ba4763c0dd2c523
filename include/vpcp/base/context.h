#pragma once
#include <algorithm>
#include <stop_token>

#include "vpcp/base/clock.h"
#include "vpcp/base/log.h"

namespace vpcp {

/// What every call that may wait is given: when to stop, until when, and where to log. Cheap to copy.
struct Context {
  std::stop_token stop;
  SteadyTime deadline{SteadyTime::max()};
  Log log;
  /// Requested some seconds before `stop` when the process ends: finish what is in hand, begin nothing new.
  std::stop_token drain{};

  /// Asked between two steps; calls that wait go by `stop` and `deadline`.
  [[nodiscard]] bool draining() const { return drain.stop_requested() || stop.stop_requested(); }
  [[nodiscard]] bool stopped() const { return stop.stop_requested(); }
  /// For what only looks: it holds nothing half done, so it ends as soon as nothing new is to be begun.
  [[nodiscard]] Context for_looking() const {
    Context inner = *this;
    if (drain.stop_possible()) inner.stop = drain;
    return inner;
  }
  /// The same context, ending no later than `limit` after `now`.
  [[nodiscard]] Context within(milliseconds limit, SteadyTime now = std::chrono::steady_clock::now()) const {
    Context inner = *this;
    inner.deadline = std::min(deadline, now + limit);
    return inner;
  }
  [[nodiscard]] Context with(LogFields fields) const {
    Context inner = *this;
    inner.log = log.with(std::move(fields));
    return inner;
  }
  /// Time left until the deadline, 0 when it has passed.
  [[nodiscard]] milliseconds left(SteadyTime now = std::chrono::steady_clock::now()) const {
    if (deadline == SteadyTime::max()) return milliseconds::max();
    return deadline <= now ? milliseconds{0} : std::chrono::duration_cast<milliseconds>(deadline - now);
  }
};

}  // namespace vpcp
