#pragma once
#include <string>
#include <vector>

#include "views/status_view.h"

namespace vpcp {

/// An event as a store tells of it.
struct EventLine {
  SystemTime last{};
  std::string about;  ///< "network/ams-blr"
  bool warning{false};
  std::string reason;
  std::string note;
  int count{1};
};

/// The drift ledger, newest first, with how long each repair took. Wide: also what should be there, and why
/// an entry is still open.
std::string drift_table(const VpcPeering& peering, Width width, const ViewStyle& style);
/// Oldest first, as a log.
std::string event_table(std::vector<EventLine> events, const ViewStyle& style);

}  // namespace vpcp
