#include "domain/retry_policy.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace vpcp {

void PrintTo(const Verdict& verdict, std::ostream* out) {
  *out << "{again " << (verdict.again ? std::to_string(verdict.again->count()) + " ms" : "never")
       << ", level " << static_cast<int>(verdict.level) << "}";
}

namespace {

using namespace std::chrono_literals;

ReconcileResult error(ErrorKind kind, std::optional<milliseconds> retry_after = std::nullopt) {
  return Error{kind, "Reason", "message", retry_after};
}

struct Row {
  std::string name;
  ReconcileResult result;
  int attempts;
  double random01;
  Verdict expected;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class RetryPolicy : public ::testing::TestWithParam<Row> {};
TEST_P(RetryPolicy, Judges) {
  const Row& row = GetParam();
  EXPECT_EQ(judge(row.result, row.attempts, row.random01), row.expected);
}

const std::vector<Row> kRows{
    {"ASuccessRunsAgainWhenItAsksTo", Requeue{30s}, 0, 0.5, {30s, LogLevel::Debug}},
    {"ASuccessThatAsksForNothingWaitsForAChange", Requeue{}, 0, 0.5, {std::nullopt, LogLevel::Debug}},
    {"TransientBeginsAtASecond", error(ErrorKind::Transient), 1, 0, {1s, LogLevel::Info}},
    {"TransientDoubles", error(ErrorKind::Transient), 4, 0, {8s, LogLevel::Info}},
    {"TransientIsWarnedAboutWhenItLasts", error(ErrorKind::Transient), 5, 0, {16s, LogLevel::Warn}},
    {"TransientEndsAtFiveMinutes", error(ErrorKind::Transient), 1000, 0, {5min, LogLevel::Warn}},
    {"TransientIsSpreadByAQuarter", error(ErrorKind::Transient), 1, 0.5, {875ms, LogLevel::Info}},
    {"TransientWaitsAsLongAsItWasAskedTo", error(ErrorKind::Transient, 20s), 1, 0, {20s, LogLevel::Info}},
    {"ThrottledWaitsAsLongAsItWasAskedTo", error(ErrorKind::Throttled, 12s), 1, 0, {12s, LogLevel::Info}},
    {"ThrottledIsSpreadUpwards", error(ErrorKind::Throttled, 12s), 1, 0.5, {13500ms, LogLevel::Info}},
    {"ThrottledWithoutATimeWaitsFiveSeconds", error(ErrorKind::Throttled), 1, 0, {5s, LogLevel::Info}},
    {"ThrottledNeverRetriesAtOnce", error(ErrorKind::Throttled, 0s), 1, 0, {1s, LogLevel::Info}},
    {"ConflictLooksAgainSoon", error(ErrorKind::Conflict), 1, 0.9, {2s, LogLevel::Info}},
    {"ConflictGrows", error(ErrorKind::Conflict), 3, 0.9, {8s, LogLevel::Info}},
    {"ConflictEndsAtHalfAMinute", error(ErrorKind::Conflict), 99, 0.9, {30s, LogLevel::Warn}},
    {"InvalidWaitsForANewSpec", error(ErrorKind::Invalid), 1, 0.9, {10min, LogLevel::Warn}},
    {"InvalidDoesNotGrow", error(ErrorKind::Invalid), 50, 0.9, {10min, LogLevel::Warn}},
    {"DeniedBeginsAtAMinute", error(ErrorKind::Denied), 1, 0, {1min, LogLevel::Error}},
    {"DeniedGrows", error(ErrorKind::Denied), 3, 0, {4min, LogLevel::Error}},
    {"DeniedEndsAtFiveMinutes", error(ErrorKind::Denied), 9, 0, {5min, LogLevel::Error}},
    {"DeniedIsSpread", error(ErrorKind::Denied), 1, 0.8, {48s, LogLevel::Error}},
};
INSTANTIATE_TEST_SUITE_P(All, RetryPolicy, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace vpcp
