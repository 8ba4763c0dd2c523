#include "adapters/kube/peering_cache.h"

#include "adapters/kube/json_text.h"
#include "vpcp/api/read_json.h"

namespace vpcp::kube {
namespace {

using nlohmann::json;

ObjectKey key_of(const json& object) {
  return {text_at(object, {"metadata", "namespace"}), text_at(object, {"metadata", "name"})};
}

bool is_news(const ReadPeering& before, const ReadPeering& now) {
  const ObjectMeta& a = before.object.meta;
  const ObjectMeta& b = now.object.meta;
  return a.uid != b.uid || a.generation != b.generation || a.deletion_timestamp != b.deletion_timestamp ||
         a.reconcile_at != b.reconcile_at;
}

}  // namespace

std::set<ObjectKey> secrets_of(const VpcPeering& peering) {
  std::set<ObjectKey> out;
  const auto add = [&](const std::string& name) {
    if (!name.empty()) out.insert({peering.meta.ns, name});
  };
  if (peering.spec.credentials_secret) add(*peering.spec.credentials_secret);
  if (peering.spec.restore_secret) add(*peering.spec.restore_secret);
  for (const SiteSpec& site : peering.spec.sites) {
    if (site.server_selector) add(site.server_selector->ssh.private_key_ref.name);
    for (const ServerSpec& server : site.servers) {
      if (server.ssh) add(server.ssh->private_key_ref.name);
    }
  }
  return out;
}

void PeeringCache::begin() {
  state_.with([](State& state) {
    state.unlisted.clear();
    for (const auto& [key, peering] : state.objects) state.unlisted.insert(key);
  });
}

void PeeringCache::exists(const json& object) {
  ReadPeering read = read_peering(object);
  const ObjectKey key = read.object.meta.key();
  const bool news = state_.with([&](State& state) {
    state.unlisted.erase(key);
    if (const auto gone = state.tombstones.find(key); gone != state.tombstones.end()) {
      if (gone->second == read.object.meta.uid) return false;
      state.tombstones.erase(gone);
    }
    const auto known = state.objects.find(key);
    const bool is_new = known == state.objects.end();
    if (!is_new && known->second.object.meta.uid == read.object.meta.uid &&
        is_older(read.object.meta.resource_version, known->second.object.meta.resource_version)) {
      return false;
    }
    const bool tell = is_new || is_news(known->second, read);
    remember(state, std::move(read));
    return tell;
  });
  if (news) changed_(key);
}

void PeeringCache::gone(const json& object) {
  const ObjectKey key = key_of(object);
  const std::string uid = text_at(object, {"metadata", "uid"});
  const bool news = state_.with([&](State& state) {
    if (const auto grave = state.tombstones.find(key);
        grave != state.tombstones.end() && grave->second == uid)
      state.tombstones.erase(grave);
    const auto known = state.objects.find(key);
    if (known == state.objects.end() || known->second.object.meta.uid != uid) return false;
    forget(state, key);
    return true;
  });
  if (news) changed_(key);
}

void PeeringCache::complete() {
  std::set<ObjectKey> gone = state_.with([](State& state) {
    for (const ObjectKey& key : state.unlisted) forget(state, key);
    std::erase_if(state.tombstones, [&](const auto& entry) { return !state.objects.contains(entry.first); });
    state.synced = true;
    return std::exchange(state.unlisted, {});
  });
  synced_.notify_all();
  for (const ObjectKey& key : gone) changed_(key);
}

void PeeringCache::drop(const ObjectKey& key, const std::string& uid) {
  const bool news = state_.with([&](State& state) {
    const auto known = state.objects.find(key);
    if (known == state.objects.end() || known->second.object.meta.uid != uid) return false;
    forget(state, key);
    state.tombstones[key] = uid;
    return true;
  });
  if (news) changed_(key);
}

void PeeringCache::forget(State& state, const ObjectKey& key) {
  const auto known = state.objects.find(key);
  if (known == state.objects.end()) return;
  for (const ObjectKey& secret : secrets_of(known->second.object)) {
    state.secret_users[secret].erase(key);
    if (state.secret_users[secret].empty()) state.secret_users.erase(secret);
  }
  state.objects.erase(known);
}

void PeeringCache::remember(State& state, ReadPeering peering) {
  const ObjectKey key = peering.object.meta.key();
  forget(state, key);
  for (const ObjectKey& secret : secrets_of(peering.object)) state.secret_users[secret].insert(key);
  state.objects.emplace(key, std::move(peering));
}

bool PeeringCache::wait_synced(const Context& ctx) const {
  return state_.with_lock([&](auto& lock, const State& state) {
    const auto done = [&] { return state.synced; };
    if (ctx.deadline == SteadyTime::max()) return synced_.wait(lock, ctx.stop, done);
    return synced_.wait_until(lock, ctx.stop, ctx.deadline, done);
  });
}

bool PeeringCache::synced() const {
  return state_.with([](const State& state) { return state.synced; });
}

std::vector<ObjectKey> PeeringCache::keys() const {
  return state_.with([](const State& state) {
    std::vector<ObjectKey> keys;
    keys.reserve(state.objects.size());
    for (const auto& [key, peering] : state.objects) keys.push_back(key);
    return keys;
  });
}

std::optional<ReadPeering> PeeringCache::find(const ObjectKey& key) const {
  return state_.with([&](const State& state) -> std::optional<ReadPeering> {
    const auto known = state.objects.find(key);
    if (known == state.objects.end()) return std::nullopt;
    return known->second;
  });
}

bool PeeringCache::is_live(const ObjectKey& key, const std::string& uid) const {
  return state_.with([&](const State& state) {
    const auto known = state.objects.find(key);
    return known != state.objects.end() && known->second.object.meta.uid == uid;
  });
}

std::set<ObjectKey> PeeringCache::users_of_secret(const ObjectKey& secret) const {
  return state_.with([&](const State& state) {
    const auto users = state.secret_users.find(secret);
    return users == state.secret_users.end() ? std::set<ObjectKey>{} : users->second;
  });
}

}  // namespace vpcp::kube
