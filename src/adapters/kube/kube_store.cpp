#include "adapters/kube/kube_store.h"

#include <algorithm>

#include "adapters/kube/json_text.h"
#include "vpcp/api/write.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;

std::string peerings_of(const std::string& ns) {
  const std::string group = std::string("/apis/") + kApiVersion;
  return group + (ns.empty() ? "" : "/namespaces/" + ns) + "/vpcpeerings";
}
std::string peering_path(const ObjectKey& key) {
  return peerings_of(key.ns) + "/" + key.name;
}

Error stale(const VpcPeering& object) {
  return {ErrorKind::Conflict, "StaleObject", object.meta.key().str() + " has been replaced or is gone", {}};
}

/// The answer of a server-side apply to fields that another field manager owns; of the other conflicts, such
/// as one about the uid, none begins so.
bool is_of_another_manager(const Error& error) {
  return error.message.find("Apply failed with") != std::string::npos;
}

}  // namespace

KubeStore::KubeStore(Client& client, const Options& options, const Clock& clock, Log log)
    : client_(client),
      log_(std::move(log)),
      cache_([this](const ObjectKey& key) { notify(key); }),
      secrets_(client,
               {[this](const ObjectKey& secret) { return !cache_.users_of_secret(secret).empty(); },
                [this](const ObjectKey& secret) { return is_needed_for_removal(secret); },
                [this](const ObjectKey& key, const std::string& uid) { return cache_.is_live(key, uid); },
                [this](const ObjectKey& secret) { secret_changed(secret); }, options.random01},
               log_),
      events_(client, clock, options.instance, log_),
      reflector_(client, peerings_of(options.ns), "", cache_, options.random01),
      thread_([this](const std::stop_token& stop) {
        Context ctx;
        ctx.stop = stop;
        ctx.log = log_;
        reflector_.run(ctx);
      }) {}

KubeStore::~KubeStore() = default;

void KubeStore::notify(const ObjectKey& key) {
  secrets_.prune();
  changes_.tell(key);
}

bool KubeStore::is_needed_for_removal(const ObjectKey& secret) const {
  // Of all that use it: one that goes on living must not go on with what was withdrawn from it.
  const auto users = cache_.users_of_secret(secret);
  return !users.empty() && std::ranges::all_of(users, [this](const ObjectKey& key) {
    const auto user = cache_.find(key);
    return user && user->object.meta.deletion_timestamp;
  });
}

void KubeStore::secret_changed(const ObjectKey& secret) {
  log_.info("A Secret that peerings use has changed",
            {{"namespace", secret.ns}, {"secretName", secret.name}});
  for (const ObjectKey& key : cache_.users_of_secret(secret)) changes_.tell(key);
}

Result<std::vector<ObjectKey>> KubeStore::list(const Context& ctx) {
  if (!cache_.wait_synced(ctx))
    return Error{ErrorKind::Transient, "NotSynced", "the API server has not told of its objects yet", {}};
  return cache_.keys();
}

Result<std::optional<VpcPeering>> KubeStore::get(const Context& ctx, const ObjectKey& key) {
  if (!cache_.wait_synced(ctx))
    return Error{ErrorKind::Transient, "NotSynced", "the API server has not told of its objects yet", {}};
  auto found = cache_.find(key);
  if (!found) return std::optional<VpcPeering>{};
  return std::optional(std::move(found->object));
}

Status KubeStore::watch(const Context& ctx, const std::function<void(const ObjectKey&)>& changed) {
  changes_.follow(
      ctx, [this] { return cache_.keys(); }, changed);
  return {};
}

Result<VpcPeering> KubeStore::current(const VpcPeering& object) const {
  auto found = cache_.find(object.meta.key());
  if (!found || found->object.meta.uid != object.meta.uid) return stale(object);
  return std::move(found->object);
}

