#pragma once
#include "vpcp/ports/metrics.h"

namespace vpcp::testing {

/// A moment of a controller at work, in every family that there is: called again and again, everything moves.
void sample_all(Metrics& metrics, int moment);

/// What `count` peerings of two sites have, once.
void sample_many(Metrics& metrics, int count);

}  // namespace vpcp::testing
