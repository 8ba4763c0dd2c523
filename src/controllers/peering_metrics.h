#pragma once
#include <map>
#include <string>

#include "controllers/observer.h"
#include "domain/desired/layout.h"
#include "domain/status/summary.h"
#include "vpcp/ports/metric_list.h"
#include "vpcp/ports/metrics.h"

namespace vpcp {

/// WireGuard's counters by (site, neighbour), as the gateways that could be looked at gave them.
std::map<std::pair<std::string, std::string>, PeerView> peer_views(
    const Layout& layout, const PeeringRecord& record, const std::map<std::string, HostLook>& looks,
    SystemTime now);

/// Sets the gauges of an object from its status.
void publish_metrics(Metrics& metrics, const VpcPeering& peering, const PeeringStatus& status,
                     const CloudSnapshot& cloud);

}  // namespace vpcp
