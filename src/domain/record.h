#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/keys.h"
#include "vpcp/api/ids.h"
#include "vpcp/api/vpc_peering.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// What must survive a restart and cannot be observed: keys, addresses that were given out, ids, creates
/// whose answer was lost. It is kept in a Secret that the VPCPeering owns, and written before the effect that
/// depends on it.

struct GatewayRecord {
  WireGuardKeyPair keys;
  Ipv4 tunnel_address;
  SystemTime key_made{};  ///< The epoch while it is not known: of a record of an older version.
  /// Where the others last had to look for it: "192.0.2.10 172.16.1.3" (public, in its VPC), "none" for what
  /// it has not. Empty in a record of an older version.
  std::string whereabouts{};
};

/// A host that we log in to. Its map key is its lane: "amsterdam/gateway-0", "bangalore/db-server".
struct HostRecord {
  InstanceId instance;        ///< The instance that the rest is about.
  Secret bootstrap_host_key;  ///< Made by us and handed over by user-data; dropped once it has been replaced.
  std::vector<HostKeyLine> pinned;  ///< Two while a key is being changed.
  bool rotated{false};              ///< The host has made a key of its own.
  bool user_data_replaced{false};
  std::optional<SystemTime> detached_since;  ///< Since when its VPC address has been missing.
  bool in_place{false};                      ///< Was as desired once: a difference from now on is drift.
  std::optional<SshAccess>
      access;  ///< Of a server that existed before, to undo our changes after it left the spec.
};

struct SiteRecord {
  std::string region;
  std::optional<Cidr> cidr;
  VpcId vpc;
  bool owned{false};  ///< We created the VPC.
  bool in_place{false};
};

/// A create that may have been done. `since` bounds how long we look for it before we try again.
struct PendingCreate {
  SystemTime since{};
  std::string id;  ///< When the cloud answered.
};

/// An unordered pair of site names, smaller first.
using SitePair = std::pair<std::string, std::string>;
SitePair site_pair(const std::string& a, const std::string& b);

/// What the way from one gateway to another was found to carry, where that is less than a tunnel's usual MTU.
struct PathLimit {
  int mtu{0};
  std::string ends;  ///< The instances that it was measured between.
};

struct PeeringRecord {
  /// The uid that marks what is ours (docs/decisions/0002): the object's own, or that of the object whose
  /// record this one was restored from. Empty in a new record: mark_of() knows.
  std::string mark;
  std::int64_t generation{0};  ///< Of the spec that the in_place marks are about.
  SshKeyPair ssh;              ///< The controller's own client key for hosts that it creates.
  std::map<GatewayRef, GatewayRecord> gateways;
  std::map<SitePair, Secret> preshared_keys;
  std::map<std::pair<std::string, std::string>, PathLimit>
      path_limits;  ///< By sending site and the other one.
  std::map<std::string, SiteRecord> sites;
  std::map<std::string, HostRecord> hosts;
  std::map<std::string, FirewallGroupId> firewall_groups;  ///< By lane of the host.
  std::map<std::string, PendingCreate>
      pending;  ///< By resource: "vpc/amsterdam", "firewall/…", "instance/…".
};

/// The uid in the marks of what belongs to the object.
const std::string& mark_of(const VpcPeering& peering, const PeeringRecord& record);

/// The name of a resource in PeeringRecord::pending: "vpc/amsterdam", "instance/bangalore/db-server".
std::string resource_of(const char* kind, const std::string& lane);

/// A changed spec is no drift: the in_place marks begin anew with each generation. True when something
/// changed.
bool note_generation(PeeringRecord& record, std::int64_t generation);

/// Adds what the spec needs and the record lacks: keys, preshared keys, tunnel addresses (the lowest free
/// one, stable for the gateway's life). Removes keys of gateways that are gone from spec and cloud. True when
/// something changed.
bool extend_record(PeeringRecord& record, const PeeringSpec& spec, SystemTime now);

/// As the data of a Secret: one key each for the secrets, "record.json" for the rest.
std::map<std::string, Secret> to_secret_data(const PeeringRecord& record);
/// Invalid "RecordDamaged" names what does not fit; nothing is guessed.
Result<PeeringRecord> from_secret_data(const std::map<std::string, Secret>& data);

/// The name of that Secret.
std::string record_secret_name(const ObjectKey& peering);

}  // namespace vpcp
