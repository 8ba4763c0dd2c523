#pragma once
#include <memory>
#include <string>

#include "adapters/kube/kube_cluster.h"
#include "app/vpc-peering-controller/options.h"
#include "vpcp/ports/lease_store.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp::app {

/// Where objects live, as the options chose it.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual ResourceStore& store() = 0;
  /// The Lease of the election; nullptr: this process is the only one.
  virtual LeaseStore* lease() { return nullptr; }
  /// Whether every object has been told of: the process is ready.
  [[nodiscard]] virtual bool ready() const { return true; }
  /// For the log: "the directory /etc/vpcp".
  [[nodiscard]] virtual std::string describe() const = 0;
};

/// `identity` is unlike any other process's. What it is given outlives the backend.
Result<std::unique_ptr<Backend>> open_backend(const RunOptions& options, const std::string& identity,
                                              const KubeCluster::Ports& ports, const Log& log);

/// From 0 up to, not including, 1.
double random01();

}  // namespace vpcp::app
