#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "vpcp/base/clock.h"
#include "vpcp/base/context.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// A Lease object (coordination.k8s.io/v1): who may act.
struct LeaseRecord {
  std::string holder;  ///< Empty: released.
  seconds duration{0};
  SystemTime acquired{};
  SystemTime renewed{};
  std::int64_t transitions{0};     ///< How often it went from one holder to another.
  std::string resource_version{};  ///< Given by the store.
  friend bool operator==(const LeaseRecord&, const LeaseRecord&) = default;
};

/// Where one Lease is kept. Thread-safe. Errors: Conflict when it is not as it was read (changed, made or
/// removed by another meanwhile); else what a store answers.
class LeaseStore {
 public:
  virtual ~LeaseStore() = default;
  virtual Result<std::optional<LeaseRecord>> get(const Context& ctx) = 0;
  /// Give the record as it is kept, with its version.
  virtual Result<LeaseRecord> create(const Context& ctx, const LeaseRecord& lease) = 0;
  virtual Result<LeaseRecord> update(const Context& ctx, const LeaseRecord& lease) = 0;
};

}  // namespace vpcp
