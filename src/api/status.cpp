#include "vpcp/api/status.h"

#include <algorithm>

namespace vpcp {

const Condition* find_condition(const PeeringStatus& status, const std::string& type) {
  const auto found = std::ranges::find(status.conditions, type, &Condition::type);
  return found == status.conditions.end() ? nullptr : &*found;
}

}  // namespace vpcp
