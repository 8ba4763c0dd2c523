#pragma once
#include <prometheus/metric_family.h>

#include <vector>

namespace vpcp {

/// What Prometheus' client libraries call process metrics, read from /proc/self now.
/// What cannot be read is left out.
std::vector<prometheus::MetricFamily> collect_process_metrics();

}  // namespace vpcp
