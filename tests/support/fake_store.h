#pragma once
#include <algorithm>
#include <condition_variable>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/effects.h"
#include "support/faults.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::testing {

/// The uid of the n-th object that a FakeStore was given, from 1: a UUID, as real stores give.
inline std::string fake_uid(int n) {
  std::string uid = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(n);
  return uid.replace(uid.size() - digits.size(), digits.size(), digits);
}

/// A ResourceStore in memory: state, optimistic concurrency, faults on demand, hooks around every effect. It
/// outlives a crash of the controller, as a real one does. Operations: "list", "get", "watch",
/// "apply-status", "add-finalizer", "remove-finalizer", "get-secret", "put-secret".
class FakeStore : public ResourceStore {
 public:
  FakeStore(const Clock& clock, Effects& effects) : clock_(clock), effects_(effects) {}

  Faults faults;

  /// What people do: declares the object, or changes its spec.
  void declare(const ObjectKey& key, const PeeringSpec& spec) {
    change(key, [&](State& state) {
      VpcPeering& object = state.objects[key];
      if (object.meta.uid.empty()) {
        object.meta.ns = key.ns;
        object.meta.name = key.name;
        object.meta.uid = fake_uid(++state.uids_made);
      }
      if (object.meta.generation > 0 && object.spec == spec) return;
      object.spec = spec;
      ++object.meta.generation;
      touch(state, object);
    });
  }
  /// What people do: asks for deletion.
  void remove(const ObjectKey& key) {
    change(key, [&](State& state) {
      const auto found = state.objects.find(key);
      if (found == state.objects.end()) return;
      if (found->second.meta.finalizers.empty()) return forget(state, key);
      if (!found->second.meta.deletion_timestamp) found->second.meta.deletion_timestamp = clock_.now();
      touch(state, found->second);
    });
  }
  /// A Secret that a person made: no object owns it.
  void set_secret(const ObjectKey& key, const SecretData& data) {
    state_.with([&](State& state) { state.secrets[key] = {"", data}; });
  }

  [[nodiscard]] std::optional<VpcPeering> object(const ObjectKey& key) const {
    return state_.with([&](const State& state) -> std::optional<VpcPeering> {
      const auto found = state.objects.find(key);
      if (found == state.objects.end()) return std::nullopt;
      return found->second;
    });
  }
  [[nodiscard]] std::vector<ObjectKey> secret_keys() const {
    return state_.with([](const State& state) {
      std::vector<ObjectKey> keys;
      for (const auto& [key, secret] : state.secrets) keys.push_back(key);
      return keys;
    });
  }
  [[nodiscard]] std::vector<ObjectEvent> events() const {
    return state_.with([](const State& state) { return state.events; });
  }

  Result<std::vector<ObjectKey>> list(const Context&) override {
    TRY(may_call("list"));
    return state_.with([](const State& state) {
      std::vector<ObjectKey> keys;
      for (const auto& [key, object] : state.objects) keys.push_back(key);
      return keys;
    });
  }
  Result<std::optional<VpcPeering>> get(const Context&, const ObjectKey& key) override {
    TRY(may_call("get"));
    return object(key);
  }

