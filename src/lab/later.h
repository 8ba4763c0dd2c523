#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "vpcp/base/clock.h"

namespace vpcp::lab {

/// Runs functions when they are due, on one thread. The destructor drops what is not due yet.
class Later {
 public:
  Later() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

  void at(SteadyTime due, std::function<void()> f) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.emplace(due, std::move(f));
    }
    changed_.notify_all();
  }

 private:
  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
      const auto first = waiting_.begin();
      if (first == waiting_.end()) {
        changed_.wait(lock, stop, [&] { return !waiting_.empty(); });
      } else if (const SteadyTime due = first->first; due > std::chrono::steady_clock::now()) {
        changed_.wait_until(lock, stop, due, [&] { return waiting_.begin()->first < due; });
      } else {
        const auto f = std::move(first->second);
        waiting_.erase(first);
        lock.unlock();
        f();
        lock.lock();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::multimap<SteadyTime, std::function<void()>> waiting_;
  std::jthread thread_;  ///< Last, so that it ends before what it uses.
};

}  // namespace vpcp::lab
