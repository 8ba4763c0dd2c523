#include "vpcp/runtime/election_state.h"

namespace vpcp {

void ElectionState::observe(const std::optional<LeaseRecord>& seen, SteadyTime now) {
  if (seen != lease_) {
    lease_ = seen;
    seen_at_ = now;
  }
  if (!is_ours()) reign_.reset();
}

std::optional<LeaseRecord> ElectionState::claim(SystemTime wall, SteadyTime now) const {
  LeaseRecord mine{identity_, terms_.lease_duration, wall, wall, 0, ""};
  if (!lease_) return mine;
  mine.resource_version = lease_->resource_version;
  mine.transitions = lease_->transitions;
  if (is_ours() && reign_) {
    mine.acquired = lease_->acquired;
    return mine;
  }
  // Also a Lease that carries our name without our having won it: a write whose answer was lost.
  const bool free = lease_->holder.empty() || is_ours() || now - seen_at_ >= lease_->duration;
  if (!free) return std::nullopt;
  ++mine.transitions;
  return mine;
}

void ElectionState::won(const LeaseRecord& kept, SteadyTime asked) {
  lease_ = kept;
  seen_at_ = asked;
  reign_ = Reign{kept.transitions, asked + terms_.renew_deadline};
}

std::optional<Reign> ElectionState::reign(SteadyTime now) const {
  if (!reign_ || now >= reign_->until) return std::nullopt;
  return reign_;
}

std::optional<LeaseRecord> ElectionState::release(SystemTime wall) const {
  if (!is_ours()) return std::nullopt;
  LeaseRecord free = *lease_;
  free.holder.clear();
  free.duration = seconds{1};  // as client-go writes it
  free.acquired = free.renewed = wall;
  return free;
}

milliseconds ElectionState::pause(SteadyTime now, double random01) const {
  if (reign(now)) return terms_.renew_every;
  return terms_.look_every / 2 + std::chrono::duration_cast<milliseconds>(terms_.look_every * random01);
}

}  // namespace vpcp
