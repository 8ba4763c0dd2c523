#pragma once
#include <chrono>
#include <string>

namespace vpcp {

using SystemTime = std::chrono::system_clock::time_point;
using SteadyTime = std::chrono::steady_clock::time_point;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Where time comes from, so that a test can own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual SystemTime now()
      const = 0;  ///< Wall time, for people and for records that outlive the process.
  [[nodiscard]] virtual SteadyTime steady_now() const = 0;  ///< For deadlines and intervals: never jumps.
};

/// The machine's own clocks.
const Clock& system_clock();

/// RFC 3339 in UTC with seconds, as Kubernetes writes times: "2026-11-22T21:50:00Z".
std::string to_rfc3339(SystemTime time);
/// Reads what to_rfc3339 writes, and offsets ("+00:00") and fractions; the epoch for anything else, also for
/// times before it and after 2261.
SystemTime from_rfc3339(const std::string& text);

}  // namespace vpcp
