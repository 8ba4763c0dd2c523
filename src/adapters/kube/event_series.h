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

/// PURE. Which events are worth a request: the same event again is one object with a series, brought up to
/// date at its first repetition and then at most each minute; an object that has very much to say is cut
/// short (as client-go: 25 at once, then one in 5 minutes). Not thread-safe.
class EventSeries {
 public:
  /// nullopt: only counted.
  std::optional<EventWrite> add(const ObjectEvent& event, SystemTime now);
  /// Series with repetitions that were not told yet, and forgets those that have been silent for long. `all`:
  /// without waiting for the minute, for the end.
  std::vector<EventWrite> due(SystemTime now, bool all = false);

 private:
  using Key = std::tuple<ObjectKey, std::string, EventType, std::string, std::string>;
  struct Series {
    EventWrite write;
    SystemTime told;
    int told_count{1};
  };
  struct Allowance {
    double left;
    SystemTime at;
  };
  bool take_allowance(const ObjectEvent& event, SystemTime now);

  std::map<Key, Series> series_;
  std::map<ObjectKey, Allowance> allowances_;
};

}  // namespace vpcp::kube
