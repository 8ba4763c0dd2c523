#include "domain/status/availability.h"

#include <algorithm>

namespace vpcp {
namespace {

constexpr hours kWindow{24};

SystemTime hour_of(SystemTime time) {
  return SystemTime(std::chrono::floor<hours>(time.time_since_epoch()));
}

AvailabilityHour& entry(EdgeAvailability& availability, SystemTime hour) {
  auto& list = availability.hours;
  if (list.empty() || list.back().hour != hour) list.push_back({hour});
  return list.back();
}

}  // namespace

EdgeAvailability account(EdgeAvailability availability, EdgeHealth health, SystemTime::duration believed,
                         SystemTime now) {
  if (availability.since == SystemTime{} || now < availability.until) {  // new, or the clock was set back
    if (availability.since == SystemTime{}) availability.since = now;
    availability.until = now;
    return availability;
  }
  const bool gap = now - availability.until > believed;
  const bool unknown = gap || health == EdgeHealth::Unknown;
  SystemTime from = std::max(availability.until, now - kWindow);
  availability.until = now;
  while ((unknown || health == EdgeHealth::Down) && from < now) {
    const SystemTime end = std::min(now, hour_of(from) + hours{1});
    const auto millis = std::chrono::duration_cast<milliseconds>(end - from).count();
    AvailabilityHour& hour = entry(availability, hour_of(from));
    (unknown ? hour.unknown_millis : hour.down_millis) += millis;
    from = end;
  }
  std::erase_if(availability.hours,
                [&](const AvailabilityHour& hour) { return hour.hour + hours{1} <= now - kWindow; });
  return availability;
}

}  // namespace vpcp
