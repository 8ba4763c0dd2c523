#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "controllers/health_controller.h"
#include "controllers/peering_controller.h"
#include "domain/retry_policy.h"
#include "support/fake_log.h"
#include "support/fake_world.h"
#include "support/reference_scenario.h"
#include "vpcp/runtime/controller.h"

namespace vpcp::testing {

/// The whole controller over a fake world, in simulated time, on one thread but for the lanes of a pass. It
/// can be killed before or after any effect and is then started anew; the world goes on.
class Simulation {
 public:
  Simulation();
  ~Simulation();

  FakeWorld world;
  std::shared_ptr<FakeLog> log = std::make_shared<FakeLog>();

  /// Off: the streams go on and tell nothing.
  bool streams_work{true};

  void declare(const PeeringSpec& spec, const ObjectKey& key = kReferenceKey);
  void remove(const ObjectKey& key = kReferenceKey);

  enum class Moment { Before, After };
  /// The process dies once, at the n-th effect from now (from 1), and never for 0.
  void crash_at(std::size_t effect, Moment moment);
  [[nodiscard]] int deaths() const { return deaths_; }

  /// The process ends between two passes, and another one begins.
  void restart() { start(); }

  /// Lets the controller work until `settled` holds; false when it does not within `limit` of simulated time.
  /// A controller that makes passes without end while no time passes fails too.
  bool run_until(const std::function<bool()>& settled, milliseconds limit = minutes{60});
  /// Lets it work for so long.
  void run_for(milliseconds duration);

  /// The condition Ready is True and traffic does cross both ways, by ping and TCP.
  [[nodiscard]] bool peered();
  /// Nothing of ours is left, in cloud or store.
  [[nodiscard]] bool gone();
  [[nodiscard]] std::string condition(const std::string& type, const ObjectKey& key = kReferenceKey) const;
  /// For the message of a failed test: conditions and the last log lines.
  [[nodiscard]] std::string story() const;

 private:
  struct Process;
  void start();
  bool work_once();
  /// Works until nothing is ready; false for a hot loop.
  bool work_until_idle(const std::function<bool()>& settled);

  std::unique_ptr<Process> process_;
  int deaths_{0};
  std::atomic<std::size_t> effects_begun_{0};
  std::atomic<std::size_t> effects_ended_{0};
  std::atomic<std::size_t> crash_at_{0};
  std::atomic<bool> dead_{false};
  Moment moment_{Moment::Before};
};

}  // namespace vpcp::testing
