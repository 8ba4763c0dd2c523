#include "vpcp/runtime/leader_elector.h"

#include <algorithm>

#include "vpcp/base/stoppable_sleep.h"

namespace vpcp {
namespace {
constexpr seconds kRequest{5};  // so that one lost packet does not cost the lead
}

void LeaderElector::run(const Context& ctx) {
  while (!ctx.stopped() && !lost_) {
    // A process that stood still wakes up here: what it lost meanwhile it must not take again as if nothing
    // had been.
    const bool slept_through = leads_ && !state_.reign(clock_.steady_now());
    const Status turned = slept_through ? Status{} : turn(ctx);
    if (!ctx.stopped()) follow(ctx, turned);
    if (!ctx.stopped() && !lost_) wait(ctx);
  }
}

/// For one request: a leader that waits for an answer must still see its reign end.
Context LeaderElector::for_request(const Context& ctx) const {
  const SteadyTime now = clock_.steady_now();
  milliseconds limit = kRequest;
  if (const auto reign = state_.reign(now))
    limit = std::min(limit, std::chrono::duration_cast<milliseconds>(reign->until - now));
  return ctx.within(limit, now);
}

/// A leader writes by the version it knows; everyone else looks first, and so does a leader that was wrong.
Status LeaderElector::turn(const Context& ctx) {
  const SteadyTime now = clock_.steady_now();
  if (!state_.reign(now)) {
    const auto seen = store_.get(for_request(ctx));
    if (!seen.ok()) return seen.error();
    state_.observe(*seen, clock_.steady_now());
  }
  const SteadyTime asked = clock_.steady_now();
  const auto claim = state_.claim(clock_.now(), asked);
  if (!claim) return {};
  const Context limited = for_request(ctx);
  const auto kept =
      claim->resource_version.empty() ? store_.create(limited, *claim) : store_.update(limited, *claim);
  if (kept.ok()) {
    state_.won(*kept, asked);
    return {};
  }
  if (kept.error().kind == ErrorKind::Conflict) {
    const auto seen = store_.get(for_request(ctx));
    if (!seen.ok()) return seen.error();
    state_.observe(*seen, clock_.steady_now());
    return {};
  }
  return kept.error();
}

void LeaderElector::follow(const Context& ctx, const Status& turned) {
  const auto reign = state_.reign(clock_.steady_now());
  if (reign) {
    fence_.open(*reign);
    if (!leads_) {
      leads_ = true;
      ctx.log.info("Leading", {{"identity", identity_}, {"transition", reign->transition}});
      hooks_.elected();
    }
  } else if (leads_) {
    fence_.close();
    lost_ = true;
    hooks_.lost();
    return;
  }
  const std::string trouble = turned.ok() ? "" : turned.error().reason + ": " + turned.error().message;
  if (!trouble.empty() && trouble != told_trouble_)
    ctx.log.warn("The Lease cannot be looked at or renewed: trying again", {{"error", trouble}});
  told_trouble_ = trouble;
  if (!leads_ && state_.holder() != told_holder_) {
    told_holder_ = state_.holder();
    ctx.log.info("Waiting for the lead", {{"leader", told_holder_}});
  }
}

void LeaderElector::wait(const Context& ctx) {
  const SteadyTime now = clock_.steady_now();
  milliseconds length = state_.pause(now, hooks_.random01());
  // Never past the end of the reign: the fence closes by itself, and the process must know it.
  if (const auto reign = state_.reign(now))
    length = std::min(length, std::chrono::duration_cast<milliseconds>(reign->until - now) + milliseconds{1});
  stoppable_sleep(ctx.stop, length);
}

void LeaderElector::release(const Context& ctx) {
  fence_.close();
  const auto free = state_.release(clock_.now());
  if (!free || !leads_ || lost_) return;
  const auto kept = store_.update(ctx.within(kRequest), *free);
  if (kept.ok()) {
    ctx.log.info("The Lease is released");
  } else {
    ctx.log.warn("The Lease could not be released: the next leader begins when it has expired",
                 {{"reason", kept.error().reason}, {"error", kept.error().message}});
  }
}

}  // namespace vpcp
