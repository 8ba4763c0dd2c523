#pragma once
#include <functional>
#include <map>
#include <optional>

#include "controllers/orphan_count.h"
#include "controllers/peering_board.h"
#include "controllers/peering_memory.h"
#include "controllers/status_keeper.h"
#include "controllers/stream_book.h"
#include "vpcp/base/pass_result.h"
#include "vpcp/ports/cloud_provider.h"
#include "vpcp/ports/host_shell.h"
#include "vpcp/ports/metrics.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// What the controllers of a peering work with. References outlive them.
struct PeeringPorts {
  ResourceStore& store;
  CloudAccounts& cloud;
  HostShell& shell;
  Metrics& metrics;
  const Clock& clock;
  PeeringBoard& board;
  const StreamBook& streams;
};

struct PeeringOptions {
  std::optional<Secret> api_key;  ///< The controller's own, for objects without credentialsRef.
  seconds cloud_interval{10};     ///< The cloud is listed this often while nothing is changed there.
};

class PeeringPass;

/// The controller that acts. A pass: observe, plan, execute, summarise (docs/ARCHITECTURE.md). Thread-safe
/// for different keys.
class PeeringController {
 public:
  /// `wake_health` queues the key with the controller that looks at its traffic.
  PeeringController(PeeringPorts ports, PeeringOptions options,
                    std::function<void(const ObjectKey&)> wake_health);

  ReconcileResult reconcile(const Context& ctx, const ObjectKey& key);
  /// Has the status say what the board says of the traffic now, also while a pass is under way.
  void show_traffic(const Context& ctx, const ObjectKey& key);

 private:
  void forget(const ObjectKey& key);
  ReconcileResult reconcile_object(const Context& ctx, const VpcPeering& peering);
  ReconcileResult refuse(const Context& ctx, const VpcPeering& peering, const PeeringStatus& status);
  ReconcileResult remove(const Context& ctx, const VpcPeering& peering, PeeringPass& pass);
  Status tell(const Context& ctx, const VpcPeering& peering, PeeringStatus status);

  PeeringPorts ports_;
  PeeringOptions options_;
  std::function<void(const ObjectKey&)> wake_health_;
  PeeringMemories memories_;
  OrphanCount orphans_;
  StatusKeeper keeper_;
};

}  // namespace vpcp
