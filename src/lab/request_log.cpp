#include "lab/request_log.h"

namespace vpcp::lab {

void RequestLog::add(const std::string& operation, Entry entry) {
  state_.with([&](Snapshot& state) {
    ++state.by_operation[operation][entry.status];
    ++(entry.method == "GET" ? state.reads : state.writes);
    state.last.push_back(std::move(entry));
    if (state.last.size() > kKept) state.last.pop_front();
  });
}

RequestLog::Snapshot RequestLog::snapshot() const {
  return state_.with([](const Snapshot& state) { return state; });
}

void RequestLog::clear() {
  state_.with([](Snapshot& state) { state = {}; });
}

bool RateLimit::admits(const std::string& source, SteadyTime now) {
  if (limit_ <= 0) return true;
  return windows_.with([&](std::map<std::string, Window>& windows) {
    Window& window = windows[source];
    if (now - window.start >= seconds{1}) window = {now, 0};
    return ++window.count <= limit_;
  });
}

}  // namespace vpcp::lab
