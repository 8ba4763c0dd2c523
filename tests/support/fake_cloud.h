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
  FakeCloud(const Clock& clock, Effects& effects) : clock_(clock), effects_(effects) {}

  Faults faults;

  /// What a person does at the portal, or a test wants to know: no fault, no hook.
  ///   cloud.world([](CloudWorld& world) { world.machines.clear(); });
  template <class F>
  auto world(F&& f) {
    return state_.with([&](State& state) { return std::forward<F>(f)(state.world); });
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
  CloudSnapshot everything() {
    return world([&](CloudWorld& w) {
      CloudWorld settled = w;
      settled.quirks = {milliseconds{0}, milliseconds{0}, milliseconds{0}};
      return settled.snapshot(clock_.now());
    });
  }
  /// Rounds of list requests so far.
  [[nodiscard]] int rounds() const {
    return state_.with([](const State& state) { return state.rounds; });
  }

  std::shared_ptr<CloudProvider> account(const Secret& api_key) override;

  Result<std::shared_ptr<const CloudSnapshot>> look(const Context& ctx, milliseconds max_age) override {
    if (const auto fresh = kept_view(max_age)) return fresh;  // nobody is asked
    TRY(may_call(ctx, "look"));
    return state_.with([&](State& state) -> Result<std::shared_ptr<const CloudSnapshot>> {
      ++state.rounds;
      state.view = std::make_shared<const CloudSnapshot>(state.world.snapshot(clock_.now()));
      return state.view;
    });
  }
  Result<std::shared_ptr<const Catalogue>> catalogue(const Context& ctx) override {
    const auto kept = state_.with([&](const State& state) {
      return state.catalogue_read + hours{1} > clock_.now() ? state.catalogue : nullptr;
    });
    if (kept) return kept;
    TRY(may_call(ctx, "catalogue"));
    return state_.with([&](State& state) {
      state.catalogue_read = clock_.now();
      return state.catalogue = std::make_shared<const Catalogue>(state.world.catalogue);
    });
  }

  Result<Vpc> create_vpc(const Context& ctx, const NewVpc& vpc) override {
    return effect<Vpc>(ctx, "create-vpc", vpc.description,
                       [&](CloudWorld& w, SystemTime now) { return w.create_vpc(vpc, now); });
  }
  Status set_vpc_description(const Context& ctx, const VpcId& id, const std::string& description) override {
    return effect<void>(ctx, "set-vpc-description", id.value,
                        [&](CloudWorld& w, SystemTime) { return w.set_vpc_description(id, description); });
  }
  Status delete_vpc(const Context& ctx, const VpcId& id) override {
    return effect<void>(ctx, "delete-vpc", id.value,
                        [&](CloudWorld& w, SystemTime now) { return w.delete_vpc(id, now); });
  }
  Result<FirewallGroup> create_firewall_group(const Context& ctx, const std::string& description) override {
    return effect<FirewallGroup>(
        ctx, "create-firewall-group", description,
        [&](CloudWorld& w, SystemTime now) { return w.create_firewall_group(description, now); });
  }
  Status add_firewall_rule(const Context& ctx, const FirewallGroupId& id,
                           const NewFirewallRule& rule) override {
    return effect<void>(ctx, "add-firewall-rule", id.value,
                        [&](CloudWorld& w, SystemTime) { return w.add_firewall_rule(id, rule); });
  }
  Status delete_firewall_rule(const Context& ctx, const FirewallGroupId& id, int rule) override {
    return effect<void>(ctx, "delete-firewall-rule", id.value,
                        [&](CloudWorld& w, SystemTime) { return w.delete_firewall_rule(id, rule); });
  }
  Status delete_firewall_group(const Context& ctx, const FirewallGroupId& id) override {
    return effect<void>(ctx, "delete-firewall-group", id.value,
                        [&](CloudWorld& w, SystemTime) { return w.delete_firewall_group(id); });
  }
  Result<bool> instance_exists(const Context& ctx, const InstanceId& id) override {
    TRY(may_call(ctx, "get-instance"));
    return world([&](CloudWorld& w) { return w.machines.contains(id); });
  }
  Result<Instance> create_instance(const Context& ctx, const NewInstance& instance) override {
    return effect<Instance>(ctx, "create-instance", instance.label,
                            [&](CloudWorld& w, SystemTime now) { return w.create_instance(instance, now); });
  }
  Status update_instance(const Context& ctx, const InstanceId& id, const InstancePatch& patch) override {
    return effect<void>(ctx, "update-instance", id.value,
                        [&](CloudWorld& w, SystemTime) { return w.update_instance(id, patch); });
  }
  Status start_instance(const Context& ctx, const InstanceId& id) override {
    return effect<void>(ctx, "start-instance", id.value,
                        [&](CloudWorld& w, SystemTime now) { return w.start_instance(id, now); });
  }
  Status delete_instance(const Context& ctx, const InstanceId& id) override {
    return effect<void>(ctx, "delete-instance", id.value,
                        [&](CloudWorld& w, SystemTime now) { return w.delete_instance(id, now); });
  }

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

  std::shared_ptr<const CloudSnapshot> kept_view(milliseconds max_age) {
    return state_.with([&](const State& state) -> std::shared_ptr<const CloudSnapshot> {
      if (state.view && state.view->taken_at + max_age > clock_.now()) return state.view;
      return nullptr;
    });
  }
  [[nodiscard]] Status served() {
    return state_.with([&](State& state) -> Status {
      if (!state.answer) return {};
      state.answered.push_back(clock_.now());
      return *state.answer;
    });
  }

  /// Calls take no time, so deadlines play no part.
  [[nodiscard]] static Status not_stopped(const Context& ctx) {
    if (!ctx.stopped()) return {};
    return Error{ErrorKind::Transient, "NotSent", "the call was ended before it was sent"};
  }
  [[nodiscard]] Status may_call(const Context& ctx, const std::string& operation) {
    TRY(not_stopped(ctx));
    TRY(served());
    const auto fault = faults.take(operation);
    if (fault) return fault->error;
    return {};
  }

  template <class T, class F>
  Result<T> effect(const Context& ctx, const std::string& operation, const std::string& about, F&& perform) {
    TRY(not_stopped(ctx));
    TRY(served());
    const auto fault = faults.take(operation);
    if (fault && !fault->done) return fault->error;
    Result<T> result = effects_.around("cloud: " + operation + " " + about, [&] {
      return state_.with([&](State& state) -> Result<T> {
        state.view.reset();
        return perform(state.world, clock_.now());
      });
    });
    if (fault) return fault->error;
    return result;
  }

  /// The account of a key that the cloud does not know.
  class Refused;

  const Clock& clock_;
  Effects& effects_;
  Guarded<State> state_;
};

