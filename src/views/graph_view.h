#pragma once
#include <string>

#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// The network as a picture: sites with their servers, edges by health. Names from the object are escaped.
std::string graph_dot(const VpcPeering& peering);
std::string graph_mermaid(const VpcPeering& peering);
/// A whole document, without outside parts; readable on white and on black.
std::string graph_svg(const VpcPeering& peering);

}  // namespace vpcp
