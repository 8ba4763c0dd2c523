#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/status/edge_verdict.h"
#include "vpcp/api/host.h"
#include "vpcp/base/guarded.h"

namespace vpcp {

/// What the peering controller knows of a peering that the health controller needs to look at its traffic.
struct ProbeGround {
  PeeringSpec spec;
  Layout layout;
  std::map<GatewayRef, Ipv4> tunnel_addresses;
  std::map<std::string, HostLogin> logins;   ///< By lane: hosts that can be asked.
  std::vector<EdgeStatus> kept;              ///< As an earlier process left them.
  std::set<std::string> set_up{};            ///< Lanes of hosts that were as desired once.
  std::map<std::string, int> tunnel_mtus{};  ///< By site: as its gateway is to have it.
};

/// What a pass has found that may stop traffic.
struct Suspicion {
  std::set<std::string> sites;
  std::set<std::string> busy;  ///< Lanes of hosts that are being repaired: they are not to be kept from it.
};

/// Where the controllers of an object meet: one writes the ground, the others what they saw there.
/// Thread-safe.
class PeeringBoard {
 public:
  /// `told` hears of every ground that is published or forgotten (nullptr). Before the first of them.
  void on_ground(std::function<void(const ObjectKey&, const ProbeGround*)> told) { told_ = std::move(told); }
  void publish_ground(const ObjectKey& key, ProbeGround ground);
  [[nodiscard]] std::optional<ProbeGround> ground(const ObjectKey& key) const;
  /// False for an object that was forgotten in the meantime.
  bool publish_traffic(const ObjectKey& key, TrafficBook book, SystemTime now);
  /// What was found to break edges, as they are judged from now on until their paths have answered again.
  void publish_breaks(const ObjectKey& key, const EdgeBreaks& found, SystemTime now);
  [[nodiscard]] EdgeBreaks breaks(const ObjectKey& key) const;
  /// Empty before the first round.
  [[nodiscard]] TrafficBook traffic(const ObjectKey& key) const;
  /// Beside those that are there already; ways that are no edge's any more play no part. True when one is new
  /// or another one.
  bool publish_paths(const ObjectKey& key, const PathsFound& found);
  [[nodiscard]] PathsFound paths(const ObjectKey& key) const;
  /// Whether what was found harms traffic is worth a look at once.
  void suspect(const ObjectKey& key, const Suspicion& found);
  /// What was suspected since it was asked last.
  [[nodiscard]] Suspicion take_suspicion(const ObjectKey& key);
  void forget(const ObjectKey& key);

 private:
  struct Entry {
    std::optional<ProbeGround> ground;
    TrafficBook traffic;
    PathsFound paths;
    EdgeBreaks breaks;
    Suspicion suspicion;
  };
  static void note_breaks_of(Entry& entry, SystemTime now);
  std::function<void(const ObjectKey&, const ProbeGround*)> told_;
  Guarded<std::map<ObjectKey, Entry>> entries_;
};

}  // namespace vpcp
