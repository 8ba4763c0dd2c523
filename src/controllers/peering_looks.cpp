// What a pass looks at anew, and what it still knows from an earlier one.
#include <algorithm>

#include "controllers/peering_pass.h"

namespace vpcp {
namespace {

/// While something is being changed in the cloud, or a host has gone silent, its lists are asked for this
/// often.
constexpr milliseconds kBusyList{1000};
constexpr seconds kLongestCloudPause{160};
constexpr seconds kCloudSilent{5};
constexpr seconds kCloudSlow{30};

/// A tenth of it at most, of each object another part, so that many do not come due together.
milliseconds part_of(const std::string& uid, milliseconds interval) {
  return interval * static_cast<int>(std::hash<std::string>{}(uid) % 1000) / 10'000;
}

}  // namespace

// --- the cloud
// ---------------------------------------------------------------------------------------------------------------

/// Several objects of one account share one view. A host whose stream died may be one that was deleted.
milliseconds PeeringPass::cloud_age_allowed() const {
  if (memory_.cloud_busy) return kBusyList;
  const milliseconds usual = options_.cloud_interval;
  const auto death = ports_.streams.last_death(peering_.meta.key());
  if (!death) return usual;
  const auto since = std::chrono::duration_cast<milliseconds>(ports_.clock.steady_now() - *death);
  return std::clamp(since, milliseconds{0}, usual);
}

/// How long hosts wait for a cloud that was seen before and is silent now: well over what a list has taken,
/// but one that once took a minute does not make them wait for minutes ever after.
milliseconds PeeringPass::patience_with_cloud() const {
  return std::clamp<milliseconds>(4 * memory_.cloud_list_took, kCloudSilent, kCloudSlow);
}

/// An API that fails is asked again after a pause that grows, however often hosts are looked at meanwhile.
Result<std::shared_ptr<const CloudSnapshot>> PeeringPass::list_cloud() {
  CloudPause& pause = memory_.cloud_pause;
  const SteadyTime began = ports_.clock.steady_now();
  if (pause.failed > 0 && began < pause.until && memory_.last_seen) return pause.error;
  const Context looking = ctx_.for_looking();
  auto list =
      cloud_->look(memory_.last_seen ? looking.within(patience_with_cloud()) : looking, cloud_age_allowed());
  const SteadyTime now = ports_.clock.steady_now();
  const bool throttled = !list.ok() && list.error().kind == ErrorKind::Throttled;
  if (!throttled && (list.ok() || list.error().kind != ErrorKind::Transient)) {
    pause = {};
    memory_.cloud_list_took =
        std::max(memory_.cloud_list_took, std::chrono::duration_cast<milliseconds>(now - began));
    return list;
  }
  const milliseconds first = throttled ? milliseconds{options_.cloud_interval} : kBusyList;
  const milliseconds longest =
      throttled ? milliseconds{kLongestCloudPause} : milliseconds{options_.cloud_interval};
  const milliseconds length =
      std::max(std::min(first * (1 << std::min(pause.failed, 4)), std::max(first, longest)),
               list.error().retry_after.value_or(milliseconds{0}));
  pause = {pause.failed + 1, now + length + part_of(peering_.meta.uid, length), list.error()};
  return list;
}

milliseconds PeeringPass::cloud_age() const {
  return std::chrono::duration_cast<milliseconds>(ports_.clock.now() - snapshot_->taken_at);
}

/// What could not be listed now stays due, and is not asked for without end.
milliseconds PeeringPass::next_list() const {
  const milliseconds interval = memory_.cloud_busy ? kBusyList : milliseconds{options_.cloud_interval};
  milliseconds due = std::max(interval - cloud_age(), milliseconds{0});
  if (cloud_error_) {
    const auto pause = memory_.cloud_pause.until - ports_.clock.steady_now();
    due = std::max(std::chrono::ceil<milliseconds>(pause), kBusyList);
  }
  // A look asks for one that is younger than the interval: it comes due just after it.
  return due + part_of(peering_.meta.uid, interval) + milliseconds{1};
}

// --- hosts
// -------------------------------------------------------------------------------------------------------------------

void PeeringPass::look_at_all_hosts() {
  const PeeringRecord record = record_.copy();
  const auto add = [&](const LaidHost& host) {
    if (auto login = login_of(layout_, host, record, access_keys_))
      logins_.emplace(host.lane, std::move(*login));
  };
  for (const LaidHost* host : hosts()) add(*host);
  for (const LaidHost& host : layout_.departed) add(host);
  const bool well = all_answer(ports_.board.traffic(peering_.meta.key()));
  std::map<std::string, HostLogin> unsure;
  for (const auto& [lane, login] : logins_) {
    if (auto kept = well ? kept_look(lane, login) : std::nullopt)
      looks_.emplace(lane, std::move(*kept));
    else
      unsure.emplace(lane, login);
  }
  const Moment began{ports_.clock.now(), ports_.clock.steady_now()};
  looks_.merge(look_at_hosts(ctx_.for_looking(), ports_.shell, unsure));
  note_handshakes_of_pass(unsure, began);
  for (const LaidHost* host : hosts()) note_missing_key(*host);
  note_pinned_keys();
}

/// Of the hosts that were looked at anew.
void PeeringPass::note_handshakes_of_pass(const std::map<std::string, HostLogin>& looked,
                                          const Moment& began) {
  for (const auto& [lane, login] : looked) {
    const HostLook& look = looks_.at(lane);
    if (!look.facts) continue;
    const auto before = memory_.handshakes.find(lane);
    const auto book = before == memory_.handshakes.end() ? std::nullopt : std::optional(before->second);
    memory_.handshakes.insert_or_assign(lane, note_handshakes(book, *look.facts, began));
  }
  std::erase_if(memory_.handshakes, [&](const auto& book) { return !logins_.contains(book.first); });
}

/// A host whose stream has been heard, and was quiet, since it was last looked at.
std::optional<HostLook> PeeringPass::kept_look(const std::string& lane, const HostLogin& login) const {
  const auto kept = memory_.looks.find(lane);
  if (kept == memory_.looks.end() || kept->second.address != login.address) return std::nullopt;
  const SteadyTime now = ports_.clock.steady_now();
  const StreamState stream = ports_.streams.state(peering_.meta.key(), lane);
  if (!still_holds(kept->second.began, stream, now)) return std::nullopt;
  HostLook look = kept->second.look;
  look.age = std::chrono::duration_cast<milliseconds>(now - kept->second.began);
  return look;
}

/// Only of hosts that needed nothing: where something is to be done, the next pass looks in any case.
void PeeringPass::keep_looks(SteadyTime began) {
  std::map<std::string, KeptLook> kept;
  for (const auto& [lane, look] : looks_) {
    const auto plan = host_plans_.find(lane);
    const bool settled = plan != host_plans_.end() && plan->second.steps.empty() && !plan->second.blocked &&
                         plan->second.waiting_for.empty();
    if (!settled || !look.facts) continue;
    const auto before = memory_.looks.find(lane);
    if (look.age.count() > 0 && before != memory_.looks.end()) kept.emplace(lane, before->second);
    if (look.age.count() == 0) kept.emplace(lane, KeptLook{look, began, logins_.at(lane).address});
  }
  memory_.looks = std::move(kept);
  memory_.cloud_busy = !cloud_plan_.steps.empty() || cloud_plan_.recheck_after.has_value();
}

}  // namespace vpcp
