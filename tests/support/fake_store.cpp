#include "support/fake_store.h"

#include <algorithm>

namespace vpcp::testing {

FakeStore::FakeStore(const Clock& clock, Effects& effects) : clock_(clock), effects_(effects) {}

void FakeStore::touch(State& state, VpcPeering& object) {
  object.meta.resource_version = std::to_string(++state.versions_made);
}

void FakeStore::forget(State& state, const ObjectKey& key) {
  const std::string uid = state.objects.at(key).meta.uid;
  std::erase_if(state.secrets, [&](const auto& entry) { return entry.second.owner_uid == uid; });
  state.objects.erase(key);
  state.changes.push_back(key);
}

template <class F>
void FakeStore::change(const ObjectKey& key, F&& f) {
  state_.with([&](State& state) {
    f(state);
    state.changes.push_back(key);
  });
  woken_.notify_all();
}

bool FakeStore::take_end_of_watch() {
  return state_.with([](State& state) { return state.end_watches > 0 && state.end_watches-- > 0; });
}

Status FakeStore::may_call(const std::string& operation) {
  const auto fault = faults.take(operation);
  if (fault) return fault->error;
  return {};
}

template <class F>
Status FakeStore::effect(const std::string& operation, const VpcPeering& object, F&& perform) {
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

void FakeStore::declare(const ObjectKey& key, const PeeringSpec& spec) {
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

void FakeStore::remove(const ObjectKey& key) {
  change(key, [&](State& state) {
    const auto found = state.objects.find(key);
    if (found == state.objects.end()) return;
    if (found->second.meta.finalizers.empty()) return forget(state, key);
    if (!found->second.meta.deletion_timestamp) found->second.meta.deletion_timestamp = clock_.now();
    touch(state, found->second);
  });
}

void FakeStore::set_secret(const ObjectKey& key, const SecretData& data) {
  state_.with([&](State& state) { state.secrets[key] = {"", data}; });
}

std::optional<VpcPeering> FakeStore::object(const ObjectKey& key) const {
  return state_.with([&](const State& state) -> std::optional<VpcPeering> {
    const auto found = state.objects.find(key);
    if (found == state.objects.end()) return std::nullopt;
    return found->second;
  });
}

std::vector<ObjectKey> FakeStore::secret_keys() const {
  return state_.with([](const State& state) {
    std::vector<ObjectKey> keys;
    for (const auto& [key, secret] : state.secrets) keys.push_back(key);
    return keys;
  });
}

std::vector<ObjectEvent> FakeStore::events() const {
  return state_.with([](const State& state) { return state.events; });
}

Result<std::vector<ObjectKey>> FakeStore::list(const Context&) {
  TRY(may_call("list"));
  return state_.with([](const State& state) {
    std::vector<ObjectKey> keys;
    for (const auto& [key, object] : state.objects) keys.push_back(key);
    return keys;
  });
}

Result<std::optional<VpcPeering>> FakeStore::get(const Context&, const ObjectKey& key) {
  TRY(may_call("get"));
  return object(key);
}

Status FakeStore::watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) {
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

void FakeStore::end_watch() {
  state_.with([](State& state) { ++state.end_watches; });
  woken_.notify_all();
}

Status FakeStore::apply_status(const Context&, const VpcPeering& object, const PeeringStatus& status) {
  const auto stored = this->object(object.meta.key());
  if (stored && stored->meta.uid == object.meta.uid && stored->status == status) return {};
  return effect("apply-status", object, [&](State&, VpcPeering& stored) { stored.status = status; });
}

Status FakeStore::add_finalizer(const Context&, const VpcPeering& object) {
  return effect("add-finalizer", object, [](State& state, VpcPeering& stored) {
    auto& all = stored.meta.finalizers;
    if (std::find(all.begin(), all.end(), kFinalizer) == all.end()) all.emplace_back(kFinalizer);
    touch(state, stored);
  });
}

Status FakeStore::remove_finalizer(const Context&, const VpcPeering& object) {
  return effect("remove-finalizer", object, [](State& state, VpcPeering& stored) {
    std::erase(stored.meta.finalizers, kFinalizer);
    touch(state, stored);
    if (stored.meta.deletion_timestamp && stored.meta.finalizers.empty()) forget(state, stored.meta.key());
  });
}

Result<std::optional<SecretData>> FakeStore::get_secret(const Context&, const ObjectKey& key) {
  TRY(may_call("get-secret"));
  return state_.with([&](const State& state) -> std::optional<SecretData> {
    const auto found = state.secrets.find(key);
    if (found == state.secrets.end()) return std::nullopt;
    return found->second.data;
  });
}

Status FakeStore::put_secret(const Context&, const VpcPeering& owner, const std::string& name,
                             const SecretData& data) {
  return effect("put-secret", owner, [&](State& state, VpcPeering&) {
    state.secrets[{owner.meta.ns, name}] = {owner.meta.uid, data};
  });
}

void FakeStore::record_event(const Context&, const ObjectEvent& event) {
  state_.with([&](State& state) { state.events.push_back(event); });
}

}  // namespace vpcp::testing
