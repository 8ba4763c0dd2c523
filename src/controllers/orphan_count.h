#pragma once
#include <map>
#include <string>

#include "vpcp/api/cloud.h"
#include "vpcp/base/guarded.h"
#include "vpcp/ports/cloud_provider.h"
#include "vpcp/ports/metrics.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// Publishes how much in the cloud is marked as ours and belongs to no object, over all accounts that passes
/// look at. Thread-safe.
class OrphanCount {
 public:
  OrphanCount(ResourceStore& store, Metrics& metrics, const Clock& clock)
      : store_(store), metrics_(metrics), clock_(clock) {}

  /// After a pass: at most once a minute for an account, since it asks the store for every object.
  void count(const Context& ctx, const CloudProvider* account, const CloudSnapshot& cloud);

 private:
  struct Account {
    SteadyTime next{};
    std::map<std::string, int> orphans;
  };
  bool due(const CloudProvider* account);

  ResourceStore& store_;
  Metrics& metrics_;
  const Clock& clock_;
  Guarded<std::map<const CloudProvider*, Account>> accounts_;
};

}  // namespace vpcp