Status KubeStore::apply_status(const Context& ctx, const VpcPeering& object, const PeeringStatus& status) {
  const std::string text = status_to_json(status);
  const PeeringStatus kept = TRY(read_status_json(text));  // as it will be read: times in whole seconds
  const VpcPeering known = TRY(current(object));
  if (known.status == kept) return {};
  const json metadata = {{"name", object.meta.name}, {"namespace", object.meta.ns}, {"uid", object.meta.uid}};
  const std::string body = std::string(R"({"apiVersion":")") + kApiVersion + R"(","kind":")" + kKind +
                           R"(","metadata":)" + to_text(metadata) + R"(,"status":)" + text + "}";
  const std::string path = peering_path(object.meta.key()) + "/status?fieldManager=" + kFieldManager;
  auto answer = client_.send(ctx, {"PATCH", path, kApplyPatch, body});
  if (!answer.ok() && is_of_another_manager(answer.error())) {
    log_.warn(
        "Somebody else has written our status: it is written over",
        {{"namespace", object.meta.ns}, {"name", object.meta.name}, {"conflict", answer.error().message}});
    answer = client_.send(ctx, {"PATCH", path + "&force=true", kApplyPatch, body});
  }
  if (answer.ok()) {
    take(object, *answer);
    return {};
  }
  const std::string& reason = answer.error().reason;
  if (reason == kNotFound || reason == kChanged) return stale(object);  // another uid is a conflict
  return answer.error();
}

void KubeStore::take(const VpcPeering& object, const json& answer) {
  const bool last_of_it = !text_at(answer, {"metadata", "deletionTimestamp"}).empty() &&
                          at(answer, {"metadata", "finalizers"}).empty();
  if (last_of_it) {
    cache_.drop(object.meta.key(), object.meta.uid);
  } else {
    cache_.take(answer);
  }
}

Status KubeStore::refresh(const Context& ctx, const VpcPeering& object) {
  const auto answer = client_.send(ctx, {.path = peering_path(object.meta.key())});
  if (answer.ok()) {
    take(object, *answer);
    return {};
  }
  if (answer.error().reason != kNotFound) return answer.error();
  cache_.drop(object.meta.key(), object.meta.uid);
  return {};
}

Status KubeStore::patch_finalizers(const Context& ctx, const VpcPeering& object,
                                   const std::function<bool(Finalizers&)>& change) {
  constexpr int kTries = 5;
  for (int left = kTries;; --left) {
    VpcPeering known = TRY(current(object));
    Finalizers& finalizers = known.meta.finalizers;
    if (!change(finalizers)) return {};
    const json patch = {
        {{"op", "test"}, {"path", "/metadata/uid"}, {"value", known.meta.uid}},
        {{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", known.meta.resource_version}},
        {{"op", "add"}, {"path", "/metadata/finalizers"}, {"value", finalizers}}};
    const std::string path = peering_path(object.meta.key()) + "?fieldManager=" + kFieldManager;
    const auto answer = client_.send(ctx, {"PATCH", path, kJsonPatch, to_text(patch)});
    if (answer.ok()) {
      take(object, *answer);
      return {};
    }
    // A test that does not hold is answered by 422, a change in the meantime by 409.
    const std::string& reason = answer.error().reason;
    const bool moved_on = reason == kRefused || reason == kChanged || reason == kNotFound;
    if (!moved_on || left <= 1) return answer.error();
    TRY(refresh(ctx, object));
  }
}

Status KubeStore::add_finalizer(const Context& ctx, const VpcPeering& object) {
  return patch_finalizers(ctx, object, [](Finalizers& finalizers) {
    if (std::ranges::find(finalizers, kFinalizer) != finalizers.end()) return false;
    finalizers.emplace_back(kFinalizer);
    return true;
  });
}

Status KubeStore::remove_finalizer(const Context& ctx, const VpcPeering& object) {
  const VpcPeering known = TRY(current(object));
  if (known.meta.deletion_timestamp) TRY(secrets_.remove_owned(ctx, known));
  return patch_finalizers(ctx, object,
                          [](Finalizers& finalizers) { return std::erase(finalizers, kFinalizer) > 0; });
}

Result<std::optional<SecretData>> KubeStore::get_secret(const Context& ctx, const ObjectKey& key) {
  return secrets_.get(ctx, key);
}

Status KubeStore::put_secret(const Context& ctx, const VpcPeering& owner, const std::string& name,
                             const SecretData& data) {
  const VpcPeering known = TRY(current(owner));
  return secrets_.put(ctx, known, name, data);
}

void KubeStore::record_event(const Context& /*ctx*/, const ObjectEvent& event) {
  events_.record(event);
}

}  // namespace vpcp::kube
