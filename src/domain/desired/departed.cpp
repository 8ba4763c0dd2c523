#include "domain/desired/departed.h"

#include <algorithm>
#include <set>

#include "domain/desired/topology.h"

namespace vpcp {
namespace {

template <class Resource, class ResourceId>
bool among(const std::vector<Resource>& found, const ResourceId& id) {
  return std::any_of(found.begin(), found.end(), [&](const Resource& resource) { return resource.id == id; });
}

std::set<std::string> declared_lanes(const Layout& layout) {
  std::set<std::string> lanes;
  for (const LaidSite& site : layout.sites) {
    for (const auto* hosts : {&site.gateways, &site.servers}) {
      for (const LaidHost& host : *hosts) lanes.insert(host.lane);
    }
  }
  return lanes;
}

}  // namespace

bool forget_departed(PeeringRecord& record, const PeeringSpec& spec, const Layout& layout) {
  const std::set<std::string> lanes = declared_lanes(layout);
  std::size_t dropped = std::erase_if(record.hosts, [&](const auto& entry) {
    // Existing servers have to be restored first; the pass that has done it drops them.
    return !lanes.contains(entry.first) && !entry.second.access &&
           !among(layout.stray_instances, entry.second.instance);
  });
  dropped += std::erase_if(record.firewall_groups, [&](const auto& entry) {
    return !lanes.contains(entry.first) && !among(layout.stray_groups, entry.second);
  });
  dropped += std::erase_if(record.sites, [&](const auto& entry) {
    return layout.site(entry.first) == nullptr && !among(layout.stray_vpcs, entry.second.vpc);
  });
  const std::vector<SitePair> declared = edges(spec);
  dropped += std::erase_if(record.preshared_keys, [&](const auto& entry) {
    return !std::binary_search(declared.begin(), declared.end(), entry.first);
  });
  return dropped > 0;
}

}  // namespace vpcp
