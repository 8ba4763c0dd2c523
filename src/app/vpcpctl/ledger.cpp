#include "app/vpcpctl/commands.h"
#include "domain/host/read_files.h"
#include "views/ledger_view.h"
#include "vpcp/api/write.h"

namespace vpcp::ctl {
namespace {

std::string ledger(const VpcPeering& peering, Output output, const ViewStyle& style) {
  switch (output) {
    case Output::Table:
      return drift_table(peering, Width::Narrow, style);
    case Output::Wide:
      return drift_table(peering, Width::Wide, style);
    case Output::Json:
      return drift_text(peering, TextForm::Json);
    case Output::Yaml:
      return drift_text(peering, TextForm::Yaml);
  }
  return "";
}

}  // namespace

int drift_command(Session& session, const std::string& name) {
  const auto peering = session.find(name);
  if (!peering.ok()) return fail(peering.error());
  // The controller keeps fingerprints; whoever wrote the status, no key is shown.
  return print(without_keys(ledger(*peering, session.options().output, session.style())));
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
