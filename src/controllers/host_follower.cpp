#include "controllers/host_follower.h"

namespace vpcp {
namespace {

bool same(const HostLogin& a, const HostLogin& b) {
  const bool alike = a.address == b.address && a.port == b.port && a.user == b.user && a.pinned == b.pinned &&
                     a.private_key.reveal() == b.private_key.reveal();
  if (!alike || (a.jump == nullptr) != (b.jump == nullptr)) return false;
  return a.jump == nullptr || same(*a.jump, *b.jump);
}

/// Who is trusted on first use is followed once the key is pinned: two connections must not pin two keys.
bool can_be_followed(const HostLogin& login) {
  return !login.pinned.empty() && (login.jump == nullptr || can_be_followed(*login.jump));
}

}  // namespace

void HostFollower::update(const ObjectKey& key, const std::map<std::string, HostLogin>& logins) {
  state_.with([&](State& state) {
    bool changed = false;
    for (auto it = state.lanes.begin(); it != state.lanes.end();) {
      const auto here = it++;
      if (here->first.first != key) continue;
      const auto now = logins.find(here->first.second);
      if (now != logins.end() && can_be_followed(now->second) && same(now->second, here->second.login))
        continue;
      book_.forget(here->second.id);
      state.lanes.erase(here);
      changed = true;
    }
    for (const auto& [lane, login] : logins) {
      if (!can_be_followed(login) || state.lanes.contains({key, lane})) continue;
      const HostWatch::Id id = key.str() + " " + lane + " " + std::to_string(++state.made);
      book_.expect(id, key, lane);
      state.lanes[{key, lane}] = {id, login};
      changed = true;
    }
    if (!changed) return;
    std::map<HostWatch::Id, HostWatch::Target> targets;
    for (const auto& [lane, followed] : state.lanes)
      targets.emplace(followed.id, HostWatch::Target{followed.login, watch_command()});
    watch_.follow(std::move(targets));
  });
}

}  // namespace vpcp
