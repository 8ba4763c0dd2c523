#pragma once
#include <nlohmann/json_fwd.hpp>

#include "vpcp/api/read.h"

namespace vpcp {

/// As read_peering_json(), for who has parsed it already.
ReadPeering read_peering(const nlohmann::json& object);

}  // namespace vpcp
