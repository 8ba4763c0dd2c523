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
  return print(suspend ? key + " is suspended: the controller looks and reports, and touches nothing.\n"
                       : key + " is resumed: the controller acts again.\n");
}

}  // namespace

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
    std::this_thread::sleep_for(milliseconds{100});  // the store tells nobody: asked again
  }
}

}  // namespace vpcp::ctl
