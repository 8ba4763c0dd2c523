#pragma once
#include <mutex>
#include <utility>

namespace vpcp {

/// Shared state and its lock as one thing: the state cannot be touched without holding the lock.
///   guarded.with([](State& s) { … });
template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}
  template <class F>
  auto with(F&& f) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(value_);
  }
  template <class F>
  auto with(F&& f) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(f)(value_);
  }
  /// As with(), for one who waits: `f` is also given the lock, to hand to a condition variable.
  template <class F>
  auto with_lock(F&& f) {
    std::unique_lock lock(mutex_);
    return std::forward<F>(f)(lock, value_);
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace vpcp
