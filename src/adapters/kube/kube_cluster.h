#pragma once
#include <functional>
#include <memory>
#include <string>

#include "adapters/kube/config.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/log.h"
#include "vpcp/ports/http_client.h"
#include "vpcp/ports/lease_store.h"
#include "vpcp/ports/metrics.h"
#include "vpcp/ports/resource_store.h"

namespace vpcp {

/// A cluster as the controller uses it: the objects, and the Lease of its election. This is the one header of
/// the folder for others. Thread-safe.
class KubeCluster {
 public:
  struct Options {
    kube::ConfigChoice config;
    std::string ns;               ///< Only objects of this namespace; empty: of all.
    std::string identity;         ///< Unlike any other process's; shown in events.
    std::string agent;            ///< User-Agent.
    std::string lease_namespace;  ///< Empty: that of the pod, or of the kubeconfig's context.
    std::string lease_name;
    std::function<double()> random01;  ///< Spreads the pauses of many clients.
  };
  /// What it uses; all of it outlives the cluster.
  struct Ports {
    HttpClient& http;
    Metrics& metrics;
    const Clock& clock;
  };
  /// Reads the configuration and begins to watch; the server need not answer yet. Errors: Invalid
  /// "BadKubeconfig".
  static Result<std::unique_ptr<KubeCluster>> open(const Options& options, const Ports& ports,
                                                   const Log& log);
  ~KubeCluster();

  ResourceStore& store();
  LeaseStore& lease();
  /// Every object has been told of at least once.
  [[nodiscard]] bool synced() const;
  /// For the log: "https://10.0.0.1:6443 by context "lab" of FILE".
  [[nodiscard]] std::string describe() const;

 private:
  class Impl;
  explicit KubeCluster(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
