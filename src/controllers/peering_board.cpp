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

bool PeeringBoard::publish_traffic(const ObjectKey& key, TrafficBook book) {
  return entries_.with([&](auto& entries) {
    const auto found = entries.find(key);
    if (found == entries.end()) return false;
    found->second.traffic = std::move(book);
    return true;
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
