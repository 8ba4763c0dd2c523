#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/api/ids.h"
#include "vpcp/api/status.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"

namespace vpcp {

inline constexpr const char* kApiVersion = "vpcpeering.dev/v1alpha1";
inline constexpr const char* kKind = "VPCPeering";
inline constexpr const char* kFinalizer = "vpcpeering.dev/cleanup";
/// Its value changes when a person asks for a pass at once.
inline constexpr const char* kReconcileAnnotation = "vpcpeering.dev/reconcile-at";

/// A key of a Secret in the object's own namespace.
struct SecretKeyRef {
  std::string name;
  std::string key;
  friend bool operator==(const SecretKeyRef&, const SecretKeyRef&) = default;
};

/// How to log in to a server that we did not create.
struct SshAccess {
  std::string user{"root"};
  std::uint16_t port{22};
  SecretKeyRef private_key_ref;
  std::optional<std::string>
      host_key;  ///< "ssh-ed25519 AAAA…"; without it: pinned on first use, with an event that says so.
  friend bool operator==(const SshAccess&, const SshAccess&) = default;
};

enum class PublicAddress { IPv4, None };

/// A server for us to create.
struct CreateServer {
  std::string label;
  std::string plan{"vc2-1c-1gb"};
  std::string os{"Ubuntu 22.04 LTS x64"};  ///< An exact name of GET /os.
  PublicAddress public_address{PublicAddress::IPv4};
  friend bool operator==(const CreateServer&, const CreateServer&) = default;
};

/// One server of a site: exactly one of `create` and `instance_id`; `ssh` goes with `instance_id`.
struct ServerSpec {
  std::string name;
  std::optional<CreateServer> create;
  std::optional<InstanceId> instance_id;
  std::optional<SshAccess> ssh;
  friend bool operator==(const ServerSpec&, const ServerSpec&) = default;
};

/// Every instance with this tag that is attached to the site's VPC.
struct ServerSelector {
  std::string tag;
  SshAccess ssh;
  friend bool operator==(const ServerSelector&, const ServerSelector&) = default;
};

/// A VPC to create (`cidr`) or to adopt (`id`). An adopted one is never deleted, and never
/// changed but for our mark, which it loses when an earlier site of the object had made it.
struct VpcSpec {
  std::optional<VpcId> id;
  std::optional<Cidr> cidr;  ///< Required without `id`; with it, checked against the cloud's when given.
  std::string description;
  friend bool operator==(const VpcSpec&, const VpcSpec&) = default;
};

struct GatewaySpec {
  std::string label;
  std::string plan{"vc2-1c-1gb"};
  std::string os{"Ubuntu 22.04 LTS x64"};
  int replicas{1};  ///< Only 1 is accepted today.
  friend bool operator==(const GatewaySpec&, const GatewaySpec&) = default;
};

struct SiteSpec {
  std::string name;    ///< DNS-1123 label, unique in the object.
  std::string region;  ///< Vultr region id, such as "ams".
  VpcSpec vpc;
  GatewaySpec gateway;
  std::vector<ServerSpec> servers;
  std::optional<ServerSelector> server_selector;
  friend bool operator==(const SiteSpec&, const SiteSpec&) = default;
};

struct TunnelSpec {
  Cidr cidr{Ipv4{0x0a0a0000}, 24};  ///< WireGuard addresses: 10.10.0.0/24.
  std::uint16_t listen_port{51820};
  seconds persistent_keepalive{25};
  std::optional<int> mtu;
  bool preshared_keys{true};
  friend bool operator==(const TunnelSpec&, const TunnelSpec&) = default;
};

enum class TopologyType { FullMesh, HubAndSpoke, Custom };

struct TopologySpec {
  TopologyType type{TopologyType::FullMesh};
  std::optional<std::string> hub;                          ///< With HubAndSpoke.
  std::vector<std::pair<std::string, std::string>> edges;  ///< With Custom.
  friend bool operator==(const TopologySpec&, const TopologySpec&) = default;
};

/// Limits of one edge; what is absent is that of the object.
struct EdgeVerification {
  std::pair<std::string, std::string> between;  ///< Two sites, either way round.
  std::optional<int> max_loss_percent;
  std::optional<int> max_rtt_millis;
  friend bool operator==(const EdgeVerification&, const EdgeVerification&) = default;
};

enum class Mode { Reconcile, Plan };
enum class DeletionPolicy { Delete, Retain };
enum class RepairPolicy { Repair, Warn };

struct PeeringSpec {
  std::optional<std::string> credentials_secret;  ///< credentialsRef.name; its key "apiKey". None: the
                                                  ///< controller's own VULTR_API_KEY.
  std::optional<std::string>
      restore_secret;  ///< restoreFrom.name; the record of another object, to go on from.
  bool suspend{false};
  Mode mode{Mode::Reconcile};
  DeletionPolicy deletion_policy{DeletionPolicy::Delete};
  TunnelSpec tunnel;
  TopologySpec topology;
  std::vector<SiteSpec> sites;
  RepairPolicy repair_policy{RepairPolicy::Repair};
  seconds verification_interval{10};
  int max_loss_percent{20};  ///< verification.maxLossPercent: above it an edge is Degraded.
  int max_rtt_millis{1000};  ///< verification.maxRTTMillis.
  std::vector<EdgeVerification> verification_edges;  ///< verification.edges: those with limits of their own.
  std::vector<Cidr> ssh_sources;                     ///< Who may reach 22/tcp of our hosts; empty: anywhere.
  friend bool operator==(const PeeringSpec&, const PeeringSpec&) = default;
};

struct ObjectMeta {
  std::string ns;
  std::string name;
  std::string uid;             ///< Given by the store; never changes, never used again.
  std::int64_t generation{0};  ///< Counts changes of the spec.
  std::string resource_version;
  std::vector<std::string> finalizers;
  std::optional<SystemTime> deletion_timestamp;
  std::string reconcile_at{};  ///< Of kReconcileAnnotation: an opaque word, empty when nobody asked.
  [[nodiscard]] ObjectKey key() const { return {ns, name}; }
  friend bool operator==(const ObjectMeta&, const ObjectMeta&) = default;
};

/// The declared object, as read from a store.
struct VpcPeering {
  ObjectMeta meta;
  PeeringSpec spec;
  PeeringStatus status;
  /// What of the object this version cannot read, for people; empty: it reads all of it. Nothing may be done
  /// by such a spec. Not written back.
  std::string unreadable{};
  friend bool operator==(const VpcPeering&, const VpcPeering&) = default;
};

}  // namespace vpcp
