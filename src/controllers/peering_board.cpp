#include "controllers/peering_board.h"

#include <utility>

namespace vpcp {

void PeeringBoard::publish_ground(const ObjectKey& key, ProbeGround ground) {
  if (told_) told_(key, &ground);
  entries_.with([&](auto& entries) { entries[key].ground = std::move(ground); });
}

std::optional<ProbeGround> PeeringBoard::ground(const ObjectKey& key) const {
  return entries_.with([&](const auto& entries) {
    const auto found = entries.find(key);
    return found == entries.end() ? std::nullopt : found->second.ground;
  });
}

bool PeeringBoard::publish_traffic(const ObjectKey& key, TrafficBook book, SystemTime now) {
  return entries_.with([&](auto& entries) {
    const auto found = entries.find(key);
    if (found == entries.end()) return false;
    found->second.traffic = std::move(book);
    note_breaks_of(found->second, now);  // what was found while the round was under way
    return true;
  });
}

void PeeringBoard::note_breaks_of(Entry& entry, SystemTime now) {
  if (entry.breaks.empty() || !entry.ground) return;
  entry.breaks = note_breaks(entry.traffic, entry.breaks, edge_limits(entry.ground->spec), now);
}

void PeeringBoard::publish_breaks(const ObjectKey& key, const EdgeBreaks& found, SystemTime now) {
  entries_.with([&](auto& entries) {
    const auto entry = entries.find(key);
    if (entry == entries.end()) return;
    for (const auto& [edge, broken] : found) entry->second.breaks.insert_or_assign(edge, broken);
    note_breaks_of(entry->second, now);
  });
}

EdgeBreaks PeeringBoard::breaks(const ObjectKey& key) const {
  return entries_.with([&](const auto& entries) {
    const auto found = entries.find(key);
    return found == entries.end() ? EdgeBreaks{} : found->second.breaks;
  });
}

TrafficBook PeeringBoard::traffic(const ObjectKey& key) const {
  return entries_.with([&](const auto& entries) {
    const auto found = entries.find(key);
    return found == entries.end() ? TrafficBook{} : found->second.traffic;
  });
}

void PeeringBoard::suspect(const ObjectKey& key, const Suspicion& found) {
  entries_.with([&](auto& entries) {
    const auto entry = entries.find(key);
    if (entry == entries.end()) return;
    entry->second.suspicion.sites.insert(found.sites.begin(), found.sites.end());
    entry->second.suspicion.busy.insert(found.busy.begin(), found.busy.end());
  });
}

Suspicion PeeringBoard::take_suspicion(const ObjectKey& key) {
  return entries_.with([&](auto& entries) {
    const auto entry = entries.find(key);
    return entry == entries.end() ? Suspicion{} : std::exchange(entry->second.suspicion, {});
  });
}

bool PeeringBoard::publish_paths(const ObjectKey& key, const PathsFound& found) {
  return entries_.with([&](auto& entries) {
    const auto entry = entries.find(key);
    if (entry == entries.end()) return false;
    bool news = false;
    for (const auto& [way, path] : found) {
      PathFound& known = entry->second.paths[way];
      news |= known != path;
      known = path;
    }
    return news;
  });
}

PathsFound PeeringBoard::paths(const ObjectKey& key) const {
  return entries_.with([&](const auto& entries) {
    const auto found = entries.find(key);
    return found == entries.end() ? PathsFound{} : found->second.paths;
  });
}

void PeeringBoard::forget(const ObjectKey& key) {
  if (told_) told_(key, nullptr);
  entries_.with([&](auto& entries) { entries.erase(key); });
}

}  // namespace vpcp
