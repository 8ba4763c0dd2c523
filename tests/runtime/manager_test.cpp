#include "vpcp/runtime/manager.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

#include "support/effects.h"
#include "support/fake_clock.h"
#include "support/fake_log.h"
#include "support/fake_metrics.h"
#include "support/fake_store.h"

namespace vpcp {
namespace {

using namespace std::chrono_literals;

/// Far more than any of these tests needs: reached only when something hangs.
constexpr seconds kPatience{20};
const ObjectKey key{"default", "ams-blr"};

/// Passes as they begin, to be waited for.
class Passes {
 public:
  void begin(const ObjectKey& k) {
    begun_.with([&](auto& begun) { begun.push_back(k); });
    changed_.notify_all();
  }
  [[nodiscard]] bool wait_for(std::size_t count) {
    return begun_.with_lock([&](auto& lock, auto& begun) {
      return changed_.wait_for(lock, kPatience, [&] { return begun.size() >= count; });
    });
  }

 private:
  Guarded<std::vector<ObjectKey>> begun_;
  std::condition_variable_any changed_;
};

class ManagerTest : public ::testing::Test {
 protected:
  void start(Reconcile reconcile, milliseconds grace = kPatience) {
    controller_ = std::make_unique<Controller>(
        ControllerOptions{"peering", 2, 15min}, std::move(reconcile),
        [](const ReconcileResult& result, int) {
          return result.ok() ? Verdict{result->after, LogLevel::Debug} : Verdict{1h, LogLevel::Error};
        },
        queue_, ControllerEnvironment{system_clock(), metrics_, Log(log)});
    manager_ = std::make_unique<Manager>(ManagerOptions{grace, 1ms, 10ms}, store, Log(log));
    manager_->add(*controller_);
    ended_ = std::async(std::launch::async, [this] { manager_->run(stop.get_token()); });
  }
  [[nodiscard]] bool ends() { return ended_.wait_for(kPatience) == std::future_status::ready; }
  ~ManagerTest() override { stop.request_stop(); }

  testing::Effects effects;
  testing::FakeStore store{system_clock(), effects};
  std::shared_ptr<testing::FakeLog> log = std::make_shared<testing::FakeLog>();
  Passes passes;
  std::stop_source stop;

 private:
  testing::FakeMetrics metrics_;
  WorkQueue queue_{system_clock()};
  std::unique_ptr<Controller> controller_;
  std::unique_ptr<Manager> manager_;
  std::future<void> ended_;
};

TEST_F(ManagerTest, EveryObjectThatExistsAndEveryChangeGetsAPass) {
  store.declare(key, {});
  start([&](auto&, const ObjectKey& k) -> ReconcileResult {
    passes.begin(k);
    return Requeue{};
  });
  ASSERT_TRUE(passes.wait_for(1));
  PeeringSpec changed;
  changed.suspend = true;
  store.declare(key, changed);
  EXPECT_TRUE(passes.wait_for(2));
  stop.request_stop();
  EXPECT_TRUE(ends());
}

TEST_F(ManagerTest, AFailedWatchIsStartedAgain) {
  store.faults.add({"watch", {ErrorKind::Transient, "WatchEnded", "broken"}, false, 2});
  store.declare(key, {});
  start([&](auto&, const ObjectKey& k) -> ReconcileResult {
    passes.begin(k);
    return Requeue{};
  });
  ASSERT_TRUE(passes.wait_for(1));
  store.end_watch();
  EXPECT_TRUE(passes.wait_for(2)) << "the new watch begins with every object";
  stop.request_stop();
  EXPECT_TRUE(ends());
}

TEST_F(ManagerTest, APassInHandMayFinishWhenTheProcessEnds) {
  std::promise<void> released;
  std::atomic<bool> told_to_give_up{false};
  std::atomic<bool> finished{false};
  store.declare(key, {});
  start([&, release = released.get_future().share()](const Context& ctx,
                                                     const ObjectKey& k) -> ReconcileResult {
    passes.begin(k);
    release.wait();
    told_to_give_up = ctx.stopped();
    finished = ctx.draining();
    return Requeue{};
  });
  ASSERT_TRUE(passes.wait_for(1));
  stop.request_stop();
  released.set_value();
  EXPECT_TRUE(ends());
  EXPECT_TRUE(finished) << "it saw that nothing new shall begin";
  EXPECT_FALSE(told_to_give_up);
}

TEST_F(ManagerTest, APassThatOutlastsTheGraceIsToldToGiveUp) {
  store.declare(key, {});
  start(
      [&](const Context& ctx, const ObjectKey& k) -> ReconcileResult {
        passes.begin(k);
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any never;
        never.wait(lock, ctx.stop, [] { return false; });
        return Error{ErrorKind::Transient, "HostUnreachable", "given up"};
      },
      20ms);
  ASSERT_TRUE(passes.wait_for(1));
  stop.request_stop();
  EXPECT_TRUE(ends());
  for (const auto& line : log->lines())
    EXPECT_NE(line.message, "Pass failed") << "what the end cut short is no failure";
}

}  // namespace
}  // namespace vpcp
