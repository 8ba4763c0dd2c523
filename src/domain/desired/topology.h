#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "domain/record.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The edges of the declared topology, each once, sorted.
std::vector<SitePair> edges(const PeeringSpec& spec);

/// A site that another one is joined to. Sites are told by their places in spec.sites.
struct Neighbour {
  std::size_t site{0};
  /// The sites whose networks are reached over it: itself and, for a spoke of HubAndSpoke, every other spoke
  /// behind the hub. Custom edges give no transit. Sorted by name.
  std::vector<std::size_t> behind;
  friend bool operator==(const Neighbour&, const Neighbour&) = default;
};

/// The neighbours of each site of the spec, in the order of its sites; those of one site sorted by name.
std::vector<std::vector<Neighbour>> neighbours(const PeeringSpec& spec);

}  // namespace vpcp
