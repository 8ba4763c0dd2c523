#pragma once
#include <string>
#include <vector>

#include "vpcp/api/vpc_peering.h"

namespace vpcp::web {

/// What the page is told of one object, as compact JSON: names, networks, addresses and the status. No name
/// of a Secret, no SSH login.
std::string peering_json(const VpcPeering& peering);

/// A line for each object, for the list: how it is, in numbers.
std::string overview_json(const std::vector<VpcPeering>& peerings, const std::string& version);

}  // namespace vpcp::web
