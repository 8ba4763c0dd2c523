#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "vpcp/api/ids.h"
#include "vpcp/base/clock.h"

namespace vpcp {

/// The rules of the work queue as a plain value: no lock, no clock.
///
/// A key waits at most once, at the earliest time that was asked for. It is given out by one next() at a time
/// and is active until done(). A key added while it is active waits until done(), then again until its time.
/// Keys come out in the order in which they became ready.
class QueueState {
 public:
  /// The key shall be given out at `when` or as soon after it as possible.
  void add(const ObjectKey& key, SteadyTime when);

  struct Next {
    std::optional<ObjectKey> key;  ///< Now active.
    std::optional<SteadyTime>
        wake;  ///< Without a key: when one becomes ready; absent: only after an add or done.
    friend bool operator==(const Next&, const Next&) = default;
  };
  Next next(SteadyTime now);
  /// Ends the activity of a key; whether it waits again, since it was added meanwhile. Precondition: it was
  /// given out by next().
  bool done(const ObjectKey& key);

  /// Keys that could be given out now.
  [[nodiscard]] std::size_t depth(SteadyTime now) const;
  /// How long the first of them has been ready; 0 without any.
  [[nodiscard]] milliseconds oldest(SteadyTime now) const;
  /// When the first waiting key is or becomes ready.
  [[nodiscard]] std::optional<SteadyTime> next_ready() const;
  [[nodiscard]] std::size_t active() const { return active_.size(); }

 private:
  struct Place {
    SteadyTime when;
    std::uint64_t turn{0};  ///< Order of arrival, for equal times.
    ObjectKey key;
    friend auto operator<=>(const Place&, const Place&) = default;
  };
  void enter(const ObjectKey& key, SteadyTime when);

  std::set<Place> line_;
  std::map<ObjectKey, std::set<Place>::iterator> waiting_;
  std::map<ObjectKey, std::optional<SteadyTime>> active_;  ///< The value: when it was asked for again.
  std::uint64_t turns_{0};
};

}  // namespace vpcp
