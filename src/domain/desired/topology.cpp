#include "domain/desired/topology.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <string_view>

namespace vpcp {
namespace {

using Place = std::size_t;  ///< Of a site in spec.sites.

std::vector<Place> sorted_by_name(const PeeringSpec& spec) {
  std::vector<Place> places(spec.sites.size());
  std::iota(places.begin(), places.end(), Place{0});
  std::ranges::sort(places, {}, [&](Place place) -> const std::string& { return spec.sites[place].name; });
  return places;
}

/// In both directions, by the places of the sites. An edge of a site that is not there is none.
std::set<std::pair<Place, Place>> custom_edges(const PeeringSpec& spec) {
  std::map<std::string_view, Place> places;
  for (Place place = 0; place < spec.sites.size(); ++place) places.emplace(spec.sites[place].name, place);
  std::set<std::pair<Place, Place>> out;
  for (const auto& [a, b] : spec.topology.edges) {
    const auto one = places.find(a);
    const auto other = places.find(b);
    if (one == places.end() || other == places.end()) continue;
    out.emplace(one->second, other->second);
    out.emplace(other->second, one->second);
  }
  return out;
}

/// Whether two sites have an edge. Refers to the spec.
class Edges {
 public:
  explicit Edges(const PeeringSpec& spec) : spec_(spec), custom_(custom_edges(spec)) {}

  [[nodiscard]] bool join(Place a, Place b) const {
    if (a == b) return false;
    switch (spec_.topology.type) {
      case TopologyType::FullMesh:
        return true;
      case TopologyType::HubAndSpoke:
        return is_hub(a) || is_hub(b);
      case TopologyType::Custom:
        break;
    }
    return custom_.contains({a, b});
  }
  [[nodiscard]] bool is_spoke(Place site) const {
    return spec_.topology.type == TopologyType::HubAndSpoke && !is_hub(site);
  }

 private:
  [[nodiscard]] bool is_hub(Place site) const { return spec_.sites[site].name == spec_.topology.hub; }

  const PeeringSpec& spec_;
  const std::set<std::pair<Place, Place>> custom_;
};

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

std::vector<std::vector<Neighbour>> neighbours(const PeeringSpec& spec) {
  const Edges edges(spec);
  const std::vector<Place> sorted = sorted_by_name(spec);
  std::vector<std::vector<Neighbour>> all(spec.sites.size());
  for (Place site = 0; site < all.size(); ++site) {
    for (const Place other : sorted) {
      if (!edges.join(site, other)) continue;
      all[site].push_back({other, {other}});
      if (!edges.is_spoke(site)) continue;
      all[site].back().behind = sorted;
      std::erase(all[site].back().behind, site);
    }
  }
  return all;
}

}  // namespace vpcp
