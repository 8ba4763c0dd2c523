#include "vpcp/base/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace vpcp {
namespace {

class MachineClock final : public Clock {
 public:
  SystemTime now() const override { return std::chrono::system_clock::now(); }
  SteadyTime steady_now() const override { return std::chrono::steady_clock::now(); }
};

/// A SystemTime counts nanoseconds until April 2262, and so does the difference of two that are after the
/// epoch.
constexpr seconds kLatest{9'214'646'400};  // 2262-01-01

}  // namespace

const Clock& system_clock() {
  static const MachineClock clock;
  return clock;
}

std::string to_rfc3339(SystemTime time) {
  const std::time_t t = std::chrono::system_clock::to_time_t(std::chrono::floor<seconds>(time));
  std::tm utc{};
  gmtime_r(&t, &utc);
  std::array<char, 32> text{};
  const std::size_t n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), n};
}

SystemTime from_rfc3339(const std::string& text) {
  std::tm utc{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
  if (rest == nullptr) return {};
  if (*rest == '.') {
    ++rest;
    while (*rest >= '0' && *rest <= '9') ++rest;
  }
  int offset_minutes = 0;
  if (*rest == '+' || *rest == '-') {
    int hours_part = 0;
    int minutes_part = 0;
    if (std::sscanf(rest + 1, "%2d:%2d", &hours_part, &minutes_part) != 2) return {};
    offset_minutes = (hours_part * 60 + minutes_part) * (*rest == '-' ? -1 : 1);
  } else if (*rest != 'Z' && *rest != '\0') {
    return {};
  }
  const auto time = seconds{timegm(&utc)} - minutes{offset_minutes};
  if (time < seconds{0} || time > kLatest) return {};
  return SystemTime{time};
}

}  // namespace vpcp
