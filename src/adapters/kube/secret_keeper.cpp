#include "adapters/kube/secret_keeper.h"

#include <utility>

#include "adapters/kube/json_text.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;

std::string secrets_of(const std::string& ns) {
  return "/api/v1/namespaces/" + ns + "/secrets";
}
std::string secret_path(const ObjectKey& key) {
  return secrets_of(key.ns) + "/" + key.name;
}

/// The values of `object.data`; the base64 in it is wiped where we can.
SecretData data_of(const json& object) {
  SecretData out;
  const json& data = at(object, {"data"});
  if (!data.is_object()) return out;
  for (const auto& [name, value] : data.items()) {
    if (!value.is_string()) continue;
    if (auto bytes = base64_decode(value.get_ref<const std::string&>()))
      out[name] = Secret::take(std::move(*bytes));
  }
  return out;
}

json data_json(const SecretData& data) {
  json out = json::object();
  for (const auto& [name, secret] : data) out[name] = base64_encode(secret.reveal());
  return out;
}

void wipe_data(json& data) {
  for (auto& value : data) {
    if (value.is_string()) wipe(value.get_ref<std::string&>());
  }
}

/// The reference to the VPCPeering that owns the object; null when none does.
const json& owner_of(const json& object) {
  static const json kNobody;
  const json& owners = at(object, {"metadata", "ownerReferences"});
  if (!owners.is_array()) return kNobody;
  for (const json& owner : owners) {
    if (text_at(owner, {"kind"}) == kKind) return owner;
  }
  return kNobody;
}

/// The admission plugin NamespaceLifecycle; a confidential answer has no message, and we may create Secrets.
bool is_of_ending_namespace(const Error& error) {
  return error.reason == "Forbidden";
}

json metadata_for(const VpcPeering& owner, const ObjectKey& key) {
  return {{"name", key.name},
          {"namespace", key.ns},
          {"labels", {{"app.kubernetes.io/managed-by", "vpc-peering-controller"}}},
          {"ownerReferences",
           {{{"apiVersion", kApiVersion},
             {"kind", kKind},
             {"name", owner.meta.name},
             {"uid", owner.meta.uid},
             {"controller", true},
             {"blockOwnerDeletion", true}}}}};
}

}  // namespace

class WatchedSecret : public ReflectorHandler {
 public:
  using Value = std::optional<SecretData>;

  WatchedSecret(Client& client, const ObjectKey& key, Value handed_out, const SecretKeeper::Hooks& hooks,
                const Log& log)
      : key_(key),
        hooks_(hooks),
        state_(State{.value = handed_out, .last = handed_out}),
        reflector_(client, secrets_of(key.ns), "fieldSelector=metadata.name%3D" + key.name, *this,
                   hooks.random01),
        thread_([this, log](const std::stop_token& stop) {
          Context ctx;
          ctx.stop = stop;
          ctx.log = log;
          reflector_.run(ctx);
        }) {}

  /// nullopt: not in step yet.
  [[nodiscard]] std::optional<Value> value() const {
    return state_.with([](const State& state) -> std::optional<Value> {
      if (!state.synced) return std::nullopt;
      return state.value;
    });
  }
  /// What there was last; absent only if there never was a Secret.
  [[nodiscard]] Value last() const {
    return state_.with([](const State& state) { return state.last; });
  }
  /// Read by the one who asked, since the watch was not in step.
  void note(const SecretData& data) {
    state_.with([&](State& state) {
      if (!state.synced) state.last = data;
    });
  }
  void request_stop() { thread_.request_stop(); }

  void begin() override {
    state_.with([](State& state) { state.listed.reset(); });
  }
  void exists(const json& object) override {
    SecretData data = data_of(object);
    const bool synced = state_.with([&](State& state) {
      state.listed = data;
      return state.synced;
    });
    if (synced) set(std::move(data));
  }
  void gone(const json& /*object*/) override { set(std::nullopt); }
  void complete() override {
    set(state_.with([](State& state) {
      state.synced = true;
      return std::exchange(state.listed, std::nullopt);
    }));
  }

 private:
  struct State {
    Value value;  ///< As it was handed out last.
    Value last;
    Value listed{};  ///< As the list under way tells it.
    bool synced{false};
  };
  void set(Value value) {
    const bool differs = state_.with([&](State& state) {
      if (state.value == value) return false;
      if (value) state.last = value;
      state.value = std::move(value);
      return true;
    });
    if (differs) hooks_.changed(key_);
  }

  const ObjectKey key_;
  const SecretKeeper::Hooks& hooks_;
  Guarded<State> state_;
  Reflector reflector_;
  std::jthread thread_;  ///< Last: it uses all of the others.
};