  Status watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) override {
    TRY(may_call("watch"));
    std::uint64_t seen = 0;
    while (!ctx.stopped()) {
      std::set<ObjectKey> keys;
      state_.with_lock([&](auto& lock, State& state) {
        const auto news = [&] { return state.changes.size() > seen || state.end_watches > 0; };
        woken_.wait(lock, ctx.stop, news);
        if (seen == 0) {
          for (const auto& [key, object] : state.objects) keys.insert(key);
        }
        for (; seen < state.changes.size(); ++seen) keys.insert(state.changes[seen]);
      });
      for (const ObjectKey& key : keys) changed(key);
      if (take_end_of_watch()) return Error{ErrorKind::Transient, "WatchEnded", "the watch was ended"};
    }
    return {};
  }
  /// One running watch ends with an error.
  void end_watch() {
    state_.with([](State& state) { ++state.end_watches; });
    woken_.notify_all();
  }

  Status apply_status(const Context&, const VpcPeering& object, const PeeringStatus& status) override {
    const auto stored = this->object(object.meta.key());
    if (stored && stored->meta.uid == object.meta.uid && stored->status == status) return {};
    return effect("apply-status", object, [&](State&, VpcPeering& stored) { stored.status = status; });
  }
  Status add_finalizer(const Context&, const VpcPeering& object) override {
    return effect("add-finalizer", object, [](State& state, VpcPeering& stored) {
      auto& all = stored.meta.finalizers;
      if (std::find(all.begin(), all.end(), kFinalizer) == all.end()) all.emplace_back(kFinalizer);
      touch(state, stored);
    });
  }
  Status remove_finalizer(const Context&, const VpcPeering& object) override {
    return effect("remove-finalizer", object, [](State& state, VpcPeering& stored) {
      std::erase(stored.meta.finalizers, kFinalizer);
      touch(state, stored);
      if (stored.meta.deletion_timestamp && stored.meta.finalizers.empty()) forget(state, stored.meta.key());
    });
  }

  Result<std::optional<SecretData>> get_secret(const Context&, const ObjectKey& key) override {
    TRY(may_call("get-secret"));
    return state_.with([&](const State& state) -> std::optional<SecretData> {
      const auto found = state.secrets.find(key);
      if (found == state.secrets.end()) return std::nullopt;
      return found->second.data;
    });
  }
  Status put_secret(const Context&, const VpcPeering& owner, const std::string& name,
                    const SecretData& data) override {
    return effect("put-secret", owner, [&](State& state, VpcPeering&) {
      state.secrets[{owner.meta.ns, name}] = {owner.meta.uid, data};
    });
  }
  void record_event(const Context&, const ObjectEvent& event) override {
    state_.with([&](State& state) { state.events.push_back(event); });
  }

 private:
  struct StoredSecret {
    std::string owner_uid;
    SecretData data;
  };
  struct State {
    std::map<ObjectKey, VpcPeering> objects;
    std::map<ObjectKey, StoredSecret> secrets;
    std::vector<ObjectEvent> events;
    std::vector<ObjectKey> changes;  ///< What every watch is told, in order.
    int versions_made{0};
    int uids_made{0};
    int end_watches{0};
  };

  static void touch(State& state, VpcPeering& object) {
    object.meta.resource_version = std::to_string(++state.versions_made);
  }
  static void forget(State& state, const ObjectKey& key) {
    const std::string uid = state.objects.at(key).meta.uid;
    std::erase_if(state.secrets, [&](const auto& entry) { return entry.second.owner_uid == uid; });
    state.objects.erase(key);
    state.changes.push_back(key);
  }
  template <class F>
  void change(const ObjectKey& key, F&& f) {
    state_.with([&](State& state) {
      f(state);
      state.changes.push_back(key);
    });
    woken_.notify_all();
  }
  [[nodiscard]] bool take_end_of_watch() {
    return state_.with([](State& state) { return state.end_watches > 0 && state.end_watches-- > 0; });
  }
  [[nodiscard]] Status may_call(const std::string& operation) {
    const auto fault = faults.take(operation);
    if (fault) return fault->error;
    return {};
  }

  template <class F>
  Status effect(const std::string& operation, const VpcPeering& object, F&& perform) {
    const auto fault = faults.take(operation);
    if (fault && !fault->done) return fault->error;
    const Status status = effects_.around("store: " + operation + " " + object.meta.name, [&] {
      return state_.with([&](State& state) -> Status {
        const auto stored = state.objects.find(object.meta.key());
        if (stored == state.objects.end() || stored->second.meta.uid != object.meta.uid) {
          return Error{ErrorKind::Conflict, "StaleObject",
                       object.meta.key().str() + " is not the same any more"};
        }
        perform(state, stored->second);
        return {};
      });
    });
    woken_.notify_all();
    if (fault) return fault->error;
    return status;
  }

  const Clock& clock_;
  Effects& effects_;
  Guarded<State> state_;
  std::condition_variable_any woken_;
};

}  // namespace vpcp::testing
