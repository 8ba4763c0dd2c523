#pragma once
#include "vpcp/ports/metrics.h"

/// Every metric of the controller. Families of an object begin with the labels "namespace", "name".
namespace vpcp::metric {

inline const std::vector<double> kSecondsBuckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                 1,     2.5,  5,     10,   30,  60,   300};

// Edges
inline const MetricDef kEdgeUp{
    "vpcp_edge_up",
    MetricType::Gauge,
    "1 when the last probes crossed the edge both ways, 0 when not; absent when they could not be made.",
    {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeDegraded{
    "vpcp_edge_degraded",
    MetricType::Gauge,
    "1 when the edge carries traffic worse than asked for, 0 when not; absent while vpcp_edge_up is.",
    {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeHandshake{
    "vpcp_edge_last_handshake_timestamp_seconds",
    MetricType::Gauge,
    "Unix time of the last WireGuard handshake, as seen by the gateway of `from`.",
    {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeRtt{"vpcp_edge_rtt_seconds",
                                MetricType::Histogram,
                                "Round-trip time of the probes between the gateways.",
                                {"namespace", "name", "from", "to"},
                                kSecondsBuckets};
inline const MetricDef kEdgeProbes{"vpcp_edge_probes_total",
                                   MetricType::Counter,
                                   "Probes that were made, answered or not.",
                                   {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeProbeLost{"vpcp_edge_probe_lost_total",
                                      MetricType::Counter,
                                      "Probes without an answer.",
                                      {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeProbed{"vpcp_edge_last_probe_timestamp_seconds",
                                   MetricType::Gauge,
                                   "Unix time of the last probe that could be made across the edge.",
                                   {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeReceived{"vpcp_edge_received_bytes_total",
                                     MetricType::Counter,
                                     "Bytes received by the gateway of `from` from the gateway of `to`.",
                                     {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeSent{"vpcp_edge_sent_bytes_total",
                                 MetricType::Counter,
                                 "Bytes sent by the gateway of `from` to the gateway of `to`.",
                                 {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeLoss{"vpcp_edge_loss_ratio",
                                 MetricType::Gauge,
                                 "Lost probes of the last 100 bursts from each side.",
                                 {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeJitter{"vpcp_edge_jitter_seconds",
                                   MetricType::Gauge,
                                   "Mean deviation of the round-trip time in the last burst.",
                                   {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeVerified{"vpcp_edge_verified_timestamp_seconds",
                                     MetricType::Gauge,
                                     "Unix time by which every kind of probe had last crossed: the oldest of "
                                     "their last answers. Alert on its age.",
                                     {"namespace", "name", "from", "to"}};
inline const MetricDef kEdgeAvailability{"vpcp_edge_availability_ratio",
                                         MetricType::Gauge,
                                         "Of the last 24 hours, as far as they are known.",
                                         {"namespace", "name", "from", "to"}};
// Peerings
inline const MetricDef kPeeringReady{
    "vpcp_peering_ready", MetricType::Gauge, "1 when the condition Ready is True.", {"namespace", "name"}};
inline const MetricDef kPeeringCondition{
    "vpcp_peering_condition",
    MetricType::Gauge,
    "1 for the status that the condition has, 0 for the others; Fighting is 0 "
    "everywhere while there is no fight.",
    {"namespace", "name", "condition", "status"}};
inline const MetricDef kPeeringActing{"vpcp_peering_acting",
                                      MetricType::Gauge,
                                      "1 when what differs is put right, 0 with suspend or mode Plan.",
                                      {"namespace", "name"}};
inline const MetricDef kGatewayKeyMade{"vpcp_gateway_key_timestamp_seconds",
                                       MetricType::Gauge,
                                       "Unix time at which the WireGuard key of the site's gateway was made.",
                                       {"namespace", "name", "site"}};
inline const MetricDef kServers{
    "vpcp_servers", MetricType::Gauge, "Servers of the site.", {"namespace", "name", "site"}};
inline const MetricDef kServersRouted{"vpcp_servers_routed",
                                      MetricType::Gauge,
                                      "Servers of the site whose routes are in place.",
                                      {"namespace", "name", "site"}};
inline const MetricDef kMonthlyCost{"vpcp_monthly_cost_dollars",
                                    MetricType::Gauge,
                                    "List price of what we created for the object.",
                                    {"namespace", "name"}};
// Drift
inline const MetricDef kDriftDetected{"vpcp_drift_detected_total",
                                      MetricType::Counter,
                                      "Differences found after the object had been in place.",
                                      {"namespace", "name", "kind"}};
inline const MetricDef kDriftRepaired{"vpcp_drift_repaired_total",
                                      MetricType::Counter,
                                      "Repairs tried.",
                                      {"namespace", "name", "kind", "result"}};
inline const MetricDef kDriftFights{
    "vpcp_drift_fights_total",
    MetricType::Counter,
    "Drifts that came back more than 5 times within 10 minutes: somebody else makes them.",
    {"namespace", "name", "kind"}};
inline const MetricDef kDriftRepairSeconds{
    "vpcp_drift_repair_seconds",
    MetricType::Histogram,
    "From the detection of a drift to the pass that no longer sees it.",
    {"namespace", "name"},
    kSecondsBuckets};
// Streams
inline const MetricDef kStreams{
    "vpcp_host_streams", MetricType::Gauge, "Hosts that are followed, by whether they are heard.", {"state"}};
inline const MetricDef kStreamHints{
    "vpcp_host_stream_hints_total",
    MetricType::Counter,
    "Hints of hosts that something changed; each leads to a look at that host.",
    {"namespace", "name", "kind"}};
// Work
inline const MetricDef kReconciles{
    "vpcp_reconcile_total", MetricType::Counter, "Passes.", {"controller", "result"}};
inline const MetricDef kReconcileSeconds{
    "vpcp_reconcile_seconds", MetricType::Histogram, "Length of a pass.", {"controller"}, kSecondsBuckets};
inline const MetricDef kQueueDepth{
    "vpcp_workqueue_depth", MetricType::Gauge, "Keys that wait to be worked on.", {"controller"}};
inline const MetricDef kQueueOldest{"vpcp_workqueue_oldest_seconds",
                                    MetricType::Gauge,
                                    "How long the oldest ready key has waited.",
                                    {"controller"}};
// Cloud and SSH
inline const MetricDef kCloudRequests{"vpcp_cloud_requests_total",
                                      MetricType::Counter,
                                      "Requests to the cloud's API.",
                                      {"operation", "result"}};
inline const MetricDef kCloudRequestSeconds{"vpcp_cloud_request_seconds",
                                            MetricType::Histogram,
                                            "Length of a request to the cloud's API.",
                                            {"operation"},
                                            kSecondsBuckets};
inline const MetricDef kCloudThrottled{
    "vpcp_cloud_throttled_total", MetricType::Counter, "Answers 429 of the cloud's API.", {}};
inline const MetricDef kOwnedResources{"vpcp_owned_resources",
                                       MetricType::Gauge,
                                       "Cloud resources that exist for the object.",
                                       {"namespace", "name", "type"}};
inline const MetricDef kOrphanedResources{
    "vpcp_orphaned_resources",
    MetricType::Gauge,
    "Cloud resources that carry the mark of an object which this controller's store does not have.",
    {"type"}};
inline const MetricDef kSshConnects{
    "vpcp_ssh_connects_total", MetricType::Counter, "SSH connections tried.", {"result"}};
inline const MetricDef kSshCommandSeconds{
    "vpcp_ssh_command_seconds", MetricType::Histogram, "Length of a command on a host.", {}, kSecondsBuckets};
// Process
inline const MetricDef kClientCertificateEnds{
    "vpcp_kubernetes_client_certificate_expiration_timestamp_seconds",
    MetricType::Gauge,
    "Unix time at which the client certificate of the kubeconfig ends; absent without one, and for a "
    "plugin's.",
    {}};
inline const MetricDef kLeader{"vpcp_leader", MetricType::Gauge, "1 while this process may act.", {}};
inline const MetricDef kBuildInfo{
    "vpcp_build_info", MetricType::Gauge, "Always 1; the version is in the label.", {"version"}};

/// All of the above, in their order.
inline const std::vector<const MetricDef*>& all() {
  static const std::vector<const MetricDef*> list{&kEdgeUp,
                                                  &kEdgeDegraded,
                                                  &kEdgeHandshake,
                                                  &kEdgeRtt,
                                                  &kEdgeProbes,
                                                  &kEdgeProbeLost,
                                                  &kEdgeProbed,
                                                  &kEdgeReceived,
                                                  &kEdgeSent,
                                                  &kEdgeLoss,
                                                  &kEdgeJitter,
                                                  &kEdgeVerified,
                                                  &kEdgeAvailability,
                                                  &kPeeringReady,
                                                  &kPeeringCondition,
                                                  &kPeeringActing,
                                                  &kGatewayKeyMade,
                                                  &kServers,
                                                  &kServersRouted,
                                                  &kMonthlyCost,
                                                  &kDriftDetected,
                                                  &kDriftRepaired,
                                                  &kDriftFights,
                                                  &kDriftRepairSeconds,
                                                  &kStreams,
                                                  &kStreamHints,
                                                  &kReconciles,
                                                  &kReconcileSeconds,
                                                  &kQueueDepth,
                                                  &kQueueOldest,
                                                  &kCloudRequests,
                                                  &kCloudRequestSeconds,
                                                  &kCloudThrottled,
                                                  &kOwnedResources,
                                                  &kOrphanedResources,
                                                  &kSshConnects,
                                                  &kSshCommandSeconds,
                                                  &kClientCertificateEnds,
                                                  &kLeader,
                                                  &kBuildInfo};
  return list;
}

}  // namespace vpcp::metric
