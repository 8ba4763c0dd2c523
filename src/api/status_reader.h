#pragma once
#include "api/field.h"

namespace vpcp {

/// Reads a status. What cannot be read is left out (and reported, for who wants to know).
PeeringStatus read_status(const Field& status);

}  // namespace vpcp
