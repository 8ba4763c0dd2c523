#pragma once
#include <optional>

#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// A status is what a controller saw; one that has ended leaves it behind as it was. These tell who shows it
/// how far it is to be believed.

/// When a controller last looked at the edges, by what it wrote: their availability is accounted for until
/// then. nullopt: it did not write of it.
std::optional<SystemTime> edges_looked_at(const PeeringStatus& status);

/// The status as it can be believed at `now`. Where the edges have not been looked at for two intervals and
/// five minutes (a controller writes their figures every minute), those that carried traffic are Unknown,
/// "StatusOutdated", and without figures. One that says Ready is not Ready any more: the conditions that were
/// good are Unknown, too. One that is not Ready says why, and its conditions are left as they are.
PeeringStatus believable_status(const VpcPeering& peering, SystemTime now);

/// Nothing of the status may be taken as seen: Ready is Unknown for its age, or since it cannot be read.
bool is_hearsay(const PeeringStatus& status);

}  // namespace vpcp
