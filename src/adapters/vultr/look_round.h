#pragma once
#include <map>

#include "adapters/vultr/api_client.h"
#include "vpcp/base/guarded.h"

namespace vpcp::vultr {

/// Looks at the whole account: one list request per kind and page, and nothing per resource as long as
/// nothing changes. What the lists do not say is asked for our own resources only (those that are marked
/// "vpcp-", and what instances so marked use), kept, and asked again when its list entry changes or after 10
/// minutes. Thread-safe.
class LookRound {
 public:
  LookRound(ApiClient& api, const Clock& clock) : api_(api), clock_(clock) {}

  Result<std::shared_ptr<const CloudSnapshot>> take(const Context& ctx);
  /// The kept rules of this group are no longer to be believed.
  void forget_rules(const FirewallGroupId& id);
  /// Known without asking: a VPC that was just made has none.
  void note_nat_gateway(const VpcId& id, bool present);

 private:
  struct KeptRules {
    std::string revision;
    SteadyTime read_at{};
    std::vector<FirewallRule> rules;
  };
  struct KeptNat {
    SteadyTime read_at{};
    bool present{false};
  };
  struct Kept {
    std::map<FirewallGroupId, KeptRules> rules;
    std::map<FirewallGroupId, std::uint64_t> rule_writes;  ///< Counts forget_rules().
    std::map<VpcId, KeptNat> nat;
  };

  Result<std::vector<Vpc>> vpcs(const Context& ctx);
  Result<std::vector<Instance>> instances(const Context& ctx);
  void find_nat_gateways(const Context& ctx, CloudSnapshot& snapshot);
  Result<std::vector<FirewallGroup>> groups(const Context& ctx, const std::vector<Instance>& instances);
  Result<std::vector<FirewallRule>> rules_of(const Context& ctx, const ListedGroup& listed);
  /// A NAT gateway that cannot be looked at keeps the last that was known of it: nothing else depends on it.
  bool has_nat_gateway(const Context& ctx, const VpcId& id);

  ApiClient& api_;
  const Clock& clock_;
  Guarded<Kept> kept_;
};

}  // namespace vpcp::vultr
