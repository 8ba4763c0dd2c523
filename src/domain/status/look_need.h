#pragma once
#include <optional>

#include "domain/status/edge_verdict.h"
#include "vpcp/base/clock.h"

namespace vpcp {

/// What is known of the stream of a host.
struct StreamState {
  std::optional<SteadyTime> alive_since;  ///< Nothing while it is not heard.
  std::optional<SteadyTime> last_hint;
};

/// Facts of a host are used again for no longer than this: a stream does not see everything.
inline constexpr seconds kFactsKept{30};

/// Whether facts of a look that began at `looked` still hold: the stream has been heard since before it, and
/// told of no change after it began. Our own changes are told too, so they lead to one look more and no loop.
bool still_holds(SteadyTime looked, const StreamState& stream, SteadyTime now);

/// Every edge and server answers. While something does not, no fact is used again.
bool all_answer(const TrafficBook& traffic);

}  // namespace vpcp
