#include <thread>

#include "app/vpcpctl/commands.h"

namespace vpcp::ctl {
namespace {

int set_suspend(Session& session, const std::string& name, bool suspend) {
  const auto peering = session.find(name);
  if (!peering.ok()) return fail(peering.error());
  if (peering->meta.deletion_timestamp)
    return fail(peering->meta.key().str() + " is being deleted, which neither stops nor resumes");
  const Status done = session.store().set_suspend(session.context(), *peering, suspend);
  if (!done.ok()) return fail(done.error());
  const std::string key = peering->meta.key().str();
  return print(
      suspend ? key +
                    " is suspended: the controller looks and reports, and touches nothing; a deletion is "
                    "carried out all the same.\n"
              : key + " is resumed: the controller acts again.\n");
}

/// Of the spec as it is now, not of one before.
bool is_ready(const VpcPeering& peering) {
  const Condition* ready = find_condition(peering.status, condition::kReady);
  return ready != nullptr && ready->status == ConditionStatus::True && !peering.meta.deletion_timestamp &&
         peering.status.observed_generation >= peering.meta.generation;
}

std::string state_of(const VpcPeering& peering) {
  const Condition* ready = find_condition(peering.status, condition::kReady);
  if (ready == nullptr) return "no controller has looked at it yet";
  return one_line(ready->reason + (ready->message.empty() ? "" : ": " + ready->message));
}

constexpr milliseconds kAskAgain{100};  ///< The store tells nobody: it is asked again and again.

/// One question; nullopt when it is so no longer or not yet. Errors: those of the store.
Result<std::optional<VpcPeering>> look_for(Session& session, const std::string& name) {
  auto peering = session.find(name);
  if (peering.ok()) return std::optional(Session::believable(std::move(peering).value()));
  if (peering.error().reason == "NotFound") return std::optional<VpcPeering>();
  return peering.error();
}

}  // namespace

int wait_command(Session& session, const std::string& name, WaitFor what, seconds limit) {
  const SteadyTime began = std::chrono::steady_clock::now();
  const auto waited = [&] {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  };
  std::string told;
  while (true) {
    const auto peering = look_for(session, name);
    if (!peering.ok()) return fail(peering.error());
    if (!*peering && what == WaitFor::Deleted)
      return print(name + " is gone, after " + short_time(waited()) + "\n");
    if (*peering && what == WaitFor::Ready && is_ready(**peering))
      return print(name + " is ready, after " + short_time(waited()) + ": " +
                   one_line(find_condition((*peering)->status, condition::kReady)->message) + "\n");
    const std::string state = *peering ? state_of(**peering) : "there is no such object";
    if (waited() >= limit)
      return fail(name + (what == WaitFor::Ready ? " is not ready" : " is still there") + " after " +
                  short_time(limit) + ": " + state);
    if (state != told && print("  " + state + "\n") != 0) return 1;
    told = state;
    std::this_thread::sleep_for(kAskAgain);
  }
}

int suspend_command(Session& session, const std::string& name) {
  return set_suspend(session, name, true);
}
int resume_command(Session& session, const std::string& name) {
  return set_suspend(session, name, false);
}

int reconcile_command(Session& session, const std::string& name, seconds wait) {
  const auto peering = session.find(name);
  if (!peering.ok()) return fail(peering.error());
  const std::string word = to_rfc3339(system_clock().now()) + "/" + random_uuid().substr(0, 8);
  const Status asked = session.store().request_pass(session.context(), *peering, word);
  if (!asked.ok()) return fail(asked.error());
  const ObjectKey key = peering->meta.key();
  const SteadyTime end = std::chrono::steady_clock::now() + wait;
  while (true) {
    const auto now = session.store().get(session.context(), key);
    if (!now.ok()) return fail(now.error());
    if (!*now) return fail(key.str() + " has been deleted meanwhile");
    if ((*now)->status.last_handled_reconcile_at == word) {
      const Condition* ready = find_condition((*now)->status, condition::kReady);
      const Cell state = readiness(**now);
      const ViewStyle style = session.style();
      return print(key.str() + " was looked at: " + style.paint(state.colour, state.text) +
                   (ready == nullptr || ready->message.empty() ? "" : ", " + one_line(ready->message)) +
                   "\n");
    }
    if (std::chrono::steady_clock::now() >= end)
      return fail("the controller has not looked at " + key.str() + " within " + short_time(wait) +
                  ": is it running, with this store?");
    std::this_thread::sleep_for(kAskAgain);
  }
}

}  // namespace vpcp::ctl
