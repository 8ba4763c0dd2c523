#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "domain/record.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The edges of the declared topology, each once, sorted.
std::vector<SitePair> edges(const PeeringSpec& spec);

/// The sites whose networks `site` reaches over each neighbour: itself the neighbour, and with HubAndSpoke,
/// for a spoke, every other spoke behind the hub. Custom edges give no transit. Sorted.
std::map<std::string, std::vector<std::string>> reach(const PeeringSpec& spec, const std::string& site);

}  // namespace vpcp
