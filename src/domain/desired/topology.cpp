#include "domain/desired/topology.h"

#include <algorithm>

namespace vpcp {

std::vector<SitePair> edges(const PeeringSpec& spec) {
  std::vector<SitePair> all;
  switch (spec.topology.type) {
    case TopologyType::FullMesh:
      for (std::size_t i = 0; i < spec.sites.size(); ++i) {
        for (std::size_t j = i + 1; j < spec.sites.size(); ++j)
          all.push_back(site_pair(spec.sites[i].name, spec.sites[j].name));
      }
      break;
    case TopologyType::HubAndSpoke:
      for (const SiteSpec& site : spec.sites) {
        if (spec.topology.hub && site.name != *spec.topology.hub)
          all.push_back(site_pair(site.name, *spec.topology.hub));
      }
      break;
    case TopologyType::Custom:
      for (const auto& [a, b] : spec.topology.edges) all.push_back(site_pair(a, b));
      break;
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::map<std::string, std::vector<std::string>> reach(const PeeringSpec& spec, const std::string& site) {
  std::map<std::string, std::vector<std::string>> out;
  for (const auto& [a, b] : edges(spec)) {
    if (a == site) out[b].push_back(b);
    if (b == site) out[a].push_back(a);
  }
  const bool spoke =
      spec.topology.type == TopologyType::HubAndSpoke && spec.topology.hub && *spec.topology.hub != site;
  if (!spoke || !out.contains(*spec.topology.hub)) return out;
  std::vector<std::string>& behind_hub = out[*spec.topology.hub];
  for (const SiteSpec& other : spec.sites) {
    if (other.name != site && other.name != *spec.topology.hub) behind_hub.push_back(other.name);
  }
  std::sort(behind_hub.begin(), behind_hub.end());
  return out;
}

}  // namespace vpcp
