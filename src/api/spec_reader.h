#pragma once
#include "api/field.h"

namespace vpcp {

/// Reads a spec; what is wrong goes to the field's report, and the spec is then not to be used.
PeeringSpec read_spec(const Field& spec);

}  // namespace vpcp
