#pragma once
#include "vpcp/base/pass_result.h"

namespace vpcp {

/// What follows from the result of a pass.
///
/// `attempts` counts the failed passes over the key in a row, this one included (0 for a success); `random01`
/// in [0, 1) spreads keys that failed together.
Verdict judge(const ReconcileResult& result, int attempts, double random01);

}  // namespace vpcp
