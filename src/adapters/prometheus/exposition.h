#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "vpcp/ports/metrics.h"

namespace prometheus {
struct ClientMetric;
}

namespace vpcp {

/// Prometheus' text format 0.0.4, appended to a text that may be large: the library's own serializer takes
/// several times as long.

/// `name="a",site="b"`, in the order of the names.
std::string label_text(const MetricDef& metric, const LabelValues& values);
void append_head(std::string& out, const MetricDef& metric);
void append_sample(std::string& out, const char* name, std::string_view labels, double value);
void append_histogram(std::string& out, const char* name, std::string_view labels,
                      const prometheus::ClientMetric& metric);

}  // namespace vpcp
