#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vpcp/api/cloud.h"
#include "vpcp/api/host.h"
#include "vpcp/base/clock.h"

namespace vpcp {

/// What was found to differ. The text form (to_string) is CamelCase and a metric label.
enum class DriftKind {
  // cloud
  VpcMissing,
  VpcDescriptionChanged,
  InstanceMissing,
  InstanceStopped,
  InstanceDetached,
  InstanceTwin,
  FirewallGroupMissing,
  FirewallGroupDetached,
  FirewallRulesChanged,
  TagsChanged,
  UserDataNotReplaced,
  // gateway
  NotBootstrapped,
  RebootRequired,
  HostKeyNotRotated,
  WireGuardMissing,
  UnitDisabled,
  UnitMasked,
  InterfaceMissing,
  ConfigFileChanged,
  ConfigFileExposed,
  PeersChanged,
  PeerUnknown,
  AllowedIpsOverlap,
  TunnelKeyChanged,
  InterfaceAddressChanged,
  InterfaceDown,
  TunnelAddressDuplicate,
  MtuChanged,
  PeerRouteMissing,
  RouteCaptured,
  DefaultRouteChanged,
  ForwardingOff,
  ReversePathFilter,
  SysctlFileChanged,
  FirewallPortClosed,
  FirewallRoutedDenied,
  MssClampMissing,
  // any host
  ChangeNotConfirmed,
  VpcNicDown,
  ClockWrong,
  // server
  VpcNicRenamed,
  ServerRouteMissing,
  ServerRouteStale,
  NetplanChanged,
  CloudInitNetworkEnabled,
  // removal
  LeftToRemove,
};
const char* to_string(DriftKind kind);
/// What should be there instead, for people. No secret.
const char* expected_of(DriftKind kind);

struct CreateVpc {
  NewVpc vpc;
};
struct SetVpcDescription {
  VpcId id;
  std::string description;
};
struct DeleteVpc {
  VpcId id;
};
struct CreateFirewallGroup {
  std::string description;
};
struct AddFirewallRule {
  FirewallGroupId group;
  NewFirewallRule rule;
};
struct DeleteFirewallRule {
  FirewallGroupId group;
  int rule{0};
};
struct DeleteFirewallGroup {
  FirewallGroupId id;
};
struct CreateInstance {
  NewInstance instance;
};
struct UpdateInstance {
  InstanceId id;
  InstancePatch patch;
};
struct StartInstance {
  InstanceId id;
};
struct DeleteInstance {
  InstanceId id;
};

/// A change of a host: commands run in order over its shell; the first that exits non-zero ends the step with
/// an error. Every command is idempotent: killed after any of them and run again, the host comes right.
///
/// A change that might cut us off has an `undo_token`: its command arms an undo on the host first, which
/// fires unless the change is confirmed over a new connection (see confirm_command). Without a command it was
/// made by a process that ended before it could confirm it.
struct HostChange {
  std::vector<Command> commands;
  std::string undo_token{};
};

/// Nothing that we may or can do: a person is told.
struct Advise {
  std::string advice;     ///< What to do, imperative.
  bool breaks{false};     ///< The host does not work as declared while it is so.
  bool under_way{false};  ///< What is done about it has begun; nothing is left to a person.
};

/// Has the host make an SSH host key of its own, pins it, and has the host use it: the first one was known to
/// the cloud.
struct RotateHostKey {};

using Action = std::variant<CreateVpc, SetVpcDescription, DeleteVpc, CreateFirewallGroup, AddFirewallRule,
                            DeleteFirewallRule, DeleteFirewallGroup, CreateInstance, UpdateInstance,
                            StartInstance, DeleteInstance, HostChange, RotateHostKey, Advise>;

/// One next safe step. Steps of one lane are carried out in order; lanes run side by side and do not stop one
/// another.
struct Step {
  std::string lane;  ///< "amsterdam" (the site's cloud side), "amsterdam/gateway-0", "bangalore/db-server" …
  DriftKind kind{};
  Action action;
  std::string why;           ///< For people: what was found. No secret.
  std::string summary;       ///< For people: what is done, imperative: "Write /etc/wireguard/wg0.conf".
  bool last_of_lane{false};  ///< The lane ends here; the next pass looks again.
};

/// It is done over a connection to the host, not by the cloud.
inline bool is_on_host(const Step& step) {
  return std::holds_alternative<HostChange>(step.action) ||
         std::holds_alternative<RotateHostKey>(step.action);
}

/// What the pure planning of one host yields.
struct HostPlan {
  std::vector<Step> steps;
  std::vector<Step> reports;             ///< Drift that is reported and left: each action is an Advise.
  std::optional<seconds> recheck_after;  ///< Something runs on the host; look again then.
  /// Set when the host cannot be brought to the desired state: CamelCase reason and a message for people.
  struct Blocked {
    std::string reason;
    std::string message;
  };
  std::optional<Blocked> blocked;
  std::string
      waiting_for;  ///< For people, when recheck_after is set: "cloud-init", "package update", "reboot".
};

}  // namespace vpcp
