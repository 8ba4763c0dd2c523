#pragma once
#include <string>
#include <vector>

#include "views/text.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

enum class Width { Narrow, Wide };
enum class Namespaces { Hidden, Shown };

struct ViewStyle {
  Paint paint;
  SystemTime now{};
};

/// One row for each peering: is it ready, and how much of it.
std::string status_table(const std::vector<VpcPeering>& peerings, Width width, Namespaces namespaces,
                         const ViewStyle& style);

/// One peering as a tree: conditions, sites with their gateways and servers, edges, drift, cost.
std::string status_tree(const VpcPeering& peering, const ViewStyle& style);

/// "● Ready", "◐ Changing", "✗ TunnelDead", "? NotReachable"
Cell readiness(const VpcPeering& peering);
Cell health_cell(EdgeHealth health);

}  // namespace vpcp
