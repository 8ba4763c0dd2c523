#pragma once
#include <optional>

#include "vpcp/base/clock.h"
#include "vpcp/base/log.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// What a pass over one key asks for when nothing went wrong: to be run again later, or only on a change.
struct Requeue {
  std::optional<milliseconds> after{};
  friend bool operator==(const Requeue&, const Requeue&) = default;
};
using ReconcileResult = Result<Requeue>;

/// What to do about the result of a pass.
struct Verdict {
  std::optional<milliseconds> again{};  ///< Run the key again after this; absent: only on a change.
  LogLevel level{LogLevel::Debug};      ///< For the one line that a failed pass is worth.
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace vpcp
