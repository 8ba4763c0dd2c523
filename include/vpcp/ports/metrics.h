#pragma once
#include <string>
#include <vector>

namespace vpcp {

enum class MetricType { Counter, Gauge, Histogram };

/// A family of series. All of ours are declared in metric_list.h and nowhere else.
struct MetricDef {
  const char* name;
  MetricType type;
  const char* help;
  std::vector<const char*> labels;  ///< Names, in the order in which values are given.
  std::vector<double> buckets{};    ///< Upper bounds, for a histogram.
};

using LabelValues = std::vector<std::string>;

/// Where figures go. Thread-safe, never fails, never blocks on I/O.
class Metrics {
 public:
  virtual ~Metrics() = default;
  virtual void add(const MetricDef& metric, const LabelValues& labels, double amount = 1) = 0;  ///< Counter.
  virtual void set(const MetricDef& metric, const LabelValues& labels, double value) = 0;       ///< Gauge.
  virtual void observe(const MetricDef& metric, const LabelValues& labels, double value) = 0;  ///< Histogram.
  /// Drops every series whose label values begin with `prefix` in families whose labels begin with
  /// "namespace", "name": a series of a deleted object disappears.
  virtual void forget_object(const std::string& ns, const std::string& name) = 0;
  /// Drops one series.
  virtual void forget(const MetricDef& metric, const LabelValues& labels) = 0;
};

}  // namespace vpcp
