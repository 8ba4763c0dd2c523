#pragma once
#include <atomic>
#include <optional>

#include "vpcp/base/guarded.h"
#include "vpcp/base/result.h"
#include "vpcp/runtime/election_state.h"

namespace vpcp {

/// Stands between this process and every effect: it lets through only while the process is the leader by its
/// own clock. Thread-safe.
class Fence {
 public:
  explicit Fence(const Clock& clock) : clock_(clock) {}

  void open(const Reign& reign) {
    reign_.with([&](auto& now) { now = reign; });
  }
  void close() {
    reign_.with([](auto& now) { now.reset(); });
  }
  /// The number of the reign under which an effect may begin now. Errors: Transient "NotLeader".
  [[nodiscard]] Result<std::int64_t> pass() const {
    const auto reign = reign_.with([](const auto& now) { return now; });
    if (reign && clock_.steady_now() < reign->until) return reign->transition;
    return Error{ErrorKind::Transient,
                 "NotLeader",
                 "another process leads, or this one could not renew its Lease",
                 {}};
  }

 private:
  const Clock& clock_;
  Guarded<std::optional<Reign>> reign_;
};

}  // namespace vpcp
