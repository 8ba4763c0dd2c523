#pragma once
#include <string>
#include <vector>

#include "vpcp/api/vpc_peering.h"

namespace vpcp::testing {

/// A state of the world for the page to show: "empty", "healthy", "broken", "six", "hub", "names", "many64",
/// "list", "plan". Nothing for a name that is not known.
std::vector<VpcPeering> scene(const std::string& name, SystemTime now);

}  // namespace vpcp::testing
