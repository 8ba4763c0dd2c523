#include "vpcp/runtime/manager.h"

#include <algorithm>
#include <condition_variable>
#include <thread>
#include <utility>

#include "vpcp/base/stoppable_sleep.h"

namespace vpcp {
namespace {

/// Counts threads that have not ended yet.
class Running {
 public:
  void begin() {
    count_.with([](int& count) { ++count; });
  }
  void end() {
    count_.with([](int& count) { --count; });
    changed_.notify_all();
  }
  void wait_for_all(milliseconds limit) {
    count_.with_lock([&](auto& lock, const int& count) {
      return changed_.wait_for(lock, limit, [&] { return count == 0; });
    });
  }

 private:
  Guarded<int> count_;
  std::condition_variable_any changed_;
};

}  // namespace

Manager::Manager(ManagerOptions options, ResourceStore& store, Log log)
    : options_(options), store_(store), log_(std::move(log)) {}

void Manager::add(Controller& controller) {
  controllers_.push_back(&controller);
}

void Manager::add_task(std::string name, std::function<void(const Context&)> task) {
  tasks_.push_back({std::move(name), std::move(task)});
}

void Manager::run(const std::stop_token& stop) {
  std::stop_source give_up;
  Running running;
  std::vector<std::jthread> threads;
  const auto start = [&](std::function<void()> body) {
    running.begin();
    threads.emplace_back([&running, body = std::move(body)] {
      body();
      running.end();
    });
  };
  // The watch and the tasks hold nothing half done: they end at once.
  Context ctx;
  ctx.stop = stop;
  ctx.drain = stop;
  ctx.log = log_;
  start([this, ctx] { watch(ctx); });
  for (const Task& task : tasks_) {
    start([&task, ctx] { task.body(ctx.with({{"task", task.name}})); });
  }
  for (Controller* controller : controllers_) {
    start([controller, stop, hard = give_up.get_token()] { controller->run(stop, hard); });
  }
  stoppable_sleep(stop, milliseconds::max());
  log_.info("Ending: finishing what is in hand");
  running.wait_for_all(options_.grace);
  give_up.request_stop();
}

void Manager::watch(const Context& ctx) {
  milliseconds pause = options_.watch_retry;
  while (!ctx.stopped()) {
    const Status status = store_.watch(ctx, [&](const ObjectKey& key) {
      pause = options_.watch_retry;
      for (Controller* controller : controllers_) controller->queue().add(key);
    });
    if (ctx.stopped()) return;
    if (!status.ok()) {
      ctx.log.warn("The watch of the store failed and is started again",
                   {{"reason", status.error().reason}, {"message", status.error().message}});
    }
    stoppable_sleep(ctx.stop, pause);
    pause = std::min(pause * 2, options_.watch_retry_max);
  }
}

}  // namespace vpcp
