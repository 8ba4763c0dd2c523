#pragma once
#include <atomic>

#include "vpcp/base/clock.h"

namespace vpcp::testing {

/// Time that moves only when it is told to. Thread-safe.
class FakeClock : public Clock {
 public:
  [[nodiscard]] SystemTime now() const override {
    return SystemTime{kStart + elapsed_.load() + set_by_.load()};
  }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime{hours{1} + elapsed_.load()}; }
  void advance(milliseconds by) { elapsed_ = elapsed_.load() + by; }
  /// The clock on the wall is set, from what it was at first: no time passes by that.
  void set_by(milliseconds by) { set_by_ = by; }

 private:
  static constexpr seconds kStart{1'800'000'000};  ///< Some day of 2027.
  std::atomic<milliseconds> elapsed_{milliseconds{0}};
  std::atomic<milliseconds> set_by_{milliseconds{0}};
};

}  // namespace vpcp::testing
