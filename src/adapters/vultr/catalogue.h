#pragma once
#include <memory>

#include "adapters/vultr/api_client.h"

namespace vpcp::vultr {

/// Plans, systems and regions: one list each.
Result<std::shared_ptr<const Catalogue>> read_catalogue(const Context& ctx, ApiClient& api);

/// Invalid "RegionUnknown", with those that there are.
Error region_unknown(const Catalogue& catalogue, const std::string& region);

/// The id of the instance's system, when region, plan and system exist and fit; else Invalid "RegionUnknown",
/// "PlanNotAvailable" or "ImageNotAvailable" with what could be chosen instead. Whether the plan is in stock
/// only the create itself can tell.
Result<int> orderable(const Catalogue& catalogue, const NewInstance& instance);

}  // namespace vpcp::vultr
