#pragma once
#include <memory>

#include "vpcp/api/cloud.h"
#include "vpcp/base/context.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// One account of the cloud. Thread-safe. Every call is bounded by the context's deadline and stop token.
///
/// Errors, beside Transient/Throttled for what may pass: Denied "ApiKeyRefused" (401), Denied "NotPermitted"
/// (403), Denied "QuotaReached", Denied "OutOfCapacity" (region or plan sold out), Invalid
/// "PlanNotAvailable", "ImageNotAvailable", "RegionUnknown", Conflict "Locked", Conflict "StillAttached".
/// Creates are sent at most once, on a connection of their own. Transient "AnswerLost" means that it may have
/// been done: look before a second try. Deletes and removals of what is gone succeed.
class CloudProvider {
 public:
  virtual ~CloudProvider() = default;

  /// A view not older than `max_age`; also not older than the last write through this object. Views are
  /// shared: many callers at once cost one round of list requests.
  virtual Result<std::shared_ptr<const CloudSnapshot>> look(const Context& ctx, milliseconds max_age) = 0;
  virtual Result<std::shared_ptr<const Catalogue>> catalogue(const Context& ctx) = 0;

  virtual Result<Vpc> create_vpc(const Context& ctx, const NewVpc& vpc) = 0;
  virtual Status set_vpc_description(const Context& ctx, const VpcId& id, const std::string& description) = 0;
  virtual Status delete_vpc(const Context& ctx, const VpcId& id) = 0;

  virtual Result<FirewallGroup> create_firewall_group(const Context& ctx, const std::string& description) = 0;
  virtual Status add_firewall_rule(const Context& ctx, const FirewallGroupId& id,
                                   const NewFirewallRule& rule) = 0;
  virtual Status delete_firewall_rule(const Context& ctx, const FirewallGroupId& id, int rule) = 0;
  /// Deleting a group in use leaves its instances open (Vultr does not refuse): the caller orders the
  /// deletes.
  virtual Status delete_firewall_group(const Context& ctx, const FirewallGroupId& id) = 0;

  /// Asks for this one instance: lists can lag behind. Never answered from a shared view.
  virtual Result<bool> instance_exists(const Context& ctx, const InstanceId& id) = 0;
  virtual Result<Instance> create_instance(const Context& ctx, const NewInstance& instance) = 0;
  virtual Status update_instance(const Context& ctx, const InstanceId& id, const InstancePatch& patch) = 0;
  virtual Status start_instance(const Context& ctx, const InstanceId& id) = 0;
  virtual Status delete_instance(const Context& ctx, const InstanceId& id) = 0;
};

/// Gives the account for an API key; the same object for the same key. Thread-safe.
class CloudAccounts {
 public:
  virtual ~CloudAccounts() = default;
  virtual std::shared_ptr<CloudProvider> account(const Secret& api_key) = 0;
};

}  // namespace vpcp
