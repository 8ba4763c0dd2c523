#pragma once
#include <map>
#include <string>

#include "controllers/observer.h"
#include "domain/desired/layout.h"
#include "domain/host/handshakes.h"
#include "domain/status/summary.h"
#include "vpcp/ports/metric_list.h"
#include "vpcp/ports/metrics.h"

namespace vpcp {

/// WireGuard's counters by (site, neighbour), as the gateways that could be looked at gave them; the time of
/// handshakes as it stands in the books, by lane.
std::map<std::pair<std::string, std::string>, PeerView> peer_views(
    const Layout& layout, const PeeringRecord& record, const std::map<std::string, HostLook>& looks,
    const std::map<std::string, HandshakeBook>& handshakes, const Moment& now);

/// Adds what the tunnels carried since the counters of `before`; a counter that went back began anew.
void count_bytes(Metrics& metrics, const ObjectMeta& meta,
                 const std::map<std::pair<std::string, std::string>, PeerView>& now,
                 const std::map<std::pair<std::string, std::string>, PeerView>& before);

/// Sets the gauges of an edge's health; `edge` are its labels.
void publish_edge_health(Metrics& metrics, const LabelValues& edge, EdgeHealth health);

/// Sets the gauges that follow from a status alone, however it came about. Sites and edges that only the old
/// status, `peering.status`, has lose their series.
void publish_status(Metrics& metrics, const VpcPeering& peering, const PeeringStatus& status);

/// Sets the gauges of what the object owns in the cloud.
void publish_owned(Metrics& metrics, const VpcPeering& peering, const std::string& mark,
                   const CloudSnapshot& cloud);

/// Sets the gauges of how old the keys of the declared gateways are, as far as that is known.
void publish_key_ages(Metrics& metrics, const VpcPeering& peering, const PeeringRecord& record);

}  // namespace vpcp
