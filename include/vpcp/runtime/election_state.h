#pragma once
#include <optional>
#include <string>

#include "vpcp/base/clock.h"
#include "vpcp/ports/lease_store.h"

namespace vpcp {

/// The terms of client-go (tools/leaderelection).
struct ElectionTerms {
  seconds lease_duration{15};  ///< A Lease that was not renewed for so long may be taken.
  seconds renew_deadline{10};  ///< A leader that could not renew for so long stops to act.
  milliseconds renew_every{2000};
  milliseconds look_every{800};  ///< Of one who is not the leader, spread by up to a half.
};

/// Of a leader: the number of its reign, and until when it may act.
struct Reign {
  std::int64_t transition{0};
  SteadyTime until{};
  friend bool operator==(const Reign&, const Reign&) = default;
};

/// PURE. Who leads, by a Lease that all candidates write. For one thread.
///
/// Safe whatever the clocks of other machines say: a Lease counts as expired when this process has *seen* it
/// unchanged for its whole duration, on its own steady clock. A leader counts its time from before the
/// request that renewed the Lease, and for a shorter time than others wait: it ends before another begins.
class ElectionState {
 public:
  /// `identity` is unlike any other process's, also an earlier one's of the same name.
  ElectionState(std::string identity, ElectionTerms terms) : identity_(std::move(identity)), terms_(terms) {}

  /// What the store holds; nullopt: there is no Lease yet.
  void observe(const std::optional<LeaseRecord>& seen, SteadyTime now);
  /// What to write to become the leader or to stay it; nullopt: another one leads. A record without a version
  /// is to be created.
  [[nodiscard]] std::optional<LeaseRecord> claim(SystemTime wall, SteadyTime now) const;
  /// The store has taken our claim; `asked` is from before the request.
  void won(const LeaseRecord& kept, SteadyTime asked);
  /// nullopt: not the leader, or not any more.
  [[nodiscard]] std::optional<Reign> reign(SteadyTime now) const;
  /// What to write so that another may begin at once; nullopt: it is not ours.
  [[nodiscard]] std::optional<LeaseRecord> release(SystemTime wall) const;
  /// Until the next look or renewal.
  [[nodiscard]] milliseconds pause(SteadyTime now, double random01) const;
  /// The holder that was seen last, "" for none.
  [[nodiscard]] std::string holder() const { return lease_ ? lease_->holder : ""; }

 private:
  [[nodiscard]] bool is_ours() const { return lease_ && lease_->holder == identity_; }

  const std::string identity_;
  const ElectionTerms terms_;
  std::optional<LeaseRecord> lease_;
  SteadyTime seen_at_{};  ///< When lease_ was first seen as it is.
  std::optional<Reign> reign_;
};

}  // namespace vpcp