SecretKeeper::SecretKeeper(Client& client, Hooks hooks, Log log)
    : client_(client), hooks_(std::move(hooks)), log_(std::move(log)) {}

SecretKeeper::~SecretKeeper() {
  const auto watched = state_.with([](State& state) { return std::exchange(state.watched, {}); });
  for (const auto& [key, secret] : watched) secret->request_stop();
}

void SecretKeeper::prune() {
  const auto ended = state_.with([&](State& state) {
    std::vector<std::shared_ptr<WatchedSecret>> out;
    std::erase_if(state.watched, [&](auto& entry) {
      if (hooks_.is_referred_to(entry.first)) return false;
      out.push_back(std::move(entry.second));
      return true;
    });
    return out;
  });
  for (const auto& secret : ended) secret->request_stop();
}

Result<std::optional<SecretKeeper::Known>> SecretKeeper::read(const Context& ctx, const ObjectKey& key) {
  auto answer = client_.send(ctx, {.path = secret_path(key), .confidential = true});
  if (!answer.ok()) {
    if (answer.error().reason == kNotFound) return std::optional<Known>{};
    return std::move(answer).error();
  }
  Known known;
  known.owner = text_at(owner_of(*answer), {"name"});
  known.owner_uid = text_at(owner_of(*answer), {"uid"});
  known.uid = text_at(*answer, {"metadata", "uid"});
  known.resource_version = text_at(*answer, {"metadata", "resourceVersion"});
  known.data = data_of(*answer);
  if (const auto data = answer->find("data"); data != answer->end() && data->is_object()) {
    for (const auto& [name, value] : data->items()) known.data_keys.push_back(name);
    wipe_data(*data);
  }
  return std::optional(std::move(known));
}

std::optional<SecretKeeper::Known> SecretKeeper::kept(const ObjectKey& key) const {
  return state_.with([&](const State& state) -> std::optional<Known> {
    const auto found = state.owned.find(key);
    if (found == state.owned.end()) return std::nullopt;
    return found->second;
  });
}

void SecretKeeper::keep(const ObjectKey& key, const Known& known) {
  state_.with([&](State& state) { state.owned[key] = known; });
}

void SecretKeeper::forget(const ObjectKey& key) {
  state_.with([&](State& state) { state.owned.erase(key); });
}

bool SecretKeeper::has_live_owner(const ObjectKey& key, const Known& known) const {
  return hooks_.is_live({key.ns, known.owner}, known.owner_uid);
}

Result<std::optional<SecretData>> SecretKeeper::get(const Context& ctx, const ObjectKey& key) {
  if (const auto known = kept(key)) {
    if (has_live_owner(key, *known)) return std::optional(known->data);
    forget(key);  // its object went without us, by a person who took the finalizer away
  }
  const auto watched = state_.with([&](State& state) {
    const auto found = state.watched.find(key);
    return found == state.watched.end() ? nullptr : found->second;
  });
  const auto or_last = [&](std::optional<SecretData> data) {
    return !data && watched && hooks_.is_needed_for_removal(key) ? watched->last() : std::move(data);
  };
  if (watched) {
    if (auto value = watched->value()) return or_last(*std::move(value));
  }
  const auto known = TRY(read(ctx, key));
  if (known && !known->owner_uid.empty()) {
    // Of an object that is gone: the garbage collector has yet to take it, and it is nobody else's.
    if (!has_live_owner(key, *known)) return std::optional<SecretData>{};
    keep(key, *known);
    return std::optional(known->data);
  }
  auto data = known ? std::optional(known->data) : std::nullopt;
  if (!watched && hooks_.is_referred_to(key)) watch(key, data);
  if (watched && data) watched->note(*data);
  return or_last(std::move(data));
}

void SecretKeeper::watch(const ObjectKey& key, const std::optional<SecretData>& handed_out) {
  state_.with([&](State& state) {
    if (state.watched.contains(key) || state.watched.size() >= kMostWatched) return;
    state.watched.emplace(key, std::make_shared<WatchedSecret>(client_, key, handed_out, hooks_, log_));
  });
}

Status SecretKeeper::put(const Context& ctx, const VpcPeering& owner, const std::string& name,
                         const SecretData& data) {
  const ObjectKey key{owner.meta.ns, name};
  constexpr int kTries = 5;
  for (int left = kTries;; --left) {
    Status done = put_once(ctx, owner, key, data);
    const bool moved_on =
        !done.ok() && (done.error().reason == kChanged || done.error().reason == kNotFound ||
                       done.error().reason == kAlreadyExists);
    if (!moved_on || left <= 1) return done;
    forget(key);
  }
}

