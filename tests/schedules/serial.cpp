#include "vpcp/base/parallel.h"

/// In place of the one that uses threads: the lanes of a pass one after the other, so that a schedule is the
/// same each time it is run.
void vpcp::parallel_for(std::size_t tasks, std::size_t /*max_threads*/, const std::stop_token& stop,
                        const std::function<void(std::size_t)>& fn) {
  for (std::size_t task = 0; task < tasks && !stop.stop_requested(); ++task) fn(task);
}
