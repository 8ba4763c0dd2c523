#include "domain/status/look_need.h"

#include <algorithm>

namespace vpcp {

bool still_holds(SteadyTime looked, const StreamState& stream, SteadyTime now) {
  if (!stream.alive_since || *stream.alive_since > looked) return false;
  if (stream.last_hint && *stream.last_hint >= looked) return false;
  return now - looked < kFactsKept;
}

bool all_answer(const TrafficBook& traffic) {
  const auto up = [](const auto& entry) {
    const auto& rounds = entry.second.failed_rounds;
    return entry.second.status.health == EdgeHealth::Up &&
           std::none_of(rounds.begin(), rounds.end(), [](const auto& r) { return r.second > 0; });
  };
  const auto& silent = traffic.server_failures;
  return !traffic.edges.empty() && std::all_of(traffic.edges.begin(), traffic.edges.end(), up) &&
         std::none_of(silent.begin(), silent.end(), [](const auto& entry) { return entry.second > 0; });
}

}  // namespace vpcp
