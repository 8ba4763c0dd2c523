#include "adapters/libssh/warm_sessions.h"

#include <algorithm>

namespace vpcp::ssh {

WarmSessions::Loan WarmSessions::borrow(const std::string& key) {
  std::unique_ptr<Session> session;
  std::unique_ptr<Session> evicted;  // ends outside the lock
  state_.with([&](State& state) {
    ++state.lent;
    if (const auto it = state.idle.find(key); it != state.idle.end()) {
      session = std::move(it->second.session);
      state.idle.erase(it);
    } else if (!state.idle.empty() && state.idle.size() + state.lent > max_sessions_) {
      const auto oldest =
          std::min_element(state.idle.begin(), state.idle.end(),
                           [](const auto& a, const auto& b) { return a.second.since < b.second.since; });
      evicted = std::move(oldest->second.session);
      state.idle.erase(oldest);
    }
  });
  return {*this, key, std::move(session)};
}

void WarmSessions::give_back(const std::string& key, std::unique_ptr<Session> session) {
  state_.with([&](State& state) {
    --state.lent;
    if (session && session->connected()) {
      state.idle[key] = Idle{std::move(session), std::chrono::steady_clock::now()};
    }
  });
}

void WarmSessions::close_idle(SteadyTime oldest) {
  std::vector<std::unique_ptr<Session>> closed;  // end outside the lock
  state_.with([&](State& state) {
    for (auto it = state.idle.begin(); it != state.idle.end();) {
      const bool is_old = it->second.since < oldest;
      if (is_old) closed.push_back(std::move(it->second.session));
      it = is_old ? state.idle.erase(it) : std::next(it);
    }
  });
}

}  // namespace vpcp::ssh
