#pragma once
#include <string>
#include <vector>

#include "views/status_view.h"
#include "vpcp/api/write.h"

namespace vpcp {

/// An event as a store tells of it.
struct EventLine {
  SystemTime last{};
  ObjectKey about;
  bool warning{false};
  std::string reason;
  std::string note;
  int count{1};
};

/// The drift ledger, newest first, with how long each repair took. Wide: also what should be there, and why
/// an entry is still open.
std::string drift_table(const VpcPeering& peering, Width width, const ViewStyle& style);
/// Oldest first, as a log. Wide: also when, to the second, and how often.
std::string event_table(std::vector<EventLine> events, Width width, const ViewStyle& style);
/// The same for a program: {"events": [{"lastSeen": …, "namespace": …, "name": …, "type": …}]}
std::string event_text(std::vector<EventLine> events, TextForm form);

}  // namespace vpcp
