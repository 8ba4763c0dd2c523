#include "domain/host/clock_check.h"

namespace vpcp {
namespace {

/// A look takes up to 8 s, and a clock that is kept right is never off by so much.
constexpr seconds kTolerance{120};

std::string length(seconds time) {
  if (time >= hours{1})
    return std::to_string(time / hours{1}) + " h " + std::to_string(time % hours{1} / minutes{1}) + " min";
  return std::to_string(time / minutes{1}) + " min";
}

seconds ahead_of(SystemTime now, const HostFacts& facts) {
  return facts.clock - std::chrono::floor<seconds>(now.time_since_epoch());
}

}  // namespace

bool clock_is_right(const HostFacts& facts, SystemTime now) {
  return std::chrono::abs(ahead_of(now, facts)) <= kTolerance;
}

std::optional<Step> clock_report(const HostFacts& facts, SystemTime now, const std::string& lane) {
  if (clock_is_right(facts, now)) return std::nullopt;
  const seconds ahead = ahead_of(now, facts);
  return Step{
      lane,
      DriftKind::ClockWrong,
      Advise{"Set the host's clock, and have it kept: timedatectl set-ntp true", false},
      "the host's clock is " + length(std::chrono::abs(ahead)) + (ahead.count() > 0 ? " ahead" : " behind"),
      "Report it",
      false};
}

}  // namespace vpcp
