#pragma once
#include <condition_variable>
#include <deque>
#include <string>
#include <thread>

#include "adapters/kube/client.h"
#include "adapters/kube/event_series.h"
#include "vpcp/base/guarded.h"

namespace vpcp::kube {

/// Writes Event objects (events.k8s.io/v1) on a thread of its own: who records one never waits. What cannot
/// be kept is logged. Thread-safe.
class EventRecorder {
 public:
  /// `instance`: which of several controllers this one is.
  EventRecorder(Client& client, const Clock& clock, std::string instance, Log log);
  /// Sends what is left, for 2 s at most.
  ~EventRecorder();

  void record(const ObjectEvent& event);

 private:
  void run(const std::stop_token& stop);
  void send_all(const Context& ctx, const std::vector<EventWrite>& writes);
  Status send(const Context& ctx, const EventWrite& write);
  [[nodiscard]] std::string to_object(const EventWrite& write) const;

  Client& client_;
  const Clock& clock_;
  const std::string instance_;
  const Log log_;
  EventSeries series_;  ///< The thread's own.
  Guarded<std::deque<ObjectEvent>> waiting_;
  std::condition_variable_any woken_;
  std::jthread thread_;
};

}  // namespace vpcp::kube
