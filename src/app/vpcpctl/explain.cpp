#include "views/explain_view.h"

#include "app/vpcpctl/commands.h"

namespace vpcp::ctl {

int explain_command(Session& session, const ExplainOptions& options) {
  if (options.from.empty() != options.to.empty())
    return fail("--from and --to go together: name both servers");
  const auto peering = session.find(options.name);
  if (!peering.ok()) return fail(peering.error());
  const LaneLooks looks;
  const SystemTime now = system_clock().now();
  const Paint paint(may_colour());
  if (options.from.empty()) {
    const Explanation explanation = explain_readiness(*peering, looks, now);
    const int printed = print(explanation_text(explanation, paint));
    return is_good(explanation) ? printed : 2;
  }
  const auto explanation = explain_path(*peering, options.from, options.to, looks, now);
  if (!explanation.ok()) return fail(explanation.error());
  const int printed = print(explanation_text(*explanation, paint));
  return is_good(*explanation) ? printed : 2;
}

}  // namespace vpcp::ctl
