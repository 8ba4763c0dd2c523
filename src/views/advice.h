#pragma once
#include <string>

namespace vpcp {

/// What a person does about a reason (of a condition, an edge, a server or a drift): one sentence; "" for a
/// reason of which the controller takes care itself or that is not known.
std::string advice_for(const std::string& reason);

}  // namespace vpcp
