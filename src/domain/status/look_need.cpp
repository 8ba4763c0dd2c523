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
    const EdgeStatus& status = entry.second.status;
    // A narrow path may stay so for ever, and nothing on a host tells of it.
    const bool narrow = status.health == EdgeHealth::Degraded && status.reason == kMtuTooSmall;
    return (status.health == EdgeHealth::Up || narrow) && !entry.second.in_doubt();
  };
  const auto answered = [](const auto& entry) { return entry.second.lost_in_a_row == 0; };
  return !traffic.edges.empty() && std::all_of(traffic.edges.begin(), traffic.edges.end(), up) &&
         std::all_of(traffic.servers.begin(), traffic.servers.end(), answered);
}

}  // namespace vpcp
