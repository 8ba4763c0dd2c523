#pragma once
#include <functional>
#include <map>
#include <set>

#include "controllers/peering_controller.h"
#include "controllers/prober.h"

namespace vpcp {

/// The controller that only looks: it sends traffic over every edge on its own cadence, never behind a
/// provisioning pass. What it sees to change stands in the status at once, and the key is queued for the one
/// that acts. Thread-safe for different keys.
class HealthController {
 public:
  struct Hooks {
    std::function<void(const ObjectKey&)> wake_peering;
    /// Has the status say what the board says now.
    std::function<void(const Context&, const ObjectKey&)> show_traffic;
  };
  HealthController(PeeringPorts ports, Hooks hooks);
  ReconcileResult reconcile(const Context& ctx, const ObjectKey& key);

 private:
  struct Cadence {
    SteadyTime next{};
    SteadyTime next_closer{};
    std::uint64_t turns{0};
    int closer_looks{0};  ///< In a row.
    HostPaces paces;
  };
  struct Suspects {
    std::set<SitePair> edges;
    std::set<std::string> busy;  ///< Lanes.
  };
  [[nodiscard]] ProbeRound next_round(Cadence& cadence, const ProbeGround& ground, const TrafficBook& book,
                                      const Suspects& suspects);
  [[nodiscard]] bool look(const Context& ctx, const ObjectKey& key, const ProbeGround& ground,
                          const ProbeRound& round, HostPaces& paces);
  void publish_probes(const ObjectKey& key, const std::vector<ProbeObservation>& report);
  void publish_edge(const ObjectKey& key, const SitePair& edge, const EdgeBook& state);

  PeeringPorts ports_;
  Hooks hooks_;
  Guarded<std::map<ObjectKey, Cadence>> cadences_;
};

}  // namespace vpcp
