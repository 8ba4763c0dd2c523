#pragma once
#include <functional>
#include <map>

#include "controllers/peering_controller.h"

namespace vpcp {

/// The controller that only looks: it sends traffic over every edge on its own cadence, never behind a
/// provisioning pass, and queues the key for the one that acts as soon as what it sees changes. Thread-safe
/// for different keys.
class HealthController {
 public:
  HealthController(PeeringPorts ports, std::function<void(const ObjectKey&)> wake_peering);
  ReconcileResult reconcile(const Context& ctx, const ObjectKey& key);

 private:
  [[nodiscard]] bool due(const ObjectKey& key, seconds interval, SteadyTime& next);
  void publish_metrics(const ObjectKey& key, const TrafficBook& book,
                       const std::vector<ProbeObservation>& round);

  struct Cadence {
    SteadyTime next{};
    std::uint64_t rounds{0};
  };
  PeeringPorts ports_;
  std::function<void(const ObjectKey&)> wake_peering_;
  Guarded<std::map<ObjectKey, Cadence>> cadences_;
};

}  // namespace vpcp
