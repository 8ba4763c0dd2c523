#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapters/prometheus/prometheus_metrics.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// Answers GET /metrics, /healthz and /readyz over HTTP, on threads of its own, until it is destroyed.
/// /healthz says only that the process answers; /readyz asks `ready`: 200 or 503.
class MetricsServer {
 public:
  /// `listen` is "host:port", host an IPv4 address; port 0 takes a free one. `metrics` must outlive the
  /// server; `ready` is called from any thread. Errors: Invalid "ListenAddressInvalid", Denied
  /// "CannotListen".
  static Result<std::unique_ptr<MetricsServer>> start(const std::string& listen,
                                                      const PrometheusMetrics& metrics,
                                                      std::function<bool()> ready);
  /// Takes up to 2 s.
  ~MetricsServer();

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  explicit MetricsServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
