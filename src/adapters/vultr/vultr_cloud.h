#pragma once
#include "adapters/vultr/api_client.h"
#include "adapters/vultr/look_round.h"
#include "adapters/vultr/shared_round.h"
#include "vpcp/ports/cloud_provider.h"

namespace vpcp::vultr {

/// CloudProvider on one API key of Vultr. See the port for the contract.
class VultrCloud : public CloudProvider {
 public:
  struct Ports {
    HttpClient& http;
    std::shared_ptr<RequestGate> gate;
    Metrics& metrics;
    const Clock& clock;
  };
  VultrCloud(Ports ports, std::string base_url, Secret api_key);

  Result<std::shared_ptr<const CloudSnapshot>> look(const Context& ctx, milliseconds max_age) override;
  Result<std::shared_ptr<const Catalogue>> catalogue(const Context& ctx) override;

  Result<Vpc> create_vpc(const Context& ctx, const NewVpc& vpc) override;
  Status set_vpc_description(const Context& ctx, const VpcId& id, const std::string& description) override;
  Status delete_vpc(const Context& ctx, const VpcId& id) override;

  Result<FirewallGroup> create_firewall_group(const Context& ctx, const std::string& description) override;
  Status add_firewall_rule(const Context& ctx, const FirewallGroupId& id,
                           const NewFirewallRule& rule) override;
  Status delete_firewall_rule(const Context& ctx, const FirewallGroupId& id, int rule) override;
  Status delete_firewall_group(const Context& ctx, const FirewallGroupId& id) override;

  Result<bool> instance_exists(const Context& ctx, const InstanceId& id) override;
  Result<Instance> create_instance(const Context& ctx, const NewInstance& instance) override;
  Status update_instance(const Context& ctx, const InstanceId& id, const InstancePatch& patch) override;
  Status start_instance(const Context& ctx, const InstanceId& id) override;
  Status delete_instance(const Context& ctx, const InstanceId& id) override;

 private:
  /// Sends a change; what was seen of the cloud before its end is old then.
  Result<std::string> change(const Context& ctx, const Call& call);
  Status remove(const Context& ctx, const char* operation, const std::string& path);
  template <class T>
  Result<T> create(const Context& ctx, const Call& call, Result<T> (*read)(const std::string&));

  std::shared_ptr<RequestGate> gate_;
  ApiClient api_;
  LookRound round_;
  SharedRound<CloudSnapshot> view_;
  SharedRound<Catalogue> catalogue_;
};

}  // namespace vpcp::vultr
