#pragma once
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "vpcp/base/context.h"
#include "vpcp/ports/resource_store.h"
#include "vpcp/runtime/controller.h"

namespace vpcp {

struct ManagerOptions {
  milliseconds grace{10000};  ///< For the passes in hand, when the process is told to end.
  milliseconds watch_retry{
      1000};  ///< First pause before a failed watch is started again; doubles each time …
  milliseconds watch_retry_max{30000};  ///< … up to this.
};

/// Runs controllers and the watch that feeds them, as one thing that starts and ends.
class Manager {
 public:
  Manager(ManagerOptions options, ResourceStore& store, Log log);

  /// Before run(); the controller outlives it. Every change of an object queues its key here.
  void add(Controller& controller);
  /// Before run(): a thread of its own for something that runs until ctx.stop.
  void add_task(std::string name, std::function<void(const Context&)> task);

  /// Returns when `stop` was requested and everything has ended. First nothing new begins and the watch ends;
  /// what still runs after the grace is told to give up what it waits for.
  void run(const std::stop_token& stop);

 private:
  struct Task {
    std::string name;
    std::function<void(const Context&)> body;
  };
  void watch(const Context& ctx);

  ManagerOptions options_;
  ResourceStore& store_;
  Log log_;
  std::vector<Controller*> controllers_;
  std::vector<Task> tasks_;
};

}  // namespace vpcp
