#include "controllers/peering_controller.h"

#include "controllers/peering_metrics.h"
#include "controllers/peering_pass.h"
#include "domain/validate.h"

namespace vpcp {
namespace {

/// Between the passes of a deletion: what was refused (a VPC counts as attached for up to 3 minutes) is not
/// hammered.
constexpr milliseconds kDeleteNext{500};
constexpr milliseconds kDeleteRetry{3000};

bool has_finalizer(const VpcPeering& peering) {
  const auto& list = peering.meta.finalizers;
  return std::find(list.begin(), list.end(), kFinalizer) != list.end();
}

bool is_refused(const PeeringStatus& status) {
  const Condition* accepted = find_condition(status, condition::kAccepted);
  return accepted != nullptr && accepted->status == ConditionStatus::False;
}

/// A person who asked for a pass sees by this that it was made.
PeeringStatus handled(PeeringStatus status, const VpcPeering& peering) {
  status.last_handled_reconcile_at = peering.meta.reconcile_at;
  return status;
}

/// What a failed pass leaves in the status: where it ended up, if it got that far, else why it could not
/// look.
PeeringStatus status_after(const PeeringPass& pass, const VpcPeering& peering, const Error* error,
                           SystemTime now) {
  if (pass.has_status()) return pass.status();
  if (error == nullptr) return peering.status;
  if (peering.meta.deletion_timestamp) return deleting_status(peering, "Waiting", error->message, now);
  return failed_status(peering, *error, now);
}

/// A pass that ended before it could look tells why, when that is another reason than before.
void tell_failure(const Context& ctx, ResourceStore& store, const VpcPeering& peering,
                  const PeeringStatus& status) {
  const Condition* was = find_condition(peering.status, condition::kReady);
  const Condition* now = find_condition(status, condition::kReady);
  if (now == nullptr || (was != nullptr && was->status == now->status && was->reason == now->reason)) return;
  store.record_event(ctx,
                     {peering.meta.key(), peering.meta.uid, EventType::Warning, now->reason, now->message});
}

}  // namespace

PeeringController::PeeringController(PeeringPorts ports, PeeringOptions options,
                                     std::function<void(const ObjectKey&)> wake_health)
    : ports_(ports),
      options_(std::move(options)),
      wake_health_(std::move(wake_health)),
      orphans_(ports.store, ports.metrics, ports.clock),
      keeper_(ports.store, ports.metrics, ports.clock, ports.board) {}

void PeeringController::show_traffic(const Context& ctx, const ObjectKey& key) {
  keeper_.show_traffic(ctx, key);
}

void PeeringController::forget(const ObjectKey& key) {
  ports_.board.forget(key);
  keeper_.forget(key);
  ports_.metrics.forget_object(key.ns, key.name);
  memories_.forget(key);
}

ReconcileResult PeeringController::reconcile(const Context& ctx, const ObjectKey& key) {
  const auto peering = TRY(ports_.store.get(ctx, key));
  if (!peering) {
    forget(key);
    return Requeue{};
  }
  return reconcile_object(ctx, *peering);
}

/// What both the status and the metrics say.
Status PeeringController::tell(const Context& ctx, const VpcPeering& peering, PeeringStatus status) {
  status = handled(std::move(status), peering);
  publish_status(ports_.metrics, peering, status);
  return ports_.store.apply_status(ctx, peering, status);
}

/// Nothing is touched until the spec is corrected. One line and one event for what is wrong, until it is
/// wrong in another way.
ReconcileResult PeeringController::refuse(const Context& ctx, const VpcPeering& peering,
                                          const PeeringStatus& status) {
  const Condition* was = find_condition(peering.status, condition::kAccepted);
  const Condition* now = find_condition(status, condition::kAccepted);
  if (was == nullptr || was->reason != now->reason || was->message != now->message) {
    ctx.log.warn("The spec is refused", {{"reason", now->reason}, {"detail", now->message}});
    ports_.store.record_event(
        ctx, {peering.meta.key(), peering.meta.uid, EventType::Warning, now->reason, now->message});
  }
  TRY(keeper_.write_last(ctx, peering, handled(status, peering)));
  return Requeue{};
}

ReconcileResult PeeringController::remove(const Context& ctx, const VpcPeering& peering, PeeringPass& pass) {
  keeper_.forget(peering.meta.key());
  const Result<bool> gone = pass.remove();
  if (!gone.ok() && ctx.draining()) return gone.error();  // the next leader tells what it finds
  if (gone.ok() && *gone) {
    forget(peering.meta.key());
    return Requeue{};
  }
  const Error* error = gone.ok() ? nullptr : &gone.error();
  TRY(tell(ctx, peering, status_after(pass, peering, error, ports_.clock.now())));
  if (error != nullptr) return *error;
  return Requeue{pass.had_failures() ? kDeleteRetry : kDeleteNext};
}

ReconcileResult PeeringController::reconcile_object(const Context& ctx, const VpcPeering& peering) {
  const bool deleting = peering.meta.deletion_timestamp.has_value();
  if (deleting && !has_finalizer(peering)) return Requeue{};
  if (!peering.unreadable.empty())
    return refuse(ctx, peering, unreadable_status(peering, ports_.clock.now()));
  if (!deleting) {
    if (const auto errors = validate(peering.spec); !errors.empty()) {
      return refuse(ctx, peering, refused_status(peering, errors, ports_.clock.now()));
    }
    const bool touches = !peering.spec.suspend && peering.spec.mode == Mode::Reconcile;
    if (touches && !has_finalizer(peering)) TRY(ports_.store.add_finalizer(ctx, peering));
  }
  const std::shared_ptr<PeeringMemory> memory = memories_.of(peering.meta.key());
  // Asked for by a person: what failed before is tried again at once.
  if (peering.meta.reconcile_at != peering.status.last_handled_reconcile_at) {
    memory->backoff.clear();
    memory->looks.clear();
  }
  PeeringPass pass(ctx, ports_, options_, peering, *memory);
  if (deleting) return remove(ctx, peering, pass);
  const auto tell_before = [&](const PeeringStatus& found) {
    wake_health_(peering.meta.key());  // what has drifted may carry no traffic any more
    // Best effort: the status after the pass says it again.
    if (const Status written = keeper_.write(ctx, peering, handled(found, peering)); !written.ok())
      ctx.log.warn("The status could not be written", {{"reason", written.error().reason}});
  };
  Result<Requeue> result = pass.reconcile(tell_before);
  if (!result.ok() && ctx.draining()) return result;  // the next leader tells what it finds
  if (pass.has_status() && is_refused(pass.status())) return refuse(ctx, peering, pass.status());
  const SystemTime now = ports_.clock.now();
  const PeeringStatus status =
      handled(status_after(pass, peering, result.ok() ? nullptr : &result.error(), now), peering);
  if (!pass.has_status()) tell_failure(ctx, ports_.store, peering, status);
  TRY(keeper_.write(ctx, peering, status));
  if (result.ok()) wake_health_(peering.meta.key());
  if (pass.cloud_seen()) orphans_.count(ctx, pass.account(), *pass.cloud_seen());
  return result;
}

}  // namespace vpcp
