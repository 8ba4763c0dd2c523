#pragma once
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "vpcp/base/clock.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::kube {

/// An Event object to create, or whose series to bring up to date.
struct EventWrite {
  ObjectEvent event;
  std::string name;  ///< Of the Event object.
  SystemTime first;
  SystemTime last;
  int count{1};  ///< 1: to create.
};

/// One moment on both clocks: a time is told by the one, a span is measured by the other, which nobody sets.
struct Moment {
  SystemTime time;
  SteadyTime steady;
  static Moment now(const Clock& clock) { return {clock.now(), clock.steady_now()}; }
};

/// PURE. Which events are worth a request: the same event again is one object with a series, brought up to
/// date at its first repetition and then at most each minute; an object that has very much to say is cut
/// short (as client-go: 25 at once, then one in 5 minutes). Not thread-safe.
class EventSeries {
 public:
  /// nullopt: only counted.
  std::optional<EventWrite> add(const ObjectEvent& event, const Moment& now);
  /// Series with repetitions that were not told yet, and forgets those that have been silent for long. `all`:
  /// without waiting for the minute, for the end.
  std::vector<EventWrite> due(SteadyTime now, bool all = false);

 private:
  using Key = std::tuple<ObjectKey, std::string, EventType, std::string, std::string>;
  struct Series {
    EventWrite write;
    SteadyTime heard;  ///< Last.
    SteadyTime told;
    int told_count{1};
  };
  struct Allowance {
    double left;
    SteadyTime at;
  };
  bool take_allowance(const ObjectEvent& event, SteadyTime now);

  std::map<Key, Series> series_;
  std::map<ObjectKey, Allowance> allowances_;
};

}  // namespace vpcp::kube
