#include "vpcp/runtime/leader_elector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_clock.h"
#include "vpcp/runtime/fenced_ports.h"

namespace vpcp {
namespace {

using testing::FakeClock;

/// A Lease in memory, with trouble on demand.
class FakeLease : public LeaseStore {
 public:
  Result<std::optional<LeaseRecord>> get(const Context&) override {
    before_look();
    if (down) return Error{ErrorKind::Transient, "NotSent", "no connection", {}};
    return lease;
  }
  Result<LeaseRecord> create(const Context& ctx, const LeaseRecord& record) override {
    if (lease) return Error{ErrorKind::Conflict, "AlreadyExists", "it exists", {}};
    return write(ctx, record);
  }
  Result<LeaseRecord> update(const Context& ctx, const LeaseRecord& record) override {
    if (!lease || lease->resource_version != record.resource_version)
      return Error{ErrorKind::Conflict, "ObjectChanged", "it has changed", {}};
    return write(ctx, record);
  }
  std::optional<LeaseRecord> lease;
  bool down{false};
  SteadyTime deadline{};  ///< Of the last write.
  std::function<void()> before_look{[] {}};
  std::function<void()> before_write{[] {}};

 private:
  Result<LeaseRecord> write(const Context& ctx, const LeaseRecord& record) {
    deadline = ctx.deadline;
    before_write();
    if (down) return Error{ErrorKind::Transient, "NotSent", "no connection", {}};
    lease = record;
    lease->resource_version = std::to_string(++versions_);
    return *lease;
  }
  int versions_{0};
};

class Electing : public ::testing::Test {
 protected:
  Electing() { ctx.stop = over.get_token(); }
  LeaderElector elector() {
    return {"me",
            terms,
            store,
            clock,
            fence,
            {[this] { told.emplace_back("elected"), on_elected(); }, [this] { told.emplace_back("lost"); },
             [] { return 0.0; }}};
  }
  FakeClock clock;
  ElectionTerms terms{seconds{15}, seconds{10}, milliseconds{1}, milliseconds{1}};
  FakeLease store;
  Fence fence{clock};
  std::vector<std::string> told;
  std::function<void()> on_elected{[] {}};
  std::stop_source over;
  Context ctx;
};

TEST_F(Electing, LeadsUntilItIsStoppedAndThenLetsAnotherBegin) {
  LeaderElector one = elector();
  on_elected = [&] { over.request_stop(); };
  EXPECT_FALSE(fence.pass().ok());
  one.run(ctx);
  EXPECT_THAT(told, ::testing::ElementsAre("elected"));
  EXPECT_EQ(fence.pass().value(), 0);
  EXPECT_EQ(store.lease->holder, "me");
  one.release({});
  EXPECT_EQ(store.lease->holder, "");
  EXPECT_FALSE(fence.pass().ok());
}

TEST_F(Electing, ALeaderThatCannotRenewStopsBeforeOthersBegin) {
  LeaderElector one = elector();
  on_elected = [&] { store.down = true; };
  int turns = 0;
  store.before_write = [&] {
    if (++turns > 1) clock.advance(seconds{1});
  };
  one.run(ctx);  // ends by itself
  EXPECT_THAT(told, ::testing::ElementsAre("elected", "lost"));
  EXPECT_FALSE(fence.pass().ok());
  EXPECT_EQ(clock.steady_now() - SteadyTime{hours{1}}, seconds{10});
  EXPECT_LE(store.deadline, SteadyTime{hours{1}} + seconds{10}) << "no request outlasts the reign";
  one.release({});
  EXPECT_EQ(store.lease->holder, "me") << "who has lost it has nothing to release";
}

TEST_F(Electing, TheFenceClosesByItselfWhileTheProcessStandsStill) {
  LeaderElector one = elector();
  on_elected = [&] { over.request_stop(); };
  one.run(ctx);
  clock.advance(seconds{10});
  EXPECT_EQ(fence.pass().error().reason, "NotLeader");
}

TEST_F(Electing, AProcessThatStoodStillTooLongDoesNotGoOnAsIfNothingHadBeen) {
  LeaderElector one = elector();
  on_elected = [&] { clock.advance(seconds{30}); };
  one.run(ctx);
  EXPECT_THAT(told, ::testing::ElementsAre("elected", "lost"));
  EXPECT_EQ(store.lease->transitions, 0) << "not taken again";
}

TEST_F(Electing, WaitsWhileAnotherLeads) {
  store.lease = LeaseRecord{"other", seconds{15}, {}, {}, 4, "0"};
  LeaderElector one = elector();
  int looks = 0;
  store.before_look = [&] {
    if (++looks == 5) over.request_stop();
  };
  one.run(ctx);
  EXPECT_TRUE(told.empty());
  EXPECT_EQ(store.lease->holder, "other");
  one.release({});
  EXPECT_EQ(store.lease->holder, "other");
}

/// Keeps what passed.
class Passed : public HttpClient, public HostShell {
 public:
  Result<HttpResponse> send(const Context&, const HttpRequest& request) override {
    agents.push_back(request.headers.at("User-Agent"));
    return HttpResponse{200, {}, ""};
  }
  Result<HttpResponse> stream_lines(const Context&, const HttpRequest&,
                                    const std::function<void(std::string_view)>&) override {
    return HttpResponse{200, {}, ""};
  }
  Result<Answer> run(const Context&, const HostLogin&, const Command& command) override {
    reigns.push_back(command.reign.value_or(-1));
    return Answer{};
  }
  std::vector<std::string> agents;
  std::vector<std::int64_t> reigns;  ///< Of the commands.
};

TEST(FencedPorts, LetEffectsThroughOnlyWhileLeadingAndNumberThem) {
  FakeClock clock;
  Fence fence(clock);
  Passed passed;
  FencedHttp http(passed, fence, "agent/1");
  FencedShell shell(passed, fence);
  Command command;
  command.argv = {"true"};
  const HttpRequest get{.method = "GET", .url = "x"};
  const HttpRequest post{.method = "POST", .url = "x"};
  EXPECT_TRUE(http.send({}, get).ok()) << "to look is no effect";
  const auto refused = http.send({}, post);
  EXPECT_EQ(refused.error().reason, "NotSent") << "surely not done";
  EXPECT_EQ(shell.run({}, {}, command).error().reason, "NotLeader");
  fence.open({7, clock.steady_now() + seconds{10}});
  EXPECT_TRUE(http.send({}, post).ok());
  EXPECT_TRUE(shell.run({}, {}, command).ok());
  clock.advance(seconds{10});
  EXPECT_FALSE(http.send({}, post).ok());
  EXPECT_FALSE(shell.run({}, {}, command).ok());
  EXPECT_THAT(passed.agents, ::testing::ElementsAre("agent/1", "agent/1 transition=7"));
  EXPECT_THAT(passed.reigns, ::testing::ElementsAre(7));
}

}  // namespace
}  // namespace vpcp
