#include "app/vpcpctl/commands.h"
#include "views/ledger_view.h"

namespace vpcp::ctl {

int drift_command(Session& session, const std::string& name) {
  const auto peering = session.find(name);
  if (!peering.ok()) return fail(peering.error());
  return print(drift_table(*peering, session.style()));
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
    lines.push_back({event.last, event.about.str(), event.type == EventType::Warning, event.reason,
                     event.note, event.count});
  }
  return print(event_table(std::move(lines), session.style()));
}

}  // namespace vpcp::ctl
