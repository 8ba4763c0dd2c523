#pragma once
#include <map>
#include <memory>
#include <mutex>

#include "controllers/peering_board.h"
#include "vpcp/ports/metrics.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// Writes the status of objects: whole after a pass, and in between what the traffic says by now, for a pass
/// may wait for a dead host while an edge goes down. What a pass found is never made better in between.
/// Thread-safe; the writes of one object follow one another.
class StatusKeeper {
 public:
  StatusKeeper(ResourceStore& store, Metrics& metrics, const Clock& clock, const PeeringBoard& board)
      : store_(store), metrics_(metrics), clock_(clock), board_(board) {}

  /// After a pass. Figures alone are written now and then.
  Status write(const Context& ctx, const VpcPeering& peering, const PeeringStatus& status);
  /// The last word until the next write(): nothing is written in between.
  Status write_last(const Context& ctx, const VpcPeering& peering, const PeeringStatus& status);
  /// Between passes. Does nothing before the first one.
  void show_traffic(const Context& ctx, const ObjectKey& key);
  /// The object is gone, or is no longer looked after by passes that write here.
  void forget(const ObjectKey& key);

 private:
  struct Entry {
    std::mutex writing;
    std::optional<VpcPeering> object;  ///< With the status as it was written last.
    PeeringStatus of_pass;
    SteadyTime passed{};
    std::optional<SteadyTime> figures_written;
  };
  std::shared_ptr<Entry> entry(const ObjectKey& key, bool make);
  Status write_if_new(const Context& ctx, Entry& entry, const PeeringStatus& status);

  ResourceStore& store_;
  Metrics& metrics_;
  const Clock& clock_;
  const PeeringBoard& board_;
  Guarded<std::map<ObjectKey, std::shared_ptr<Entry>>> entries_;
};

}  // namespace vpcp
