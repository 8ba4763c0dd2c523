#include "page/sample_metrics.h"

#include <chrono>
#include <map>
#include <string>

#include "vpcp/ports/metric_list.h"

namespace vpcp::testing {
namespace {

/// A value for each label, as the controller would give.
LabelValues values_of(const MetricDef& metric, const std::string& name) {
  static const std::map<std::string, std::string> kValues{
      {"namespace", "network"},       {"site", "amsterdam"},
      {"from", "amsterdam"},          {"to", "bangalore"},
      {"condition", "Ready"},         {"status", "True"},
      {"kind", "ServerRouteMissing"}, {"result", "success"},
      {"controller", "peering"},      {"operation", "list-vpcs"},
      {"type", "instance"},           {"version", "0.1.0"}};
  LabelValues values;
  for (const char* label : metric.labels) {
    const auto known = kValues.find(label);
    values.push_back(std::string(label) == "name" ? name : known == kValues.end() ? "other" : known->second);
  }
  return values;
}

void sample(Metrics& metrics, const MetricDef& metric, const LabelValues& values, int moment) {
  const double now =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  const bool is_time = std::string(metric.name).ends_with("_timestamp_seconds");
  switch (metric.type) {
    case MetricType::Counter:
      return metrics.add(metric, values, 1);
    case MetricType::Gauge:
      return metrics.set(metric, values, is_time ? now - 20 : 1);
    case MetricType::Histogram:
      return metrics.observe(metric, values, 0.01 * (1 + moment % 40));
  }
}

}  // namespace

void sample_all(Metrics& metrics, int moment) {
  for (const MetricDef* metric : metric::all())
    sample(metrics, *metric, values_of(*metric, "ams-blr"), moment);
  for (const char* condition : {"TunnelsUp", "HostIdentityChanged", "Fighting"}) {
    for (const char* status : {"True", "False", "Unknown"})
      metrics.set(metric::kPeeringCondition, {"network", "ams-blr", condition, status}, 0);
  }
  metrics.add(metric::kCloudRequests, {"list-vpcs", "key_refused"}, 0);
}

void sample_many(Metrics& metrics, int count) {
  static const std::vector<const char*> kConditions{"Accepted",           "NetworksReady", "GatewaysReady",
                                                    "TunnelsUp",          "ServersRouted", "Ready",
                                                    "HostIdentityChanged"};
  for (int i = 0; i < count; ++i) {
    const std::string name = "peering-" + std::to_string(i);
    for (const MetricDef* metric : metric::all()) {
      if (metric->labels.size() < 2 || metric == &metric::kPeeringCondition) continue;
      if (std::string(metric->labels[0]) == "namespace")
        sample(metrics, *metric, values_of(*metric, name), i);
    }
    for (const char* condition : kConditions) {
      for (const char* status : {"True", "False", "Unknown"})
        metrics.set(metric::kPeeringCondition, {"network", name, condition, status}, 1);
    }
    for (const MetricDef* metric : {&metric::kServers, &metric::kServersRouted, &metric::kGatewayKeyMade})
      metrics.set(*metric, {"network", name, "bangalore"}, 1);
  }
}

}  // namespace vpcp::testing
