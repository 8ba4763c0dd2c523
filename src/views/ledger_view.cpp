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
        {one_line(entry.where)},
        entry.repaired_at ? Cell{"in " + took(), Colour::Green} : Cell{"open", Colour::Red}};
    if (wide) row.push_back({one_line(entry.expected)});
    row.push_back({one_line(entry.detail)});
    if (wide) row.push_back({one_line(entry.note)});
    table.add(std::move(row));
  }
  return table.str(style.paint);
}

std::string event_table(std::vector<EventLine> events, const ViewStyle& style) {
  if (events.empty()) return "No events are kept.\n";
  std::ranges::stable_sort(events, {}, &EventLine::last);
  Table table({"LAST SEEN", "TYPE", "REASON", "OBJECT", "NOTE"});
  for (const EventLine& event : events) {
    const std::string times = event.count > 1 ? " (" + std::to_string(event.count) + " times)" : "";
    table.add({{ago(event.last, style.now)},
               event.warning ? Cell{"Warning", Colour::Yellow} : Cell{"Normal"},
               {event.reason},
               {event.about},
               {one_line(event.note) + times}});
  }
  return table.str(style.paint);
}

}  // namespace vpcp
