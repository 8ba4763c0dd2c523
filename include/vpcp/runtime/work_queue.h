#pragma once
#include <condition_variable>
#include <optional>
#include <stop_token>

#include "vpcp/base/clock.h"
#include "vpcp/base/guarded.h"
#include "vpcp/runtime/queue_state.h"

namespace vpcp {

/// Keys that need a pass, for many producers and workers. The rules are those of QueueState. Thread-safe.
class WorkQueue {
 public:
  explicit WorkQueue(const Clock& clock) : clock_(clock) {}

  void add(const ObjectKey& key) { add_after(key, milliseconds{0}); }
  void add_after(const ObjectKey& key, milliseconds delay);

  /// The next ready key, now active; waits for one. nullopt when `stop` is requested.
  std::optional<ObjectKey> take(const std::stop_token& stop);
  /// As take, without waiting: nullopt when no key is ready.
  std::optional<ObjectKey> try_take();
  /// Every key taken is handed back once.
  void done(const ObjectKey& key);

  [[nodiscard]] std::size_t depth() const;
  [[nodiscard]] milliseconds oldest() const;
  /// When the first waiting key is or becomes ready; absent when none waits.
  [[nodiscard]] std::optional<SteadyTime> next_ready() const;

 private:
  const Clock& clock_;
  Guarded<QueueState> state_;
  std::condition_variable_any changed_;
};

}  // namespace vpcp
