#include <gtest/gtest.h>

#include "controllers/host_follower.h"
#include "controllers/peering_controller.h"
#include "domain/status/summary.h"
#include "support/fake_log.h"
#include "support/fake_watch.h"
#include "support/fake_world.h"
#include "support/reference_scenario.h"

/// The process is told to end in the middle of a pass: what only looks ends at once, and nothing is said of
/// it.
namespace vpcp::testing {
namespace {

/// Tells the process to end as soon as a host is looked at, and answers as a shell that heeds it.
class StoppingShell : public HostShell {
 public:
  StoppingShell(HostShell& inner, std::stop_source& drain) : inner_(inner), drain_(drain) {}
  Result<Answer> run(const Context& ctx, const HostLogin& login, const Command& command) override {
    if (!armed) return inner_.run(ctx, login, command);
    drain_.request_stop();
    looked_on = !ctx.stopped();
    return Error{ErrorKind::Transient, "HostUnreachable", login.name + ": asked to stop", {}};
  }
  bool armed{false};
  bool looked_on{false};

 private:
  HostShell& inner_;
  std::stop_source& drain_;
};

class AProcessThatEnds : public ::testing::Test {
 protected:
  AProcessThatEnds() {
    ctx.drain = drain.get_token();
    ctx.stop = hard.get_token();
    world.store.declare(kReferenceKey, reference_spec());
  }
  std::string ready() {
    const auto object = world.store.get({}, kReferenceKey).value();
    const Condition* now = find_condition(object->status, condition::kReady);
    return now == nullptr ? "" : now->reason;
  }

  FakeWorld world;
  std::stop_source drain;
  std::stop_source hard;
  Context ctx;
  StoppingShell shell{world.hosts, drain};
  PeeringBoard board;
  std::shared_ptr<FakeLog> log = std::make_shared<FakeLog>();
  StreamBook streams{world.clock, world.metrics, Log(log)};
  PeeringController controller{{world.store, world.cloud, shell, world.metrics, world.clock, board, streams},
                               {Secret::copy_of("key")},
                               [](const ObjectKey&) {}};
};

TEST_F(AProcessThatEnds, LooksNoFurtherAndSaysNothing) {
  for (int pass = 0; pass < 40; ++pass) {
    ASSERT_TRUE(controller.reconcile(ctx, kReferenceKey).ok());
    world.clock.advance(seconds{5});
  }
  const std::string before = ready();
  ASSERT_NE(before, "");
  ASSERT_NE(before, "InstanceNotRunning") << "there is a host to look at";
  shell.armed = true;
  const auto ended = controller.reconcile(ctx, kReferenceKey);
  EXPECT_TRUE(drain.stop_requested());
  EXPECT_FALSE(shell.looked_on) << "the look is told to end with the process, not seconds later";
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().reason, "Stopping");
  EXPECT_EQ(ready(), before) << "a look that was cut short says nothing about a host";
}

}  // namespace
}  // namespace vpcp::testing