class FakeCloud::Refused : public CloudProvider {
 public:
  Result<std::shared_ptr<const CloudSnapshot>> look(const Context&, milliseconds) override { return no(); }
  Result<std::shared_ptr<const Catalogue>> catalogue(const Context&) override { return no(); }
  Result<Vpc> create_vpc(const Context&, const NewVpc&) override { return no(); }
  Status set_vpc_description(const Context&, const VpcId&, const std::string&) override { return no(); }
  Status delete_vpc(const Context&, const VpcId&) override { return no(); }
  Result<FirewallGroup> create_firewall_group(const Context&, const std::string&) override { return no(); }
  Status add_firewall_rule(const Context&, const FirewallGroupId&, const NewFirewallRule&) override {
    return no();
  }
  Status delete_firewall_rule(const Context&, const FirewallGroupId&, int) override { return no(); }
  Status delete_firewall_group(const Context&, const FirewallGroupId&) override { return no(); }
  Result<bool> instance_exists(const Context&, const InstanceId&) override { return no(); }
  Result<Instance> create_instance(const Context&, const NewInstance&) override { return no(); }
  Status update_instance(const Context&, const InstanceId&, const InstancePatch&) override { return no(); }
  Status start_instance(const Context&, const InstanceId&) override { return no(); }
  Status delete_instance(const Context&, const InstanceId&) override { return no(); }

 private:
  static Error no() { return {ErrorKind::Denied, "ApiKeyRefused", "the cloud does not accept the API key"}; }
};

inline std::shared_ptr<CloudProvider> FakeCloud::account(const Secret& api_key) {
  const std::string key{api_key.reveal()};
  return state_.with([&](State& state) -> std::shared_ptr<CloudProvider> {
    if (state.refused_keys.contains(key)) return std::make_shared<Refused>();
    return {std::shared_ptr<void>{}, this};
  });
}

}  // namespace vpcp::testing
