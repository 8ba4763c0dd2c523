#pragma once
#include <string>
#include <vector>

#include "domain/record.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// One reason why a spec is refused.
struct SpecError {
  std::string field;    ///< "spec.sites[1].vpc.cidr"
  std::string value;    ///< The offending value as text.
  std::string problem;  ///< What is wrong with it.
  std::string fix;      ///< What to write instead.
  friend bool operator==(const SpecError&, const SpecError&) = default;
};
/// `spec.sites[1].vpc.cidr: "172.16.1.0/24" overlaps … : …fix`
std::string to_string(const SpecError& error);

/// Every rule of a VPCPeering that its types do not already carry; all errors at once, in the order of the
/// spec.
std::vector<SpecError> validate(const PeeringSpec& spec);

/// What may not change while the object lives, against what was recorded when it was made.
std::vector<SpecError> validate_change(const PeeringSpec& spec, const PeeringRecord& record);

}  // namespace vpcp
