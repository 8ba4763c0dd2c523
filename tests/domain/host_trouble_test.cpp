#include "domain/host/clock_check.h"
#include "domain/host/command_failure.h"
#include "domain/host_samples.h"

/// What a person is told about a host.
namespace vpcp::testing {
namespace {

struct ClockRow {
  const char* name;
  seconds off;
  const char* found;
};
class ClockOf : public ::testing::TestWithParam<ClockRow> {};

TEST_P(ClockOf, IsReported) {
  HostFacts facts = any_host();
  const SystemTime now{facts.clock};
  facts.clock += GetParam().off;
  const auto report = clock_report(facts, now, "lane");
  EXPECT_EQ(report ? report->why : "", GetParam().found);
  EXPECT_FALSE(report && std::get<Advise>(report->action).breaks);
}

const ClockRow kClockRows[] = {
    {"Right", seconds{0}, ""},
    {"SlowLook", seconds{-119}, ""},
    {"Ahead", seconds{121}, "the host's clock is 2 min ahead"},
    {"BehindByHours", seconds{-3 * 3600 - 90}, "the host's clock is 3 h 1 min behind"},
};
INSTANTIATE_TEST_SUITE_P(Table, ClockOf, ::testing::ValuesIn(kClockRows),
                         [](const auto& row) { return row.param.name; });

struct FailureRow {
  const char* name;
  int status;
  const char* reason;
  bool stops;
};
class FailureOf : public ::testing::TestWithParam<FailureRow> {};

TEST_P(FailureOf, SaysWhatToDo) {
  const Error error = command_failure("Write a file", {GetParam().status, "", "sh: said so"});
  EXPECT_EQ(error.reason, GetParam().reason);
  EXPECT_EQ(stops_lane(error), GetParam().stops);
  EXPECT_NE(error.message.find("said so"), std::string::npos);
}

const FailureRow kFailureRows[] = {
    {"Anything", 1, "CommandFailed", true},
    {"NotFound", 127, "CommandFailed", true},
    {"Immutable", 91, "HostFileImmutable", false},
    {"Full", 92, "HostDiskFull", false},
    {"ReadOnly", 93, "HostFileSystemReadOnly", false},
};
INSTANTIATE_TEST_SUITE_P(Table, FailureOf, ::testing::ValuesIn(kFailureRows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp::testing
