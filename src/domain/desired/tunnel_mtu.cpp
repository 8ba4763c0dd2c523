#include "domain/desired/tunnel_mtu.h"

#include <algorithm>

#include "domain/desired/topology.h"

namespace vpcp {
namespace {

std::string lane_of(const std::string& site) {
  return GatewayRef{site, 0}.str();
}

void begin_anew(PeeringRecord& record, const std::string& site) {
  const auto host = record.hosts.find(lane_of(site));
  if (host != record.hosts.end()) host->second.in_place = false;
}

/// The instances between which a way runs.
std::string ends_now(const PeeringRecord& record, const Way& way) {
  const auto id = [&](const std::string& site) {
    const auto host = record.hosts.find(lane_of(site));
    return host == record.hosts.end() ? std::string() : host->second.instance.value;
  };
  return ends_of(id(way.first), id(way.second));
}

bool forget_limits(PeeringRecord& record, const PeeringSpec& spec) {
  const auto declared = edges(spec);
  return std::erase_if(record.path_limits, [&](const auto& entry) {
           const auto& [way, limit] = entry;
           const SitePair edge = site_pair(way.first, way.second);
           const bool stays = !spec.tunnel.mtu && limit.ends == ends_now(record, way) &&
                              std::find(declared.begin(), declared.end(), edge) != declared.end();
           if (!stays) begin_anew(record, way.first);
           return !stays;
         }) > 0;
}

}  // namespace

int tunnel_mtu(const PeeringSpec& spec, const PeeringRecord& record, const std::string& site) {
  if (spec.tunnel.mtu) return *spec.tunnel.mtu;
  int mtu = kDefaultMtu;
  for (const auto& [way, limit] : record.path_limits) {
    if (way.first == site) mtu = std::min(mtu, limit.mtu);
  }
  return mtu;
}

bool note_path_limits(PeeringRecord& record, const PeeringSpec& spec, const PathsFound& found) {
  bool changed = forget_limits(record, spec);
  if (spec.tunnel.mtu) return changed;
  const auto declared = edges(spec);
  std::map<std::string, int> in_use;  // before anything is changed here
  for (const auto& [way, path] : found) in_use[way.first] = tunnel_mtu(spec, record, way.first);
  for (const auto& [way, path] : found) {
    const SitePair edge = site_pair(way.first, way.second);
    if (!path.narrow() || std::find(declared.begin(), declared.end(), edge) == declared.end()) continue;
    const int mtu = std::max(path.crossed, kLeastTunnelMtu);
    // What was found between others, or under another MTU, a foreign one perhaps, says nothing of ours.
    if (path.ends != ends_now(record, way)) continue;
    if (path.mtu != in_use[way.first] || mtu >= tunnel_mtu(spec, record, way.first)) continue;
    record.path_limits[way] = {mtu, path.ends};
    begin_anew(record, way.first);
    changed = true;
  }
  return changed;
}

}  // namespace vpcp
