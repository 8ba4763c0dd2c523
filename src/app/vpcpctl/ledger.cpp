#include "app/vpcpctl/commands.h"
#include "domain/host/read_files.h"
#include "domain/status/outdated.h"
#include "views/ledger_view.h"
#include "vpcp/api/write.h"

namespace vpcp::ctl {

int drift_command(Session& session, const std::string& name) {
  const auto peering = session.find(name);
  if (!peering.ok()) return fail(peering.error());
  if (is_hearsay(
          peering->status))  // as it is stored: it cannot be read, and an empty ledger would be an all-clear
    return fail(find_condition(peering->status, condition::kReady)->message);
  // The controller keeps fingerprints; whoever wrote the status, no key is shown.
  return print(
      without_keys(session.in_form([&](Width width) { return drift_table(*peering, width, session.style()); },
                                   [&](TextForm form) { return drift_text(*peering, form); })));
}

int events_command(Session& session, const std::string& name) {
  std::optional<ObjectKey> key;
  if (!name.empty()) {
    const auto peering = session.find(name);
    if (!peering.ok()) return fail(peering.error());
    key = peering->meta.key();
  }
  const auto kept = session.store().events(session.context(), key ? key->ns : session.ns());
  if (!kept.ok()) return fail(kept.error());
  std::vector<EventLine> lines;
  for (const KeptEvent& event : *kept) {
    if (key && event.about != *key) continue;
    lines.push_back(
        {event.last, event.about, event.type == EventType::Warning, event.reason, event.note, event.count});
  }
  return print(session.in_form([&](Width width) { return event_table(lines, width, session.style()); },
                               [&](TextForm form) { return event_text(lines, form); }));
}

}  // namespace vpcp::ctl
