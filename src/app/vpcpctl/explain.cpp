#include "views/explain_view.h"

#include "app/vpcpctl/commands.h"
#include "app/vpcpctl/dry_pass.h"

namespace vpcp::ctl {
namespace {

/// What each host has now that it should not have, or lacks.
Result<LaneLooks> look_now(Session& session, const VpcPeering& peering) {
  DryPass pass(session);
  const DryPass::Look look = TRY(pass.look(peering));
  LaneLooks out;
  for (const auto& [lane, problem] : look.problems) out[lane].problem = problem;
  for (const auto& [lane, plan] : look.ahead.hosts) {
    LaneLook& seen = out[lane];
    for (const Step& step : plan.steps) seen.differences.push_back({step.why, step.summary});
    if (plan.recheck_after && plan.steps.empty() && !plan.blocked)
      seen.problem = "is still being set up: " + plan.waiting_for;
    if (plan.blocked) seen.differences.push_back({plan.blocked->message, plan.blocked->reason});
  }
  return out;
}

}  // namespace

int explain_command(Session& session, const ExplainOptions& options) {
  if (options.from.empty() != options.to.empty())
    return fail("--from and --to go together: name both servers");
  const auto stored = session.find(options.name);
  if (!stored.ok()) return fail(stored.error());
  const VpcPeering peering = Session::believable(*stored);
  LaneLooks looks;
  if (options.look) {
    auto seen = look_now(session, peering);
    if (!seen.ok()) return fail(seen.error());
    looks = std::move(seen).value();
  }
  const SystemTime now = system_clock().now();
  const auto explanation = options.from.empty() ? Result<Explanation>(explain_readiness(peering, looks, now))
                                                : explain_path(peering, options.from, options.to, looks, now);
  if (!explanation.ok()) return fail(explanation.error());
  const int printed =
      print(session.in_form([&](Width) { return explanation_text(*explanation, Paint(may_colour())); },
                            [&](TextForm form) { return explanation_answer(*explanation, form); }));
  if (!is_good(*explanation)) return 2;
  return is_blind(*explanation) ? 1 : printed;  // no all-clear for what nobody has looked at
}

}  // namespace vpcp::ctl
