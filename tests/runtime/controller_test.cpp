#include "vpcp/runtime/controller.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "support/effects.h"
#include "support/fake_clock.h"
#include "support/fake_log.h"
#include "support/fake_metrics.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

using namespace std::chrono_literals;
using testing::FakeClock;
using testing::FakeLog;
using testing::FakeMetrics;

const ObjectKey key{"default", "ams-blr"};
const Error refused{ErrorKind::Denied, "ApiKeyRefused", "the cloud does not accept the API key"};

/// Ten seconds for each failed pass in a row.
Verdict patient(const ReconcileResult& result, int attempts) {
  if (result.ok()) return {result->after, LogLevel::Debug};
  return {seconds{10} * attempts, LogLevel::Error};
}

class ControllerTest : public ::testing::Test {
 protected:
  /// Runs passes until no key is ready.
  void work(Reconcile reconcile) {
    if (!controller_) {
      controller_ = std::make_unique<Controller>(
          ControllerOptions{"peering", 2, 15min},
          [this](const Context& c, const ObjectKey& k) { return now_(c, k); }, patient, queue,
          ControllerEnvironment{clock, metrics, Log(log)});
    }
    now_ = std::move(reconcile);
    while (controller_->work_once({}, {})) {
    }
  }
  /// How long the key still waits; absent when it does not.
  [[nodiscard]] std::optional<milliseconds> wait() const {
    const auto next = queue.next_ready();
    if (!next) return std::nullopt;
    return std::chrono::duration_cast<milliseconds>(*next - clock.steady_now());
  }

  FakeClock clock;
  FakeMetrics metrics;
  std::shared_ptr<FakeLog> log = std::make_shared<FakeLog>();
  WorkQueue queue{clock};

 private:
  Reconcile now_;
  std::unique_ptr<Controller> controller_;
};

TEST_F(ControllerTest, APassThatAsksForAnotherGetsItAfterItsDelay) {
  queue.add(key);
  work([](auto&, auto&) -> ReconcileResult { return Requeue{30s}; });
  EXPECT_EQ(wait(), 30s);
  EXPECT_EQ(metrics.value_of(metric::kReconciles, {"peering", "success"}), 1);
  EXPECT_TRUE(log->lines().empty()) << "an idle pass is not worth a line";
}

TEST_F(ControllerTest, APassThatAsksForNothingIsOver) {
  queue.add(key);
  work([](auto&, auto&) -> ReconcileResult { return Requeue{}; });
  EXPECT_EQ(wait(), std::nullopt);
}

TEST_F(ControllerTest, AnErrorIsLoggedOnceCountedAndTriedAgainAsJudged) {
  queue.add(key);
  work([](auto&, auto&) -> ReconcileResult { return refused; });
  EXPECT_EQ(wait(), 10s);
  EXPECT_EQ(metrics.value_of(metric::kReconciles, {"peering", "denied"}), 1);
  ASSERT_EQ(log->lines().size(), 1u);
  const FakeLog::Line line = log->lines()[0];
  EXPECT_EQ(line.level, LogLevel::Error);
  EXPECT_EQ(line.field("reason"), "ApiKeyRefused");
  EXPECT_EQ(line.field("object"), "default/ams-blr");
}

TEST_F(ControllerTest, AttemptsCountFailuresInARowOnly) {
  const auto fail = [](auto&, auto&) -> ReconcileResult { return refused; };
  queue.add(key);
  work(fail);
  queue.add(key);
  work(fail);
  EXPECT_EQ(wait(), 20s);
  clock.advance(20s);
  work(fail);
  EXPECT_EQ(wait(), 30s);
  clock.advance(30s);
  work([](auto&, auto&) -> ReconcileResult { return Requeue{}; });
  queue.add(key);
  work(fail);
  EXPECT_EQ(wait(), 10s) << "a success in between begins the count anew";
}

TEST_F(ControllerTest, AnExceptionIsABugThatCostsNothingButThePass) {
  queue.add(key);
  work([](auto&, auto&) -> ReconcileResult { throw std::logic_error("api key 12345"); });
  EXPECT_EQ(wait(), 10s);
  EXPECT_EQ(metrics.value_of(metric::kReconciles, {"peering", "exception"}), 1);
  for (const FakeLog::Line& line : log->lines()) {
    for (const LogField& field : line.fields)
      EXPECT_EQ(line.field(field.key).find("12345"), std::string::npos);
  }
}

TEST_F(ControllerTest, ASimulatedDeathIsNotHeldBack) {
  queue.add(key);
  EXPECT_THROW(work([](auto&, auto&) -> ReconcileResult { throw testing::CrashNow{"here"}; }),
               testing::CrashNow);
}

TEST_F(ControllerTest, APassHasADeadlineAndItsLengthIsMeasured) {
  queue.add(key);
  work([&](const Context& ctx, auto&) -> ReconcileResult {
    EXPECT_EQ(ctx.deadline, clock.steady_now() + 15min);
    clock.advance(2500ms);
    return Requeue{};
  });
  EXPECT_EQ(metrics.observed(metric::kReconcileSeconds, {"peering"}), std::vector<double>{2.5});
}

TEST_F(ControllerTest, TheQueueIsMeasured) {
  queue.add(key);
  queue.add({"default", "other"});
  std::vector<double> depths;
  work([&](auto&, auto&) -> ReconcileResult {
    clock.advance(1s);
    return Requeue{};
  });
  EXPECT_EQ(metrics.value_of(metric::kQueueDepth, {"peering"}), 0);
  EXPECT_TRUE(metrics.exists(metric::kQueueOldest, {"peering"}));
}

}  // namespace
}  // namespace vpcp
