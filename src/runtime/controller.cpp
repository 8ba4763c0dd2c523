#include "vpcp/runtime/controller.h"

#include <exception>
#include <thread>
#include <typeinfo>
#include <utility>
#include <vector>

#include "vpcp/base/stoppable_sleep.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

/// How often the queue's gauges are brought up to date: counting a long queue after each pass would hold it
/// up.
constexpr seconds kGaugeInterval{1};

constexpr const char* kInternalError = "InternalError";

std::string result_label(const ReconcileResult& result) {
  if (result.ok()) return "success";
  if (result.error().reason == kInternalError) return "exception";
  return to_label(result.error().kind);
}

}  // namespace

Controller::Controller(ControllerOptions options, Reconcile reconcile, Judge judge, WorkQueue& queue,
                       ControllerEnvironment environment)
    : options_(std::move(options)),
      reconcile_(std::move(reconcile)),
      judge_(std::move(judge)),
      queue_(queue),
      environment_(std::move(environment)) {}

void Controller::run(const std::stop_token& drain, const std::stop_token& stop) {
  std::vector<std::jthread> workers;
  workers.reserve(static_cast<std::size_t>(options_.workers));
  for (int i = 0; i < options_.workers; ++i) {
    workers.emplace_back([this, drain, stop] {
      while (const auto key = queue_.take(drain)) pass(context(*key, drain, stop), *key);
    });
  }
  do {
    publish_queue();
  } while (stoppable_sleep(drain, kGaugeInterval));
}

bool Controller::work_once(const std::stop_token& drain, const std::stop_token& stop) {
  const auto key = queue_.try_take();
  if (!key) return false;
  pass(context(*key, drain, stop), *key);
  publish_queue();
  return true;
}

Context Controller::context(const ObjectKey& key, const std::stop_token& drain,
                            const std::stop_token& stop) const {
  Context ctx;
  ctx.stop = stop;
  ctx.drain = drain;
  ctx.deadline = environment_.clock.steady_now() + options_.pass_limit;
  ctx.log = environment_.log.with({{"controller", options_.name}, {"object", key.str()}});
  return ctx;
}

void Controller::pass(const Context& ctx, const ObjectKey& key) {
  const SteadyTime begin = environment_.clock.steady_now();
  const ReconcileResult result = call(ctx, key);
  const std::chrono::duration<double> took = environment_.clock.steady_now() - begin;
  environment_.metrics.observe(metric::kReconcileSeconds, {options_.name}, took.count());
  environment_.metrics.add(metric::kReconciles, {options_.name, result_label(result)});
  follow(ctx, key, result);
  queue_.done(key);
}

ReconcileResult Controller::call(const Context& ctx, const ObjectKey& key) const {
  try {
    return reconcile_(ctx, key);
  } catch (const std::exception& e) {
    // Only the type: the text of a library's exception may quote what it read.
    ctx.log.error("A pass threw an exception", {{"exception", typeid(e).name()}});
    return Error{ErrorKind::Transient, kInternalError, "a bug in the controller ended the pass"};
  }
}

void Controller::follow(const Context& ctx, const ObjectKey& key, const ReconcileResult& result) {
  const int attempts = count_attempts(key, !result.ok());
  const Verdict verdict = judge_(result, attempts);
  if (verdict.again) queue_.add_after(key, *verdict.again);
  // What the end of the process cut short is no failure.
  if (result.ok() || ctx.draining()) return;
  LogFields fields{
      {"reason", result.error().reason}, {"message", result.error().message}, {"attempts", attempts}};
  if (verdict.again) fields.emplace_back("again_ms", verdict.again->count());
  ctx.log.write(verdict.level, "Pass failed", std::move(fields));
}

int Controller::count_attempts(const ObjectKey& key, bool failed) {
  return failures_.with([&](auto& failures) {
    if (failed) return ++failures[key];
    failures.erase(key);
    return 0;
  });
}

void Controller::publish_queue() {
  const std::chrono::duration<double> oldest = queue_.oldest();
  environment_.metrics.set(metric::kQueueDepth, {options_.name}, static_cast<double>(queue_.depth()));
  environment_.metrics.set(metric::kQueueOldest, {options_.name}, oldest.count());
}

}  // namespace vpcp
