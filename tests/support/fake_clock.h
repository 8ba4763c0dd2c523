#pragma once
#include <atomic>

#include "vpcp/base/clock.h"

namespace vpcp::testing {

/// Time that moves only when it is told to. Thread-safe.
class FakeClock : public Clock {
 public:
  [[nodiscard]] SystemTime now() const override { return SystemTime{kStart + elapsed_.load()}; }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{hours{1} + elapsed_.load()}; }
  void advance(milliseconds by) { elapsed_ = elapsed_.load() + by; }

 private:
  static constexpr seconds kStart{1'800'000'000};  ///< Some day of 2027.
  std::atomic<milliseconds> elapsed_{milliseconds{0}};
};

}  // namespace vpcp::testing
