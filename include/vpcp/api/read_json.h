#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "vpcp/api/read.h"

namespace vpcp {

/// As read_peering_json(), for who has parsed it already.
ReadPeering read_peering(const nlohmann::json& object);

/// What others wrote: discarded when it is not JSON, or nests deeper than anything that we read. Values are
/// copied and printed by recursion, so that depth is stack.
nlohmann::json parse_bounded_json(std::string_view text);

}  // namespace vpcp
