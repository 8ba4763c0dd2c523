#include "views/ledger_view.h"

#include <algorithm>

namespace vpcp {

std::string drift_table(const VpcPeering& peering, const ViewStyle& style) {
  if (peering.status.drift.empty()) return "No drift of " + peering.meta.key().str() + " is in the ledger.\n";
  Table table({"FOUND", "WHAT", "WHERE", "REPAIRED", "DETAIL"});
  std::vector<DriftEntry> entries = peering.status.drift;
  std::ranges::stable_sort(entries, std::greater<>{}, &DriftEntry::detected_at);
  for (const DriftEntry& entry : entries) {
    const auto took = [&] { return span_text(entry.detected_at, *entry.repaired_at); };
    table.add({{ago(entry.detected_at, style.now)},
               {entry.what},
               {one_line(entry.where)},
               entry.repaired_at ? Cell{"in " + took(), Colour::Green} : Cell{"open", Colour::Red},
               {one_line(entry.detail)}});
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
