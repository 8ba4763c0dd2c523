#include "domain/status/drift_ledger.h"

#include <algorithm>

namespace vpcp {
namespace {

/// Steps of a host's first set-up, which are also due on a host that replaces a lost one; and what we have
/// left half done.
bool is_set_up(DriftKind kind) {
  return kind == DriftKind::NotBootstrapped || kind == DriftKind::RebootRequired ||
         kind == DriftKind::HostKeyNotRotated || kind == DriftKind::UserDataNotReplaced ||
         kind == DriftKind::LeftToRemove || kind == DriftKind::ChangeNotConfirmed;
}

std::string site_of(const std::string& lane) {
  return lane.substr(0, lane.find('/'));
}

}  // namespace

bool is_drift(const Step& step, const PeeringRecord& record) {
  if (is_set_up(step.kind)) return false;
  const auto site = record.sites.find(site_of(step.lane));
  if (site != record.sites.end() && site->second.in_place) {
    // A lost host has no mark of its own any more; its site has.
    if (step.kind == DriftKind::InstanceMissing || step.lane == site->first) return true;
  }
  const auto host = record.hosts.find(step.lane);
  return host != record.hosts.end() && host->second.in_place;
}

LedgerChange note_drift(std::vector<DriftEntry> ledger, const std::vector<Step>& drift,
                        const std::vector<std::string>& looked, SystemTime now,
                        const std::vector<Step>& other_steps) {
  LedgerChange change;
  const auto same = [](const DriftEntry& entry, const Step& step) {
    return entry.what == to_string(step.kind) && entry.where == step.lane;
  };
  for (DriftEntry& entry : ledger) {
    const auto is_it = [&](const Step& step) { return same(entry, step); };
    const bool still = std::ranges::any_of(drift, is_it) || std::ranges::any_of(other_steps, is_it);
    const bool could_look = std::find(looked.begin(), looked.end(), entry.where) != looked.end();
    if (entry.repaired_at || still || !could_look) continue;
    entry.repaired_at = now;
    entry.took = std::chrono::duration_cast<milliseconds>(now - entry.detected_at);
    entry.note.clear();
    change.repaired.push_back(entry);
  }
  for (const Step& step : drift) {
    const bool open = std::any_of(ledger.begin(), ledger.end(), [&](const DriftEntry& entry) {
      return !entry.repaired_at && same(entry, step);
    });
    if (open) continue;
    ledger.push_back({to_string(step.kind), step.lane, step.why, now, std::nullopt, expected_of(step.kind)});
    change.detected.push_back(ledger.back());
  }
  // One that was pushed out while it is open would be found anew by every pass, and its end never be told.
  std::size_t too_many = ledger.size() - std::min(ledger.size(), kLedgerLength);
  std::erase_if(ledger, [&](const DriftEntry& entry) {
    if (too_many == 0 || !entry.repaired_at) return false;
    --too_many;
    return true;
  });
  change.entries = std::move(ledger);
  return change;
}

ListedDrift listed_drift(std::vector<DriftEntry> ledger) {
  ListedDrift out{std::move(ledger), 0};
  if (out.entries.size() <= kLedgerLength) return out;
  out.more = out.entries.size() - kLedgerLength;
  out.entries.resize(kLedgerLength);
  return out;
}

void set_notes(std::vector<DriftEntry>& ledger,
               const std::map<std::pair<std::string, std::string>, std::string>& notes) {
  for (DriftEntry& entry : ledger) {
    if (entry.repaired_at) continue;
    const auto note = notes.find({entry.what, entry.where});
    entry.note = note == notes.end() ? "" : note->second;
  }
}

}  // namespace vpcp
