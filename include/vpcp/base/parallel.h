#pragma once
#include <cstddef>
#include <functional>
#include <stop_token>

namespace vpcp {

/// Calls fn(0) … fn(tasks - 1), each once, on at most `max_threads` threads, this one among them, and returns
/// when all have ended. With one thread they run in order. After `stop` is requested, or after a task has
/// thrown, no further task begins; the first exception is thrown on to the caller.
void parallel_for(std::size_t tasks, std::size_t max_threads, const std::stop_token& stop,
                  const std::function<void(std::size_t)>& fn);

}  // namespace vpcp
