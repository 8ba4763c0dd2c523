#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "domain/plan/step.h"
#include "domain/record.h"
#include "vpcp/api/status.h"

namespace vpcp {

/// The drift of one peering: what was found to differ after it had been in place, and when it was right
/// again. So many entries are kept, and more only while they are open: there are no more of those than hosts
/// times kinds.
inline constexpr std::size_t kLedgerLength = 20;

/// True when the step puts something right that had been in place, not when it builds something new.
bool is_drift(const Step& step, const PeeringRecord& record);

struct LedgerChange {
  std::vector<DriftEntry> entries;   ///< The ledger from now on, oldest first.
  std::vector<DriftEntry> detected;  ///< New in this pass.
  std::vector<DriftEntry> repaired;  ///< No longer seen in this pass.
};

/// The ledger after a pass that found `drift` and could look at `looked` lanes: what is open there and no
/// longer found, not even among the `other_steps` of the pass, which are no drift by now, is repaired. What
/// is open is never pushed out, however much it is: what is repaired makes room for it.
LedgerChange note_drift(std::vector<DriftEntry> ledger, const std::vector<Step>& drift,
                        const std::vector<std::string>& looked, SystemTime now,
                        const std::vector<Step>& other_steps = {});

/// What of a ledger a status has room for: the first kLedgerLength, so that none that is shown as open gives
/// way to a later one. All others are open too; there are `more` of them.
struct ListedDrift {
  std::vector<DriftEntry> entries;
  std::size_t more{0};
};
ListedDrift listed_drift(std::vector<DriftEntry> ledger);

/// Writes why they are still open to the open entries, by what and where; an open entry without one has none.
void set_notes(std::vector<DriftEntry>& ledger,
               const std::map<std::pair<std::string, std::string>, std::string>& notes);

}  // namespace vpcp
