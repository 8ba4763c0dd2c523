#include "adapters/prometheus/exposition.h"

#include <prometheus/client_metric.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>

namespace vpcp {
namespace {

void append_number(std::string& out, double value) {
  if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
    return;
  }
  constexpr double kWhole = 1e15;  // below it every whole number is one, and most figures are: much quicker
  std::array<char, 32> digits{};
  const bool whole = std::abs(value) < kWhole && value == std::trunc(value);
  char* const to = digits.data() + digits.size();
  const auto end = whole ? std::to_chars(digits.data(), to, static_cast<std::int64_t>(value)).ptr
                         : std::to_chars(digits.data(), to, value).ptr;
  out.append(digits.data(), end);
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

void append_labels(std::string& out, std::string_view labels) {
  if (labels.empty()) return;
  out += '{';
  out += labels;
  out += '}';
}

void append_count(std::string& out, const char* name, const char* suffix, std::string_view labels,
                  double value) {
  out += name;
  out += suffix;
  append_labels(out, labels);
  out += ' ';
  append_number(out, value);
  out += '\n';
}

const char* type_name(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Histogram:
      return "histogram";
  }
  return "untyped";
}

}  // namespace

std::string label_text(const MetricDef& metric, const LabelValues& values) {
  std::map<std::string_view, std::string_view> sorted;
  for (std::size_t i = 0; i < values.size(); ++i) sorted[metric.labels[i]] = values[i];
  std::string out;
  for (const auto& [name, value] : sorted) {
    if (!out.empty()) out += ',';
    out += name;
    out += "=\"";
    append_escaped(out, value);
    out += '"';
  }
  return out;
}

void append_head(std::string& out, const MetricDef& metric) {
  out += std::string("# HELP ") + metric.name + ' ' + metric.help + "\n# TYPE " + metric.name + ' ' +
         type_name(metric.type) + '\n';
}

void append_sample(std::string& out, const char* name, std::string_view labels, double value) {
  append_count(out, name, "", labels, value);
}

void append_histogram(std::string& out, const char* name, std::string_view labels,
                      const prometheus::ClientMetric& metric) {
  const std::string rest = labels.empty() ? "" : std::string(labels) + ',';
  for (const auto& bucket : metric.histogram.bucket) {
    out += name;
    out += "_bucket{";
    out += rest;
    out += "le=\"";
    append_number(out, bucket.upper_bound);
    out += "\"} ";
    append_number(out, static_cast<double>(bucket.cumulative_count));
    out += '\n';
  }
  append_count(out, name, "_sum", labels, metric.histogram.sample_sum);
  append_count(out, name, "_count", labels, static_cast<double>(metric.histogram.sample_count));
}

}  // namespace vpcp
