#pragma once
#include "domain/record.h"
#include "vpcp/base/guarded.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// The record of one peering during one pass, and its Secret. Lanes share it: thread-safe.
class RecordKeeper {
 public:
  RecordKeeper(ResourceStore& store, const VpcPeering& owner) : store_(store), owner_(owner) {}

  /// Reads the Secret. When there is none, the record that the spec's restoreFrom names, which the next
  /// update() saves as the object's own; else an empty record. Invalid "RecordDamaged" when it cannot be
  /// understood; Denied "RestoreRefused" when restoreFrom names none, or one that a living object works with.
  Status load(const Context& ctx);
  /// Applies the change and, when it returns true, saves before it returns: what follows may rely on it.
  Status update(const Context& ctx, const std::function<bool(PeeringRecord&)>& change);
  /// Applies the change without saving (modes that touch nothing).
  void keep_in_memory(const std::function<bool(PeeringRecord&)>& change);
  [[nodiscard]] PeeringRecord copy() const;

 private:
  Status restore(const Context& ctx, const std::string& secret);

  ResourceStore& store_;
  const VpcPeering& owner_;
  Guarded<PeeringRecord> record_;
  bool restored_{
      false};  ///< And not saved yet. Only load() and the first update() write it, before lanes share this.
};

}  // namespace vpcp
