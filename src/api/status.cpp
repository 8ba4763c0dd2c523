#include "vpcp/api/status.h"

#include <algorithm>

namespace vpcp {

const Condition* find_condition(const PeeringStatus& status, const std::string& type) {
  const auto found = std::ranges::find(status.conditions, type, &Condition::type);
  return found == status.conditions.end() ? nullptr : &*found;
}

std::optional<double> percent(const EdgeAvailability& availability) {
  const auto span = std::min<SystemTime::duration>(availability.until - availability.since, hours{24});
  double known = std::chrono::duration<double, std::milli>(span).count();
  double down = 0;
  for (const AvailabilityHour& hour : availability.hours) {
    known -= static_cast<double>(hour.unknown_millis);
    down += static_cast<double>(hour.down_millis);
  }
  if (known <= 0) return std::nullopt;
  // Hours leave as a whole, so that what is counted may be a little more than the span.
  return std::clamp(100.0 * (known - down) / known, 0.0, 100.0);
}

}  // namespace vpcp
