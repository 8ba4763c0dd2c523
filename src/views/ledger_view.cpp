#include "views/ledger_view.h"

#include <algorithm>

namespace vpcp {

std::string drift_table(const VpcPeering& peering, Width width, const ViewStyle& style) {
  if (peering.status.drift.empty()) return "No drift of " + peering.meta.key().str() + " is in the ledger.\n";
  const bool wide = width == Width::Wide;
  Table table(wide
                  ? std::vector<std::string>{"SEEN", "WHAT", "WHERE", "REPAIRED", "EXPECTED", "FOUND", "NOTE"}
                  : std::vector<std::string>{"FOUND", "WHAT", "WHERE", "REPAIRED", "DETAIL"});
  std::vector<DriftEntry> entries = peering.status.drift;
  std::ranges::stable_sort(entries, std::greater<>{}, &DriftEntry::detected_at);
  for (const DriftEntry& entry : entries) {
    const auto took = [&] { return span_text(entry.detected_at, *entry.repaired_at); };
    std::vector<Cell> row{
        {ago(entry.detected_at, style.now)},
        {entry.what},
        {entry.where},
        entry.repaired_at ? Cell{"in " + took(), Colour::Green} : Cell{"open", Colour::Red}};
    if (wide) row.push_back({entry.expected});
    row.push_back({entry.detail});
    if (wide) row.push_back({entry.note});
    table.add(std::move(row));
  }
  const std::size_t more = peering.status.more_drift;
  return table.str(style.paint) +
         (more == 0 ? "" : "And " + std::to_string(more) + " more, open: the controller's log has them.\n");
}

std::string event_table(std::vector<EventLine> events, Width width, const ViewStyle& style) {
  if (events.empty()) return "No events are kept.\n";
  std::ranges::stable_sort(events, {}, &EventLine::last);
  const bool wide = width == Width::Wide;
  Table table(wide
                  ? std::vector<std::string>{"TIME", "LAST SEEN", "TIMES", "TYPE", "REASON", "OBJECT", "NOTE"}
                  : std::vector<std::string>{"LAST SEEN", "TYPE", "REASON", "OBJECT", "NOTE"});
  for (const EventLine& event : events) {
    const bool often = !wide && event.count > 1;
    const std::string times = often ? " (" + std::to_string(event.count) + " times)" : "";
    std::vector<Cell> row;
    if (wide) row.push_back({to_rfc3339(event.last)});
    row.push_back({ago(event.last, style.now)});
    if (wide) row.push_back({std::to_string(event.count)});
    row.push_back(event.warning ? Cell{"Warning", Colour::Yellow} : Cell{"Normal"});
    row.insert(row.end(), {{event.reason}, {event.about.str()}, {event.note + times}});
    table.add(std::move(row));
  }
  return table.str(style.paint);
}

std::string event_text(std::vector<EventLine> events, TextForm form) {
  std::ranges::stable_sort(events, {}, &EventLine::last);
  std::vector<AnswerFields> rows;
  for (EventLine& event : events)
    rows.push_back({{"lastSeen", event.last},
                    {"namespace", std::move(event.about.ns)},
                    {"name", std::move(event.about.name)},
                    {"type", event.warning ? "Warning" : "Normal"},
                    {"reason", std::move(event.reason)},
                    {"note", std::move(event.note)},
                    {"count", std::int64_t{event.count}}});
  return answer_text({{{"events", std::move(rows)}}, {}}, form);
}

}  // namespace vpcp
