#include "support/fake_cloud.h"

namespace vpcp::testing {
namespace {

/// Calls take no time, so deadlines play no part.
Status not_stopped(const Context& ctx) {
  if (!ctx.stopped()) return {};
  return Error{ErrorKind::Transient, "NotSent", "the call was ended before it was sent"};
}

}  // namespace

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

FakeCloud::FakeCloud(const Clock& clock, Effects& effects) : clock_(clock), effects_(effects) {}

std::shared_ptr<CloudProvider> FakeCloud::account(const Secret& api_key) {
  const std::string key{api_key.reveal()};
  return state_.with([&](State& state) -> std::shared_ptr<CloudProvider> {
    if (state.refused_keys.contains(key)) return std::make_shared<Refused>();
    return {std::shared_ptr<void>{}, this};
  });
}

std::shared_ptr<const CloudSnapshot> FakeCloud::kept_view(milliseconds max_age) const {
  return state_.with([&](const State& state) -> std::shared_ptr<const CloudSnapshot> {
    if (state.view && state.view->taken_at + max_age > clock_.now()) return state.view;
    return nullptr;
  });
}

Status FakeCloud::served() {
  return state_.with([&](State& state) -> Status {
    if (!state.answer) return {};
    state.answered.push_back(clock_.now());
    return *state.answer;
  });
}

Status FakeCloud::may_call(const Context& ctx, const std::string& operation) {
  TRY(not_stopped(ctx));
  TRY(served());
  const auto fault = faults.take(operation);
  if (fault) return fault->error;
  return {};
}

template <class T, class F>
Result<T> FakeCloud::effect(const Context& ctx, const std::string& operation, const std::string& about,
                            F&& perform) {
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

Result<std::shared_ptr<const CloudSnapshot>> FakeCloud::look(const Context& ctx, milliseconds max_age) {
  if (const auto fresh = kept_view(max_age)) return fresh;  // nobody is asked
  TRY(may_call(ctx, "look"));
  return state_.with([&](State& state) -> Result<std::shared_ptr<const CloudSnapshot>> {
    ++state.rounds;
    state.view = std::make_shared<const CloudSnapshot>(state.world.snapshot(clock_.now()));
    return state.view;
  });
}

Result<std::shared_ptr<const Catalogue>> FakeCloud::catalogue(const Context& ctx) {
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

Result<Vpc> FakeCloud::create_vpc(const Context& ctx, const NewVpc& vpc) {
  return effect<Vpc>(ctx, "create-vpc", vpc.description,
                     [&](CloudWorld& w, SystemTime now) { return w.create_vpc(vpc, now); });
}

Status FakeCloud::set_vpc_description(const Context& ctx, const VpcId& id, const std::string& description) {
  return effect<void>(ctx, "set-vpc-description", id.value,
                      [&](CloudWorld& w, SystemTime) { return w.set_vpc_description(id, description); });
}

Status FakeCloud::delete_vpc(const Context& ctx, const VpcId& id) {
  return effect<void>(ctx, "delete-vpc", id.value,
                      [&](CloudWorld& w, SystemTime now) { return w.delete_vpc(id, now); });
}

Result<FirewallGroup> FakeCloud::create_firewall_group(const Context& ctx, const std::string& description) {
  return effect<FirewallGroup>(ctx, "create-firewall-group", description, [&](CloudWorld& w, SystemTime now) {
    return w.create_firewall_group(description, now);
  });
}

Status FakeCloud::add_firewall_rule(const Context& ctx, const FirewallGroupId& id,
                                    const NewFirewallRule& rule) {
  return effect<void>(ctx, "add-firewall-rule", id.value,
                      [&](CloudWorld& w, SystemTime) { return w.add_firewall_rule(id, rule); });
}

Status FakeCloud::delete_firewall_rule(const Context& ctx, const FirewallGroupId& id, int rule) {
  return effect<void>(ctx, "delete-firewall-rule", id.value,
                      [&](CloudWorld& w, SystemTime) { return w.delete_firewall_rule(id, rule); });
}

Status FakeCloud::delete_firewall_group(const Context& ctx, const FirewallGroupId& id) {
  return effect<void>(ctx, "delete-firewall-group", id.value,
                      [&](CloudWorld& w, SystemTime) { return w.delete_firewall_group(id); });
}

Result<bool> FakeCloud::instance_exists(const Context& ctx, const InstanceId& id) {
  TRY(may_call(ctx, "get-instance"));
  return world([&](CloudWorld& w) { return w.machines.contains(id); });
}

Result<Instance> FakeCloud::create_instance(const Context& ctx, const NewInstance& instance) {
  return effect<Instance>(ctx, "create-instance", instance.label,
                          [&](CloudWorld& w, SystemTime now) { return w.create_instance(instance, now); });
}

Status FakeCloud::update_instance(const Context& ctx, const InstanceId& id, const InstancePatch& patch) {
  return effect<void>(ctx, "update-instance", id.value,
                      [&](CloudWorld& w, SystemTime) { return w.update_instance(id, patch); });
}

Status FakeCloud::start_instance(const Context& ctx, const InstanceId& id) {
  return effect<void>(ctx, "start-instance", id.value,
                      [&](CloudWorld& w, SystemTime now) { return w.start_instance(id, now); });
}

Status FakeCloud::delete_instance(const Context& ctx, const InstanceId& id) {
  return effect<void>(ctx, "delete-instance", id.value,
                      [&](CloudWorld& w, SystemTime now) { return w.delete_instance(id, now); });
}

}  // namespace vpcp::testing
