#include "vpcp/base/stoppable_sleep.h"

#include <condition_variable>
#include <mutex>

namespace vpcp {

bool stoppable_sleep(const std::stop_token& stop, milliseconds length) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  const auto no = [] { return false; };
  if (length == milliseconds::max()) {  // as a point in time it would be past the end of the clock's
    never.wait(lock, stop, no);
  } else if (length > milliseconds{0}) {
    never.wait_for(lock, stop, length, no);
  }
  return !stop.stop_requested();
}

}  // namespace vpcp
