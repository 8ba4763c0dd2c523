#pragma once
#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "vpcp/api/ids.h"
#include "vpcp/base/context.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/pass_result.h"
#include "vpcp/ports/metrics.h"
#include "vpcp/runtime/work_queue.h"

namespace vpcp {

/// One pass over a key. Level-based: it looks, it is not told. Called for different keys at once, never for
/// the same key twice at once.
using Reconcile = std::function<ReconcileResult(const Context&, const ObjectKey&)>;
/// What to do about a result; `attempts` counts the failed passes over the key in a row, this one included.
using Judge = std::function<Verdict(const ReconcileResult&, int attempts)>;

struct ControllerOptions {
  std::string name;  ///< Metric label and log field: "peering", "health".
  int workers{2};
  minutes pass_limit{15};  ///< The deadline of a pass.
};

/// Where a controller lives: references outlive it.
struct ControllerEnvironment {
  const Clock& clock;
  Metrics& metrics;
  Log log;
};

/// Turns answers of passes into queue entries, metrics and log lines: the loop around every reconcile
/// function. An exception out of a pass is a bug: it is logged, counted and tried again with back-off.
class Controller {
 public:
  Controller(ControllerOptions options, Reconcile reconcile, Judge judge, WorkQueue& queue,
             ControllerEnvironment environment);

  /// Works with all its workers until `drain` is requested and the passes in hand have ended; `stop` tells
  /// these to give up what they wait for.
  void run(const std::stop_token& drain, const std::stop_token& stop);
  /// One pass on the calling thread over the next ready key; false when there is none.
  bool work_once(const std::stop_token& drain, const std::stop_token& stop);

  [[nodiscard]] const std::string& name() const { return options_.name; }
  [[nodiscard]] WorkQueue& queue() { return queue_; }

 private:
  void pass(const Context& ctx, const ObjectKey& key);
  [[nodiscard]] ReconcileResult call(const Context& ctx, const ObjectKey& key) const;
  void follow(const Context& ctx, const ObjectKey& key, const ReconcileResult& result);
  [[nodiscard]] Context context(const ObjectKey& key, const std::stop_token& drain,
                                const std::stop_token& stop) const;
  void publish_queue();
  /// Failed passes over the key in a row after this result.
  [[nodiscard]] int count_attempts(const ObjectKey& key, bool failed);

  ControllerOptions options_;
  Reconcile reconcile_;
  Judge judge_;
  WorkQueue& queue_;
  ControllerEnvironment environment_;
  Guarded<std::map<ObjectKey, int>> failures_;
};

}  // namespace vpcp
