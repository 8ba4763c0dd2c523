// docs/metrics.md is made from the list of metrics; this test makes it anew and compares.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

const std::string kDoc = VPCP_SOURCE_DIR "/docs/metrics.md";
const std::string kList = VPCP_SOURCE_DIR "/include/vpcp/ports/metric_list.h";

struct LabelDoc {
  const char* name;
  const char* values;
  const char* bound;  ///< As a factor of the number of series.
};

/// Every label, what it can be, and how many of it there are.
const std::vector<LabelDoc> kLabels{
    {"namespace", "of the object", ""},
    {"name", "of the object", "P"},
    {"site", "name of a site of the object", "S"},
    {"from", "name of a site; an edge's two sites are in alphabetical order, but for bytes", ""},
    {"to", "name of a site", "E"},
    {"condition", "type of a condition of the object ([reference/conditions.md](reference/conditions.md))",
     "C"},
    {"status", "`True`, `False`, `Unknown`", "3"},
    {"kind", "kind of drift, as in the status' ledger; of a hint, what changed", "K"},
    {"state", "`alive`, `lost`", "2"},
    {"result",
     "`success` or `ok`, or what went wrong: `transient`, `throttled`, `conflict`, `invalid`, `denied`, "
     "`exception`; of the cloud also `key_refused`, "
     "`not_permitted`, `not_found`; of a repair `done`; of SSH `Connected` or the reason of an error",
     "R"},
    {"controller", "`peering` (acts), `health` (looks), `path` (measures)", "3"},
    {"operation", "a request that we make of the cloud's API: `list-vpcs`, `create-instance`, …", "O"},
    {"type", "`vpc`, `instance`, `firewall_group`", "3"},
    {"version", "of the program", "1"},
};

const LabelDoc* find_label(const std::string& name) {
  const auto found =
      std::find_if(kLabels.begin(), kLabels.end(), [&](const LabelDoc& label) { return label.name == name; });
  return found == kLabels.end() ? nullptr : &*found;
}

/// S and E count over all objects, so that P is not multiplied in.
std::string bound_of(const MetricDef& metric) {
  std::vector<std::string> factors;
  for (const char* name : metric.labels) {
    const std::string bound = find_label(name)->bound;
    if (bound == "S" || bound == "E") std::erase(factors, "P");
    if (!bound.empty()) factors.push_back(bound);
  }
  if (metric.type == MetricType::Histogram) factors.push_back(std::to_string(metric.buckets.size() + 3));
  std::string text;
  for (const std::string& factor : factors) text += (text.empty() ? "" : " × ") + factor;
  return text.empty() ? "1" : text;
}

const char* type_of(const MetricDef& metric) {
  switch (metric.type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Histogram:
      return "histogram";
  }
  return "";
}

constexpr const char* kHead = R"(# Metrics

Made from `include/vpcp/ports/metric_list.h`; after a change there: `docs/metrics.sh`.
Served at `/metrics`, beside `process_*`. Alert rules and a dashboard that use them: [deploy/monitoring](../deploy/monitoring/README.md).

| metric | type | labels | series at most | what |
| --- | --- | --- | --- | --- |
)";

constexpr const char* kBounds = R"(
## How many series there are

P peerings, S sites and E edges, over all objects (an edge is counted once for each direction of its bytes); C conditions (under 10), K kinds of drift (under 50), O operations and R
results (under 30 each). A histogram has a series for each bucket and three more. Label values come from specs that were accepted and from lists
in the code, never from what hosts or the cloud say. Series of an object go with the object, those of a site or an edge when it leaves the
spec. A peering of two sites has about 90 series; a full mesh of 64, the most that is accepted, about 60 000.

## Labels

| label | values |
| --- | --- |
)";

std::string rendered() {
  std::ostringstream out;
  out << kHead;
  for (const MetricDef* metric : metric::all()) {
    out << "| `" << metric->name << "` | " << type_of(*metric) << " | ";
    for (std::size_t i = 0; i < metric->labels.size(); ++i)
      out << (i == 0 ? "`" : ", `") << metric->labels[i] << '`';
    out << " | " << bound_of(*metric) << " | " << metric->help << " |\n";
  }
  out << kBounds;
  for (const LabelDoc& label : kLabels) out << "| `" << label.name << "` | " << label.values << " |\n";
  return out.str();
}

std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(MetricsDoc, TheListOfAllLeavesNoneOut) {
  const std::string text = file_text(kList);
  std::size_t declared = 0;
  for (std::size_t at = 0; (at = text.find("inline const MetricDef k", at)) != std::string::npos; ++at)
    ++declared;
  EXPECT_EQ(metric::all().size(), declared) << "add it to metric::all()";
}

TEST(MetricsDoc, EveryLabelIsExplained) {
  for (const MetricDef* metric : metric::all()) {
    for (const char* label : metric->labels)
      EXPECT_NE(find_label(label), nullptr) << metric->name << ": add " << label << " to kLabels";
  }
}

TEST(MetricsDoc, TheDocumentIsCurrent) {
  if (std::getenv("VPCP_UPDATE_DOCS") != nullptr) std::ofstream(kDoc, std::ios::binary) << rendered();
  EXPECT_EQ(file_text(kDoc), rendered()) << "run docs/metrics.sh";
}

}  // namespace
}  // namespace vpcp
