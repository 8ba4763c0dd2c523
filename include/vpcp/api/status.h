#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/api/ids.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"

namespace vpcp {

enum class ConditionStatus { True, False, Unknown };

/// As metav1.Condition of the Kubernetes API conventions.
struct Condition {
  std::string type;
  ConditionStatus status{ConditionStatus::Unknown};
  std::string reason;   ///< CamelCase, one of few.
  std::string message;  ///< For people; names the offending value.
  std::int64_t observed_generation{0};
  SystemTime last_transition_time{};
  friend bool operator==(const Condition&, const Condition&) = default;
};

/// Condition types.
namespace condition {
inline constexpr const char* kAccepted = "Accepted";
inline constexpr const char* kNetworksReady = "NetworksReady";
inline constexpr const char* kGatewaysReady = "GatewaysReady";
inline constexpr const char* kTunnelsUp = "TunnelsUp";
inline constexpr const char* kServersRouted = "ServersRouted";
inline constexpr const char* kHostIdentityChanged = "HostIdentityChanged";
/// Only there while it is True.
inline constexpr const char* kFighting = "Fighting";
inline constexpr const char* kReady = "Ready";
/// Whether a condition of this type is bad news when it is True, other than all the others.
constexpr bool is_alarm(std::string_view type) {
  return type == kHostIdentityChanged || type == kFighting;
}
}  // namespace condition

struct GatewayStatus {
  InstanceId instance_id;
  std::optional<Ipv4> public_ip;
  std::optional<Ipv4> vpc_ip;
  std::optional<Ipv4> tunnel_ip;
  std::string public_key;  ///< WireGuard, base64.
  std::string host_key;    ///< "ssh-ed25519 AAAA…"
  friend bool operator==(const GatewayStatus&, const GatewayStatus&) = default;
};

struct ServerCount {
  int total{0};
  int routed{0};
  friend bool operator==(const ServerCount&, const ServerCount&) = default;
};

/// What of a server that was declared with `public: None` meets the internet.
enum class Exposure {
  VpcOnly,         ///< Nothing: it has no public NIC.
  FirewalledIPv6,  ///< An IPv6 address, and a firewall group that admits nothing.
  OpenIPv6,        ///< An IPv6 address that no firewall group of ours closes.
  PublicIPv4,      ///< It was made with a public IPv4 address, before the spec said None.
};

struct PrivateServer {
  std::string name;
  Exposure exposure{Exposure::VpcOnly};
  friend bool operator==(const PrivateServer&, const PrivateServer&) = default;
};

struct SiteStatus {
  std::string name;
  VpcId vpc_id;
  std::vector<GatewayStatus> gateways;
  ServerCount servers;
  std::vector<PrivateServer> private_servers{};  ///< Those with `public: None` that have been made.
  friend bool operator==(const SiteStatus&, const SiteStatus&) = default;
};

enum class EdgeHealth { Up, Degraded, Down, Unknown };

/// One hour in which an edge was not Up or Degraded all the time.
struct AvailabilityHour {
  SystemTime hour{};  ///< Its start.
  std::int64_t down_millis{0};
  std::int64_t unknown_millis{0};  ///< Nobody could look, or the controller did not run.
  friend bool operator==(const AvailabilityHour&, const AvailabilityHour&) = default;
};

/// Of the last 24 hours. Bounded: at most 25 hours, none for an edge that was never down.
struct EdgeAvailability {
  SystemTime since{};  ///< When it was first looked at.
  SystemTime until{};  ///< Up to here it is accounted for.
  std::vector<AvailabilityHour> hours;
  friend bool operator==(const EdgeAvailability&, const EdgeAvailability&) = default;
};

/// Of the time that is known: in how much packets crossed. nullopt when nothing is known.
std::optional<double> percent(const EdgeAvailability& availability);

struct EdgeStatus {
  std::string from{};
  std::string to{};
  EdgeHealth health{EdgeHealth::Unknown};
  std::string hop{};     ///< Where it broke; empty when Up.
  std::string reason{};  ///< CamelCase.
  std::string at{};      ///< The site at whose end it broke, or "a to b" of a direction; empty: not known.
  SystemTime since{};
  std::optional<SystemTime> last_handshake{};
  std::optional<double> rtt_millis{};
  std::optional<double> jitter_millis{};
  std::optional<double> loss_percent{};
  std::optional<int> path_mtu{};  ///< The largest packet that the tunnel carries.
  std::optional<EdgeAvailability> availability{};
  std::uint64_t rx_bytes{0};
  std::uint64_t tx_bytes{0};
  friend bool operator==(const EdgeStatus&, const EdgeStatus&) = default;
};

struct UnhealthyServer {
  std::string site;
  std::string name;
  std::string reason;
  std::string message;
  friend bool operator==(const UnhealthyServer&, const UnhealthyServer&) = default;
};

/// One line of the drift ledger.
struct DriftEntry {
  std::string what;    ///< Drift kind, CamelCase: also the metric label.
  std::string where;   ///< "bangalore/db-server", "amsterdam/gateway-0", "amsterdam" …
  std::string detail;  ///< What was found.
  SystemTime detected_at{};
  std::optional<SystemTime> repaired_at;
  std::string expected{};              ///< What should be there.
  std::string note{};                  ///< Why it is still open: what a person must do, who is at it.
  std::optional<milliseconds> took{};  ///< From the one time to the other, exactly.
  friend bool operator==(const DriftEntry&, const DriftEntry&) = default;
};

/// One step of a published plan (mode Plan).
struct PlanEntry {
  std::string lane;
  std::string action;
  std::string why;
  friend bool operator==(const PlanEntry&, const PlanEntry&) = default;
};

struct PeeringStatus {
  std::int64_t observed_generation{0};
  std::vector<Condition> conditions;
  std::vector<SiteStatus> sites;
  std::vector<EdgeStatus> edges;
  std::vector<UnhealthyServer> unhealthy_servers;  ///< First 20.
  std::vector<DriftEntry> drift;                   ///< Last 20, oldest first.
  std::size_t more_drift{0};  ///< Open differences that `drift` has no room for; the log has them.
  std::vector<PlanEntry> plan;
  std::optional<double> monthly_cost_usd;
  std::string mark{};  ///< The uid in the marks of what is ours in the cloud (docs/decisions/0002); empty
                       ///< before a pass.
  std::string last_handled_reconcile_at{};  ///< ObjectMeta::reconcile_at of the last pass.
  friend bool operator==(const PeeringStatus&, const PeeringStatus&) = default;
};

/// The condition of that type, or nullptr.
const Condition* find_condition(const PeeringStatus& status, const std::string& type);

}  // namespace vpcp
