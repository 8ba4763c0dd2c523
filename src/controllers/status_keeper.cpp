#include "controllers/status_keeper.h"

#include "controllers/peering_metrics.h"
#include "domain/status/summary.h"

namespace vpcp {
namespace {

/// Figures in a status (round-trip times, counters) are worth a write this often; everything else at once.
constexpr seconds kFiguresEvery{60};

}  // namespace

std::shared_ptr<StatusKeeper::Entry> StatusKeeper::entry(const ObjectKey& key, bool make) {
  return entries_.with([&](auto& entries) -> std::shared_ptr<Entry> {
    const auto found = entries.find(key);
    if (found != entries.end()) return found->second;
    return make ? entries[key] = std::make_shared<Entry>() : nullptr;
  });
}

Status StatusKeeper::write_if_new(const Context& ctx, Entry& entry, const PeeringStatus& status) {
  const SteadyTime now = clock_.steady_now();  // the other one may be set back
  publish_status(metrics_, *entry.object, status);
  const bool lately = entry.figures_written && now - *entry.figures_written < kFiguresEvery;
  if (lately && !differs_materially(status, entry.object->status)) return {};
  TRY(store_.apply_status(ctx, *entry.object, status));
  entry.figures_written = now;
  entry.object->status = status;
  return {};
}

Status StatusKeeper::write(const Context& ctx, const VpcPeering& peering, const PeeringStatus& status) {
  const auto kept = entry(peering.meta.key(), true);
  const std::lock_guard lock(kept->writing);
  kept->object = peering;
  kept->of_pass = status;
  kept->passed = clock_.steady_now();
  // The pass may have summed up before the last report came in.
  return write_if_new(ctx, *kept,
                      with_traffic(status, peering, board_.traffic(peering.meta.key()), clock_.now()));
}

Status StatusKeeper::write_last(const Context& ctx, const VpcPeering& peering, const PeeringStatus& status) {
  const auto kept = entry(peering.meta.key(), true);
  const std::lock_guard lock(kept->writing);
  kept->object = peering;
  Status written = write_if_new(ctx, *kept, status);
  kept->object.reset();
  return written;
}

void StatusKeeper::show_traffic(const Context& ctx, const ObjectKey& key) {
  const auto kept = entry(key, false);
  if (!kept) return;
  const std::lock_guard lock(kept->writing);
  if (!kept->object) return;
  PeeringStatus status = with_traffic(kept->of_pass, *kept->object, board_.traffic(key), clock_.now());
  if (clock_.steady_now() - kept->passed > pass_is_overdue_after(kept->object->spec))
    status = overdue_status(*kept->object, std::move(status), clock_.now());
  // Best effort: the next round tries again.
  if (const Status written = write_if_new(ctx, *kept, status); !written.ok())
    ctx.log.warn("The status could not be written", {{"reason", written.error().reason}});
}

void StatusKeeper::forget(const ObjectKey& key) {
  entries_.with([&](auto& entries) { entries.erase(key); });
}

}  // namespace vpcp
