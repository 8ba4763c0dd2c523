#include "domain/host/bootstrap.h"

namespace vpcp {
namespace {

using State = BootstrapFacts::State;

constexpr seconds kLookAgain{2};
/// A mirror that fails is rarely back sooner, and apt has tried several times itself.
constexpr seconds kRetryAfter{60};

Ready start(PlanBuilder& plan, Bootstrap what, std::string why) {
  plan.add(DriftKind::NotBootstrapped, std::move(why), "Start the package update",
           {start_bootstrap_command(what)});
  plan.end_lane();
  plan.wait(kLookAgain, "package update");
  return Ready::NotYet;
}

Ready after_failure(PlanBuilder& plan, Bootstrap what, const HostFacts& facts) {
  plan.block("PackageUpdateFailed", "the package update failed and is tried again: " + facts.bootstrap.tail);
  const seconds since = facts.clock - facts.bootstrap.failed_at;
  // A clock that was set back meanwhile must not make us wait for it to catch up.
  if (since >= kRetryAfter || since.count() < 0) return start(plan, what, "the last package update failed");
  plan.wait(kRetryAfter - since, "another try of the package update");
  return Ready::NotYet;
}

Ready reboot_if_asked(PlanBuilder& plan, const HostFacts& facts) {
  if (!facts.bootstrap.wants_reboot || facts.bootstrap.boot_id != facts.boot_id) return Ready::Yes;
  plan.add(DriftKind::RebootRequired, "the package update asks for a reboot", "Reboot the host",
           {reboot_command()});
  plan.end_lane();
  plan.wait(kLookAgain, "reboot");
  return Ready::NotYet;
}

}  // namespace

bool is_supported_system(const HostFacts& facts) {
  if (facts.os_id == "ubuntu") return facts.os_version == "22.04" || facts.os_version == "24.04";
  return facts.os_id == "debian" && facts.os_version == "12";
}

HostPlan::Blocked unsupported_system(const HostFacts& facts) {
  const std::string found = facts.os_id.empty() ? "unknown" : facts.os_id + " " + facts.os_version;
  return {"UnsupportedSystem",
          "the host runs \"" + found +
              "\"; supported are Ubuntu 22.04 and 24.04 and Debian 12. Nothing was changed."};
}

Ready plan_bootstrap(PlanBuilder& plan, Bootstrap what, const HostFacts& facts) {
  switch (facts.bootstrap.state) {
    case State::None:
      // cloud-init holds apt's locks and writes files of its own while it runs.
      if (facts.cloud_init == CloudInit::Running) return plan.wait(kLookAgain, "cloud-init"), Ready::NotYet;
      return start(plan, what, "the packages have not been updated yet");
    case State::Running:
      return plan.wait(kLookAgain, "package update"), Ready::NotYet;
    case State::Failed:
      return after_failure(plan, what, facts);
    case State::Done:
    case State::DoneWithErrors:
      return reboot_if_asked(plan, facts);
  }
  return Ready::NotYet;
}

}  // namespace vpcp
