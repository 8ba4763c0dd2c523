#pragma once
#include <stop_token>

#include "vpcp/base/clock.h"

namespace vpcp {

/// Waits for `length`, or until `stop` is requested, whichever comes first. `milliseconds::max()` is for
/// ever; nothing and less is no wait. Returns whether it waited to the end: false when `stop` is requested by
/// then.
bool stoppable_sleep(const std::stop_token& stop, milliseconds length);

}  // namespace vpcp
