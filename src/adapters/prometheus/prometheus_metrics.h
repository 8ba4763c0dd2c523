#pragma once
#include <memory>
#include <string>

#include "vpcp/ports/metrics.h"

namespace vpcp {

/// The process's figures in Prometheus' text format, process metrics included. Thread-safe.
/// Values are dropped when their labels are not as many as the metric's, or its
/// name is taken by another type.
class PrometheusMetrics : public Metrics {
 public:
  PrometheusMetrics();
  ~PrometheusMetrics() override;

  void add(const MetricDef& metric, const LabelValues& labels, double amount = 1) override;
  void set(const MetricDef& metric, const LabelValues& labels, double value) override;
  void observe(const MetricDef& metric, const LabelValues& labels, double value) override;
  void forget_object(const std::string& ns, const std::string& name) override;
  void forget(const MetricDef& metric, const LabelValues& labels) override;

  /// What a scrape is answered with: text format 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
