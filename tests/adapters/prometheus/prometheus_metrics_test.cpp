#include "adapters/prometheus/prometheus_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace vpcp {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const MetricDef kPasses{"test_passes_total", MetricType::Counter, "Passes.", {"result"}};
const MetricDef kReady{"test_ready", MetricType::Gauge, "Readiness.", {"namespace", "name"}};
const MetricDef kProbes{"test_probes_total", MetricType::Counter, "Probes.", {"namespace", "name", "edge"}};
const MetricDef kSeconds{"test_seconds", MetricType::Histogram, "Length.", {}, {0.1, 1}};

TEST(PrometheusMetrics, CountersAddUpAndGaugesKeepTheLastValue) {
  PrometheusMetrics metrics;
  metrics.add(kPasses, {"ok"});
  metrics.add(kPasses, {"ok"}, 2);
  metrics.set(kReady, {"network", "a"}, 1);
  metrics.set(kReady, {"network", "a"}, 0);
  EXPECT_THAT(metrics.text(), HasSubstr("# HELP test_passes_total Passes.\n# TYPE test_passes_total counter\n"
                                        "test_passes_total{result=\"ok\"} 3\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("test_ready{name=\"a\",namespace=\"network\"} 0\n"));
}

TEST(PrometheusMetrics, AHistogramCountsInItsOwnBuckets) {
  PrometheusMetrics metrics;
  metrics.observe(kSeconds, {}, 0.05);
  metrics.observe(kSeconds, {}, 5);
  EXPECT_THAT(metrics.text(), HasSubstr("test_seconds_bucket{le=\"0.1\"} 1\n"
                                        "test_seconds_bucket{le=\"1\"} 1\n"
                                        "test_seconds_bucket{le=\"+Inf\"} 2\n"));
}

TEST(PrometheusMetrics, EveryAddedSeriesOfADeletedObjectDisappearsAndNoOther) {
  PrometheusMetrics metrics;
  for (const std::string name : {"a", "ab", "b"}) {
    metrics.set(kReady, {"network", name}, 1);
    metrics.add(kProbes, {"network", name, "x"});
    metrics.add(kProbes, {"network", name, "y"});
  }
  metrics.add(kPasses, {"network"});
  metrics.forget_object("network", "a");
  EXPECT_THAT(metrics.text(), Not(HasSubstr("name=\"a\"")));
  for (const char* rest :
       {"test_ready{name=\"ab\"", "test_probes_total{edge=\"x\",name=\"ab\"",
        "test_probes_total{edge=\"y\",name=\"b\"", "test_passes_total{result=\"network\"} 1"}) {
    EXPECT_THAT(metrics.text(), HasSubstr(rest));
  }
}

TEST(PrometheusMetrics, ValuesStayWithTheirSeriesWhileSeriesComeAndGoBetweenScrapes) {
  PrometheusMetrics metrics;
  metrics.set(kReady, {"network", "b"}, 2);
  metrics.set(kReady, {"network", "d"}, 4);
  const auto line = [](const std::string& name, int value) {
    return "test_ready{name=\"" + name + "\",namespace=\"network\"} " + std::to_string(value) + "\n";
  };
  EXPECT_THAT(metrics.text(), HasSubstr(line("b", 2) + line("d", 4)));
  metrics.set(kReady, {"network", "a"}, 1);
  metrics.set(kReady, {"network", "c"}, 3);
  EXPECT_THAT(metrics.text(), HasSubstr(line("a", 1) + line("b", 2) + line("c", 3) + line("d", 4)));
  metrics.forget(kReady, {"network", "b"});
  EXPECT_THAT(metrics.text(), HasSubstr(line("a", 1) + line("c", 3) + line("d", 4)));
  metrics.forget_object("network", "a");
  metrics.set(kReady, {"network", "d"}, 5);
  EXPECT_THAT(metrics.text(), HasSubstr(line("c", 3) + line("d", 5)));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("name=\"a\"")));
}

TEST(PrometheusMetrics, ASeriesThatWasForgottenStartsAnew) {
  PrometheusMetrics metrics;
  metrics.add(kPasses, {"ok"}, 7);
  metrics.forget(kPasses, {"ok"});
  metrics.forget(kPasses, {"never there"});
  EXPECT_THAT(metrics.text(), Not(HasSubstr("result=\"ok\"")));
  metrics.add(kPasses, {"ok"});
  EXPECT_THAT(metrics.text(), HasSubstr("test_passes_total{result=\"ok\"} 1\n"));
}

TEST(PrometheusMetrics, HostileLabelsStayInsideTheirQuotes) {
  PrometheusMetrics metrics;
  metrics.add(kPasses, {"a\"b\\c\nd"});
  EXPECT_THAT(metrics.text(), HasSubstr("{result=\"a\\\"b\\\\c\\nd\"} 1\n"));
}

TEST(PrometheusMetrics, DropsWhatHasTheWrongNumberOfLabelsOrTheWrongType) {
  PrometheusMetrics metrics;
  metrics.add(kPasses, {});
  metrics.add(kPasses, {"ok", "more"});
  metrics.add(kPasses, {"ok"});
  metrics.set(MetricDef{"test_passes_total", MetricType::Gauge, "Other.", {}}, {}, 5);
  EXPECT_THAT(metrics.text(),
              HasSubstr("# TYPE test_passes_total counter\ntest_passes_total{result=\"ok\"} 1\n"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("test_passes_total 5")));
}

TEST(PrometheusMetrics, TellsAboutTheProcess) {
  const std::string text = PrometheusMetrics().text();
  for (const char* name : {"process_resident_memory_bytes ", "process_cpu_seconds_total ",
                           "process_open_fds ", "process_start_time_seconds "}) {
    const std::size_t at = text.find(std::string("\n") + name);
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_GE(std::stod(text.substr(at + 1 + std::string(name).size())), 0) << name;
  }
}

TEST(PrometheusMetrics, ManyThreadsWriteForgetAndReadAtOnce) {
  PrometheusMetrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&metrics, name = std::to_string(i)] {
        for (int n = 0; n < 500; ++n) {
          metrics.add(kPasses, {"ok"});
          metrics.add(kProbes, {"network", name, "x"});
          metrics.observe(kSeconds, {}, 0.5);
          metrics.forget_object("network", name);
        }
      });
    }
    threads.emplace_back([&metrics] {
      for (int n = 0; n < 50; ++n) (void)metrics.text();
    });
  }
  EXPECT_THAT(metrics.text(), HasSubstr("test_passes_total{result=\"ok\"} 2000\n"));
  EXPECT_THAT(metrics.text(), Not(HasSubstr("name=")));
}

}  // namespace
}  // namespace vpcp
