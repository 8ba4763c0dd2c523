#pragma once
#include <map>
#include <unordered_map>

#include "lab/backend.h"
#include "vpcp/base/guarded.h"

namespace vpcp::lab {

/// Hosts that are a word in a table: on or off, at once. For API, scale and fault tests.
class MemoryBackend final : public Backend {
 public:
  [[nodiscard]] std::vector<std::string> regions() const override { return {}; }
  Status create_vpc(const VpcSpec& vpc) override;
  Status delete_vpc(const std::string& vpc_id) override;
  Status create(const HostSpec& spec) override;
  Status power_on(const std::string& instance_id) override;
  Status power_off(const std::string& instance_id) override;
  Status reboot(const std::string& instance_id) override;
  Status reinstall(const HostSpec& spec) override;
  Status destroy(const std::string& instance_id) override;
  Status attach_vpc(const std::string& instance_id, const VpcNic& nic) override;
  Status detach_vpc(const std::string& instance_id, const std::string& vpc_id) override;
  Status set_firewall(const std::string& instance_id, const Inbound& inbound) override;
  Status set_user_data(const std::string& instance_id, const std::string& user_data) override;
  Status set_link(const Link& link) override;
  [[nodiscard]] HostState state(const std::string& instance_id) const override;
  [[nodiscard]] std::string failure(const std::string& instance_id) const override;

  // What a test wants to know of the hosts that would be there.
  [[nodiscard]] std::optional<HostSpec> host(const std::string& instance_id) const;
  [[nodiscard]] std::vector<std::string> vpcs() const;
  [[nodiscard]] std::size_t host_count() const;
  [[nodiscard]] std::optional<Link> link(const std::string& region_a, const std::string& region_b) const;

 private:
  struct Host {
    HostSpec spec;
    bool on{true};
  };
  struct State {
    std::unordered_map<std::string, Host> hosts;
    std::map<std::string, VpcSpec> vpcs;
    std::map<std::pair<std::string, std::string>, Link> links;
  };
  /// Changes the host if it exists.
  template <class F>
  Status change(const std::string& instance_id, F&& f);
  Guarded<State> state_;
};

}  // namespace vpcp::lab
