#include "vpcp/runtime/queue_state.h"

#include <algorithm>

namespace vpcp {

void QueueState::add(const ObjectKey& key, SteadyTime when) {
  const auto active = active_.find(key);
  if (active != active_.end()) {
    active->second = std::min(active->second.value_or(when), when);
    return;
  }
  const auto waiting = waiting_.find(key);
  if (waiting == waiting_.end()) return enter(key, when);
  if (waiting->second->when <= when) return;
  line_.erase(waiting->second);
  waiting_.erase(waiting);
  enter(key, when);
}

void QueueState::enter(const ObjectKey& key, SteadyTime when) {
  waiting_[key] = line_.insert({when, turns_++, key}).first;
}

QueueState::Next QueueState::next(SteadyTime now) {
  if (line_.empty()) return {};
  const auto first = line_.begin();
  if (first->when > now) return {std::nullopt, first->when};
  Next next{first->key, std::nullopt};
  line_.erase(first);
  waiting_.erase(*next.key);
  active_[*next.key] = std::nullopt;
  return next;
}

bool QueueState::done(const ObjectKey& key) {
  const auto active = active_.find(key);
  if (active == active_.end()) return false;
  const std::optional<SteadyTime> again = active->second;
  active_.erase(active);
  if (again) enter(key, *again);
  return again.has_value();
}

std::size_t QueueState::depth(SteadyTime now) const {
  const auto end = std::find_if(line_.begin(), line_.end(), [&](const Place& p) { return p.when > now; });
  return static_cast<std::size_t>(std::distance(line_.begin(), end));
}

milliseconds QueueState::oldest(SteadyTime now) const {
  if (line_.empty() || line_.begin()->when > now) return milliseconds{0};
  return std::chrono::duration_cast<milliseconds>(now - line_.begin()->when);
}

std::optional<SteadyTime> QueueState::next_ready() const {
  if (line_.empty()) return std::nullopt;
  return line_.begin()->when;
}

}  // namespace vpcp
