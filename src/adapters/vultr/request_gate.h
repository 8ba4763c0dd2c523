#pragma once
#include "vpcp/base/context.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/result.h"

namespace vpcp::vultr {

/// Holds our requests under Vultr's limit, and back while Vultr asks for a pause. One gate serves every
/// account: Vultr counts by source address, 30 requests a second. Thread-safe.
class RequestGate {
 public:
  explicit RequestGate(const Clock& clock) : clock_(clock) {}

  /// Waits for a turn. Throttled at once while the gate is closed, or when the turn comes after the deadline;
  /// Transient "NotSent" when the context ends.
  Status enter(const Context& ctx);
  /// The part of enter() that does not wait: how long until the turn that is taken with this call.
  Result<milliseconds> take_turn(milliseconds patience);
  /// Nothing goes out for so long. The longest pause asked for holds.
  void close_for(milliseconds pause);

 private:
  struct State {
    SteadyTime open_at{};    ///< Closed until then.
    SteadyTime next_turn{};  ///< When the next request would be sent at an even pace.
  };
  const Clock& clock_;
  Guarded<State> state_;
};

/// Waits, at most until the context's end. False when that came first.
bool pause(const Context& ctx, milliseconds length);

}  // namespace vpcp::vultr
