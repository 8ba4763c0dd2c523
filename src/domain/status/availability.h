#pragma once
#include "vpcp/api/status.h"

namespace vpcp {

/// The account of an edge up to `now`, of which the time since the last entry was spent in `health`. A gap
/// longer than `believed` (the controller did not run, or could not look) counts as unknown. Keeps 24 hours.
EdgeAvailability account(EdgeAvailability availability, EdgeHealth health, SystemTime::duration believed,
                         SystemTime now);

}  // namespace vpcp
