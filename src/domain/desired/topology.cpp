#include "domain/desired/topology.h"

#include <algorithm>

namespace vpcp {
namespace {

/// The other ends of the site's edges. Not by way of edges(): a pass asks for every site, and a full mesh has
/// many edges.
std::vector<std::string> neighbours(const PeeringSpec& spec, const std::string& site) {
  std::vector<std::string> out;
  out.reserve(spec.sites.size());
  switch (spec.topology.type) {
    case TopologyType::FullMesh:
      for (const SiteSpec& other : spec.sites) {
        if (other.name != site) out.push_back(other.name);
      }
      break;
    case TopologyType::HubAndSpoke:
      if (!spec.topology.hub) break;
      if (site != *spec.topology.hub) return {*spec.topology.hub};
      for (const SiteSpec& other : spec.sites) {
        if (other.name != site) out.push_back(other.name);
      }
      break;
    case TopologyType::Custom:
      for (const auto& [a, b] : spec.topology.edges) {
        if (a == site) out.push_back(b);
        if (b == site) out.push_back(a);
      }
      break;
  }
  return out;
}

}  // namespace

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
  for (std::string& neighbour : neighbours(spec, site)) {
    std::vector<std::string> behind(1, neighbour);
    out.insert_or_assign(std::move(neighbour), std::move(behind));
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