Status SecretKeeper::put_once(const Context& ctx, const VpcPeering& owner, const ObjectKey& key,
                              const SecretData& data) {
  std::optional<Known> known = kept(key);
  if (!known) known = TRY(read(ctx, key));
  if (!known) return create(ctx, owner, key, data);
  if (known->owner_uid.empty()) {
    return Error{ErrorKind::Conflict,
                 "SecretOwned",
                 "the Secret " + key.str() + " is not ours: rename it, or delete it if nobody needs it",
                 {}};
  }
  if (known->owner_uid != owner.meta.uid) {
    // Of an object of this name that is gone, or of another one that shares the namespace.
    if (has_live_owner(key, *known)) {
      return Error{
          ErrorKind::Conflict, "SecretOwned", "the Secret " + key.str() + " belongs to another object", {}};
    }
    TRY(remove(ctx, key, known->uid));
    return create(ctx, owner, key, data);
  }
  return replace(ctx, owner, key, *known, data);
}

Status SecretKeeper::create(const Context& ctx, const VpcPeering& owner, const ObjectKey& key,
                            const SecretData& data) {
  json object = {{"apiVersion", "v1"},
                 {"kind", "Secret"},
                 {"type", "Opaque"},
                 {"metadata", metadata_for(owner, key)},
                 {"data", data_json(data)}};
  Request request{"POST", secrets_of(key.ns) + "?fieldManager=" + kFieldManager, kJson, to_text(object),
                  true};
  wipe_data(object["data"]);
  auto answer = client_.send(ctx, std::move(request));
  const bool too_late =
      !answer.ok() && owner.meta.deletion_timestamp && is_of_ending_namespace(answer.error());
  if (!answer.ok() && !too_late) return std::move(answer).error();
  if (too_late)
    log_.warn(
        "A Secret cannot be kept any more: it is remembered until its object is taken down, and lost if this "
        "process ends before",
        {{"namespace", key.ns}, {"secretName", key.name}});
  Known known{owner.meta.name, owner.meta.uid, "", "", {}, data};
  if (answer.ok()) {
    known.uid = text_at(*answer, {"metadata", "uid"});
    known.resource_version = text_at(*answer, {"metadata", "resourceVersion"});
    wipe_data((*answer)["data"]);
  }
  for (const auto& [name, value] : data) known.data_keys.push_back(name);
  keep(key, known);
  return {};
}

Status SecretKeeper::replace(const Context& ctx, const VpcPeering& owner, const ObjectKey& key,
                             const Known& known, const SecretData& data) {
  // A merge patch, so that labels which others have set stay; bound to the version that we know.
  json patch = {{"metadata", {{"resourceVersion", known.resource_version}, {"uid", known.uid}}},
                {"data", data_json(data)}};
  for (const std::string& name : known.data_keys) {
    if (!data.contains(name)) patch["data"][name] = nullptr;
  }
  Request request{"PATCH", secret_path(key) + "?fieldManager=" + kFieldManager, kMergePatch, to_text(patch),
                  true};
  wipe_data(patch["data"]);
  auto answer = client_.send(ctx, std::move(request));
  // Taken away before its object: made anew, or where that cannot be, remembered. What is known is not
  // forgotten meanwhile.
  if (!answer.ok() && answer.error().reason == kNotFound && owner.meta.deletion_timestamp)
    return create(ctx, owner, key, data);
  if (!answer.ok()) return std::move(answer).error();
  Known now = known;
  now.data = data;
  now.data_keys.clear();
  for (const auto& [name, value] : data) now.data_keys.push_back(name);
  now.resource_version = text_at(*answer, {"metadata", "resourceVersion"});
  if (answer->contains("data")) wipe_data((*answer)["data"]);
  keep(key, now);
  return {};
}

Status SecretKeeper::remove(const Context& ctx, const ObjectKey& key, const std::string& uid) {
  const json options = {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", {{"uid", uid}}}};
  const auto answer = client_.send(ctx, {"DELETE", secret_path(key), kJson, to_text(options), true});
  forget(key);
  // Gone, or another one by now.
  if (!answer.ok() && answer.error().reason != kNotFound && answer.error().reason != kChanged)
    return answer.error();
  return {};
}

Status SecretKeeper::remove_owned(const Context& ctx, const VpcPeering& owner) {
  const auto owned = state_.with([&](const State& state) {
    std::vector<std::pair<ObjectKey, std::string>> out;
    for (const auto& [key, known] : state.owned) {
      if (known.owner_uid == owner.meta.uid) out.emplace_back(key, known.uid);
    }
    return out;
  });
  for (const auto& [key, uid] : owned) TRY(remove(ctx, key, uid));
  return {};
}

}  // namespace vpcp::kube
