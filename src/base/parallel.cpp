#include "vpcp/base/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>
#include <vector>

#include "vpcp/base/guarded.h"

namespace vpcp {

void parallel_for(std::size_t tasks, std::size_t max_threads, const std::stop_token& stop,
                  const std::function<void(std::size_t)>& fn) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> failed{false};
  Guarded<std::exception_ptr> first_exception;
  const auto lane = [&] {
    while (!stop.stop_requested() && !failed) {
      const std::size_t task = next++;
      if (task >= tasks) return;
      try {
        fn(task);
      } catch (...) {  // Handed to the caller: an exception must not end the process because a thread saw it.
        failed = true;
        first_exception.with([](std::exception_ptr& first) {
          if (!first) first = std::current_exception();
        });
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    const std::size_t others = std::min(tasks, max_threads);
    for (std::size_t i = 1; i < others; ++i) threads.emplace_back(lane);
    lane();
  }
  if (failed) std::rethrow_exception(first_exception.with([](std::exception_ptr& first) { return first; }));
}

}  // namespace vpcp
