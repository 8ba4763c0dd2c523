#pragma once
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "controllers/observer.h"
#include "domain/host/handshakes.h"
#include "domain/status/fight.h"
#include "domain/status/summary.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// A lane whose last step failed, or one kind of step of it (see stops_lane): it is left alone for a while,
/// so that a refused create is not hammered, and the rest goes on.
struct LaneBackoff {
  int attempts{0};
  SteadyTime not_before{};
  Error error;
};

/// The last look at a host that was as it should be.
struct KeptLook {
  HostLook look;
  SteadyTime began{};
  Ipv4 address;  ///< Of the host then.
};

/// While the cloud asks for a pause, it is asked less often.
struct CloudPause {
  int failed{0};  ///< Times in a row.
  SteadyTime until{};
  Error error;
};

/// What the acting controller remembers of one object between passes. Losing it costs nothing but a few early
/// retries.
struct PeeringMemory {
  /// By lane, kind, and whether the step was one on the host.
  std::map<std::tuple<std::string, std::optional<DriftKind>, bool>, LaneBackoff> backoff;
  FightBook fights;
  /// The ledger with the exact times that a status does not keep; absent until the first pass.
  std::optional<std::vector<DriftEntry>> drift;
  std::map<std::pair<std::string, std::string>, PeerView>
      last_counters;                                ///< WireGuard's, by (site, neighbour).
  std::shared_ptr<const CloudSnapshot> last_seen;   ///< The cloud as it was seen last, for when it cannot be.
  std::map<std::string, KeptLook> looks;            ///< By lane: of hosts that needed nothing.
  std::map<std::string, HandshakeBook> handshakes;  ///< By lane.
  std::map<SitePair, SystemTime> told_handshakes;   ///< note_told_handshakes().
  bool cloud_busy{false};                           ///< Something is being changed in the cloud.
  CloudPause cloud_pause;
  milliseconds cloud_list_took{0};  ///< The longest that succeeded.
};

/// The memories of all objects. Thread-safe; one memory is used by one pass at a time, since a key has one
/// pass at a time.
class PeeringMemories {
 public:
  std::shared_ptr<PeeringMemory> of(const ObjectKey& key) {
    return all_.with([&](auto& all) {
      auto& memory = all[key];
      if (!memory) memory = std::make_shared<PeeringMemory>();
      return memory;
    });
  }
  void forget(const ObjectKey& key) {
    all_.with([&](auto& all) { all.erase(key); });
  }

 private:
  Guarded<std::map<ObjectKey, std::shared_ptr<PeeringMemory>>> all_;
};

}  // namespace vpcp
