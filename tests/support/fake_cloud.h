#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/cloud_world.h"
#include "support/effects.h"
#include "support/faults.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"
#include "vpcp/ports/cloud_provider.h"

namespace vpcp::testing {

/// Vultr in memory: state, quirks by the clock, faults on demand, hooks around every effect. All API keys
/// open the same account, but for refused ones. Operations are named as the adapter names them in its metric:
/// "look", "catalogue", "create-vpc", "create-instance" …
class FakeCloud : public CloudProvider, public CloudAccounts {
 public:
  FakeCloud(const Clock& clock, Effects& effects);

  Faults faults;

  /// What a person does at the portal, or a test wants to know: no fault, no hook.
  ///   cloud.world([](CloudWorld& world) { world.machines.clear(); });
  template <class F>
  auto world(F&& f) {
    return state_.with([&](State& state) { return std::forward<F>(f)(state.world); });
  }
  template <class F>
  auto read(F&& f) const {
    return state_.with([&](const State& state) { return std::forward<F>(f)(state.world); });
  }
  void refuse_key(const std::string& key) {
    state_.with([&](State& state) { state.refused_keys.insert(key); });
  }
  void accept_key(const std::string& key) {
    state_.with([&](State& state) { state.refused_keys.erase(key); });
  }
  /// From now on every request is answered with this; without one they are served again.
  void answer_all_with(std::optional<Error> error) {
    state_.with([&](State& state) {
      state.answer = std::move(error);
      state.answered.clear();
    });
  }
  /// When requests have been answered so, in order.
  [[nodiscard]] std::vector<SystemTime> answered() const {
    return state_.with([](const State& state) { return state.answered; });
  }
  /// Everything as it is now, without the delays of visibility.
  [[nodiscard]] CloudSnapshot everything() const {
    return read([&](const CloudWorld& w) { return w.settled(clock_.now()); });
  }
  /// Rounds of list requests so far.
  [[nodiscard]] int rounds() const {
    return state_.with([](const State& state) { return state.rounds; });
  }

  std::shared_ptr<CloudProvider> account(const Secret& api_key) override;

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
  struct State {
    CloudWorld world;
    std::shared_ptr<const CloudSnapshot> view;
    std::shared_ptr<const Catalogue> catalogue;
    SystemTime catalogue_read{};
    std::set<std::string> refused_keys;
    int rounds{0};
    std::optional<Error> answer;  ///< To all requests.
    std::vector<SystemTime> answered;
  };

  std::shared_ptr<const CloudSnapshot> kept_view(milliseconds max_age) const;
  [[nodiscard]] Status served();
  [[nodiscard]] Status may_call(const Context& ctx, const std::string& operation);
  template <class T, class F>
  Result<T> effect(const Context& ctx, const std::string& operation, const std::string& about, F&& perform);

  /// The account of a key that the cloud does not know.
  class Refused;

  const Clock& clock_;
  Effects& effects_;
  Guarded<State> state_;
};

}  // namespace vpcp::testing
