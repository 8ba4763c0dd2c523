#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "domain/plan/step.h"
#include "vpcp/base/clock.h"

/// The same drift on the same host, again and again: somebody else changes it. It is repaired on, but slowly,
/// and named, until it has stayed away for a while.
namespace vpcp {

inline constexpr std::size_t kFightRepairs = 5;  ///< More than these within kFightSpan are a fight.
inline constexpr minutes kFightSpan{10};         ///< So long it must stay away until it is over.
inline constexpr minutes kFightPause{2};         ///< Between two repairs while it lasts.

/// Where (lane) and what.
using DriftPlace = std::pair<std::string, DriftKind>;

struct Fight {
  std::vector<SystemTime> repairs;  ///< Within the span, oldest first.
  std::optional<SystemTime> since;  ///< Set while it is a fight.
  SystemTime last_seen{};
  std::string found;  ///< What was seen last.
};
using FightBook = std::map<DriftPlace, Fight>;

/// What a pass has seen: fights that have been over for the span end here. Call it before the rest.
void note_seen(FightBook& book, const std::vector<Step>& drift, SystemTime now);

/// The repairs that a pass has carried out or tried, each place once. Returns the fights that begin with
/// them.
std::vector<DriftPlace> note_repairs(FightBook& book, const std::vector<Step>& repairs, SystemTime now);

/// False for a step that waits because of a fight.
bool may_repair(const FightBook& book, const DriftPlace& place, SystemTime now);

/// "net.ipv4.ip_forward is 0: somebody else changes it …", or nothing.
std::optional<std::string> fight_text(const FightBook& book, const DriftPlace& place);

}  // namespace vpcp
