#pragma once
#include <functional>
#include <string>

#include "vpcp/ports/lease_store.h"
#include "vpcp/ports/metrics.h"
#include "vpcp/runtime/election_state.h"
#include "vpcp/runtime/fence.h"

namespace vpcp {

/// Holds an election: looks at the Lease, takes it when it is free, renews it, and keeps the fence in step.
class LeaderElector {
 public:
  struct Hooks {
    std::function<void()> elected;  ///< Called once, from the elector's thread.
    /// Called when the lead is lost, after the fence is closed: the process must end, for its passes may
    /// be in the middle of something.
    std::function<void()> lost;
    std::function<double()> random01;
  };
  LeaderElector(std::string identity, ElectionTerms terms, LeaseStore& store, const Clock& clock,
                Fence& fence, Hooks hooks)
      : identity_(std::move(identity)),
        store_(store),
        clock_(clock),
        fence_(fence),
        hooks_(std::move(hooks)),
        state_(identity_, terms) {}

  /// Until the context is stopped or the lead is lost.
  void run(const Context& ctx);
  /// After run() has ended: lets another begin at once. Closes the fence.
  void release(const Context& ctx);

 private:
  [[nodiscard]] Context for_request(const Context& ctx) const;
  Status turn(const Context& ctx);
  void follow(const Context& ctx, const Status& turned);
  void wait(const Context& ctx);

  const std::string identity_;
  LeaseStore& store_;
  const Clock& clock_;
  Fence& fence_;
  const Hooks hooks_;
  ElectionState state_;
  bool leads_{false};
  bool lost_{false};
  std::string told_holder_;
  std::string told_trouble_;
};

}  // namespace vpcp
