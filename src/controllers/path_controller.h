#pragma once
#include <functional>
#include <map>

#include "controllers/peering_controller.h"
#include "domain/status/path_mtu.h"

namespace vpcp {

/// The controller that measures how large the packets are that cross each edge, from both of its gateways:
/// once after every change and outage, and every hour. A search waits for packets that never come back, so it
/// has a cadence of its own and holds up no probe. It only looks; what it finds is on the board. Thread-safe
/// for different keys.
class PathController {
 public:
  /// `found` hears of another result.
  PathController(PeeringPorts ports, std::function<void(const ObjectKey&)> found);
  ReconcileResult reconcile(const Context& ctx, const ObjectKey& key);

 private:
  using Searches = std::map<Way, PathSearch>;
  PeeringPorts ports_;
  std::function<void(const ObjectKey&)> found_;
  Guarded<std::map<ObjectKey, Searches>> searches_;
};

}  // namespace vpcp
