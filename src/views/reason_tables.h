#pragma once
#include "views/reasons.h"

namespace vpcp {

// The parts of reason_groups(), in its order.
ReasonGroup reasons_of_good_health();
ReasonGroup reasons_of_objects();
ReasonGroup reasons_of_networks();
ReasonGroup reasons_of_hosts();
ReasonGroup reasons_of_traffic();
ReasonGroup reasons_of_deletions();
ReasonGroup reasons_of_the_cloud();
ReasonGroup reasons_of_stores();
ReasonGroup reasons_of_programs();
ReasonGroup reasons_of_events();

}  // namespace vpcp
