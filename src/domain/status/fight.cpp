#include "domain/status/fight.h"

#include <set>

namespace vpcp {

void note_seen(FightBook& book, const std::vector<Step>& drift, SystemTime now) {
  for (auto& [place, fight] : book)
    std::erase_if(fight.repairs, [&](SystemTime at) { return now - at > kFightSpan; });
  for (const Step& step : drift) {
    const auto known = book.find({step.lane, step.kind});
    if (known == book.end()) continue;
    known->second.last_seen = now;
    known->second.found = step.why;
  }
  std::erase_if(book, [&](const auto& entry) { return now - entry.second.last_seen > kFightSpan; });
}

std::vector<DriftPlace> note_repairs(FightBook& book, const std::vector<Step>& repairs, SystemTime now) {
  std::set<DriftPlace> noted;
  std::vector<DriftPlace> begun;
  for (const Step& step : repairs) {
    const DriftPlace place{step.lane, step.kind};
    if (!noted.insert(place).second) continue;
    Fight& fight = book[place];
    fight.repairs.push_back(now);
    fight.last_seen = now;
    fight.found = step.why;
    if (fight.since || fight.repairs.size() <= kFightRepairs) continue;
    fight.since = now;
    begun.push_back(place);
  }
  return begun;
}

bool may_repair(const FightBook& book, const DriftPlace& place, SystemTime now) {
  const auto fight = book.find(place);
  if (fight == book.end() || !fight->second.since || fight->second.repairs.empty()) return true;
  return now - fight->second.repairs.back() >= kFightPause;
}

std::optional<std::string> fight_text(const FightBook& book, const DriftPlace& place) {
  const auto fight = book.find(place);
  if (fight == book.end() || !fight->second.since) return std::nullopt;
  return fight->second.found + ": it was repaired more than " + std::to_string(kFightRepairs) +
         " times within " + std::to_string(kFightSpan.count()) +
         " minutes, so somebody else changes it; from now on every " + std::to_string(kFightPause.count()) +
         " minutes at the most";
}

}  // namespace vpcp
