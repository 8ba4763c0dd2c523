#pragma once
#include <string>

#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// Whether what the reason names goes away by itself, since the controller is at it.
bool is_moving(const VpcPeering& peering, const std::string& reason);
/// What to do about a reason.
std::string fix_of(const std::string& reason, const VpcPeering& peering);
/// Who puts right what a look at a host found.
std::string repairer(const VpcPeering& peering);

}  // namespace vpcp
