#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "vpcp/base/guarded.h"
#include "vpcp/ports/metrics.h"

namespace vpcp::testing {

/// Keeps every series: a counter's sum, a gauge's value, a histogram's observations.
class FakeMetrics : public Metrics {
 public:
  void add(const MetricDef& metric, const LabelValues& labels, double amount = 1) override {
    series_.with([&](auto& series) { value(series[{metric.name, labels}]) += amount; });
  }
  void set(const MetricDef& metric, const LabelValues& labels, double v) override {
    series_.with([&](auto& series) { value(series[{metric.name, labels}]) = v; });
  }
  void observe(const MetricDef& metric, const LabelValues& labels, double v) override {
    series_.with([&](auto& series) { series[{metric.name, labels}].push_back(v); });
  }
  void forget_object(const std::string& ns, const std::string& name) override {
    series_.with([&](auto& series) {
      std::erase_if(series, [&](const auto& entry) {
        const LabelValues& labels = entry.first.second;
        return labels.size() >= 2 && labels[0] == ns && labels[1] == name;
      });
    });
  }
  void forget(const MetricDef& metric, const LabelValues& labels) override {
    series_.with([&](auto& series) { series.erase({metric.name, labels}); });
  }

  /// 0 for a series that does not exist.
  [[nodiscard]] double value_of(const MetricDef& metric, const LabelValues& labels) const {
    const std::vector<double> values = observed(metric, labels);
    return values.empty() ? 0 : values.front();
  }
  [[nodiscard]] bool exists(const MetricDef& metric, const LabelValues& labels) const {
    return !observed(metric, labels).empty();
  }
  [[nodiscard]] std::vector<double> observed(const MetricDef& metric, const LabelValues& labels) const {
    return series_.with([&](const auto& series) {
      const auto found = series.find({metric.name, labels});
      return found == series.end() ? std::vector<double>{} : found->second;
    });
  }
  /// Names of the families that have series of this object.
  [[nodiscard]] std::set<std::string> families_of(const std::string& ns, const std::string& name) const {
    return series_.with([&](const auto& series) {
      std::set<std::string> families;
      for (const auto& [key, values] : series) {
        const LabelValues& labels = key.second;
        if (labels.size() >= 2 && labels[0] == ns && labels[1] == name) families.insert(key.first);
      }
      return families;
    });
  }

 private:
  static double& value(std::vector<double>& values) {
    if (values.empty()) values.push_back(0);
    return values.front();
  }
  Guarded<std::map<std::pair<std::string, LabelValues>, std::vector<double>>> series_;
};

}  // namespace vpcp::testing
