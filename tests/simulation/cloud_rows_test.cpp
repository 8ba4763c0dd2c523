#include <gtest/gtest.h>

#include <algorithm>

#include "simulation/crash_points.h"
#include "support/cloud_faults.h"

/// Rows of docs/drift.md about the cloud that take instances or their network away: what is made anew, what
/// only waits for a person, and that nothing is made twice, whenever the process dies.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

const std::vector<const char*> kLabels{"Gateway-A", "Gateway-B", "App-Server", "DB-Server"};

struct CloudRow {
  std::string name;
  std::string label;  ///< Of the instance that it is done to.
  std::function<void(CloudWorld&, const InstanceId&, SystemTime)> happens;
  std::string what;  ///< As status.drift names it; empty where it is a reason not to repair.
  std::string where;
  std::vector<std::string> replaced;  ///< These instances are others in the end.
  std::string refused;                ///< The reason that a server waits for a person.
  std::string server;                 ///< Which one.
  std::function<bool(CloudWorld&, const InstanceId&, SystemTime)> helps;  ///< The person.
};
void PrintTo(const CloudRow& row, std::ostream* out) {
  *out << row.name;
}

void halt(CloudWorld& world, const InstanceId& id, SystemTime /*now*/) {
  world.machines.at(id).facts.power = PowerState::Stopped;
}
void detach(CloudWorld& world, const InstanceId& id, SystemTime now) {
  world.detach_instance(id, now);
}
void take_away(CloudWorld& world, const InstanceId& id, SystemTime now) {
  (void)world.delete_instance(id, now);
}
bool delete_it(CloudWorld& world, const InstanceId& id, SystemTime now) {
  return world.delete_instance(id, now).ok();
}
bool attach_it(CloudWorld& world, const InstanceId& id, SystemTime /*now*/) {
  return attach_again(world, id);
}

const std::vector<CloudRow> kRows{
    {"AServerIsHalted", "App-Server", halt, "InstanceStopped", "amsterdam/app-server", {}, "", "", {}},
    {"AServerWithoutPublicAddressIsHalted",
     "DB-Server",
     halt,
     "InstanceStopped",
     "bangalore/db-server",
     {},
     "",
     "",
     {}},
    {"AServerIsDeleted",
     "App-Server",
     take_away,
     "InstanceMissing",
     "amsterdam/app-server",
     {"App-Server"},
     "",
     "",
     {}},
    {"AGatewayIsDetached",
     "Gateway-A",
     detach,
     "InstanceDetached",
     "amsterdam/gateway-0",
     {"Gateway-A"},
     "",
     "",
     {}},
    {"AServerIsDetached", "App-Server", detach, "", "", {}, "ServerDetached", "App-Server", attach_it},
    {"AVpcIsDeleted",
     "Gateway-B",
     delete_vpc_of,
     "VpcMissing",
     "bangalore",
     {"Gateway-B", "DB-Server"},
     "ServerDetached",
     "DB-Server",
     delete_it},
};

/// A peering that works, and what is done to it.
struct Story {
  explicit Story(const CloudRow& its_row) : row(its_row) {}

  void begin() {
    sim.declare(reference_spec());
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(2min);
    for (const char* label : kLabels) before[label] = sim.world.instance(label);
    sim.world.effects.forget();
  }
  void strike() {
    const InstanceId id = sim.world.instance(row.label);
    sim.world.cloud.world([&](CloudWorld& world) { row.happens(world, id, sim.world.clock.now()); });
  }
  void help() {
    if (!row.helps) return;
    const InstanceId id = sim.world.instance(row.server);
    EXPECT_TRUE(sim.world.cloud.world(
        [&](CloudWorld& world) { return row.helps(world, id, sim.world.clock.now()); }));
    if (sim.world.exists(id)) sim.world.hosts.reboot(id);
  }
  std::optional<DriftEntry> drift(const std::string& what, const std::string& where) {
    const PeeringStatus status = sim.world.store.object(kReferenceKey)->status;
    for (const DriftEntry& entry : status.drift) {
      if (entry.what == what && entry.where == where) return entry;
    }
    return std::nullopt;
  }
  /// Some condition names the reason.
  bool says(const std::string& reason) {
    const PeeringStatus status = sim.world.store.object(kReferenceKey)->status;
    return std::ranges::any_of(status.conditions, [&](const Condition& c) { return c.reason == reason; });
  }
  std::size_t done(const std::string& operation) {
    const auto effects = sim.world.effects.done();
    return static_cast<std::size_t>(std::ranges::count_if(
        effects, [&](const std::string& effect) { return effect.starts_with("cloud: " + operation); }));
  }
  void expect_no_twin() {
    for (const char* label : kLabels) EXPECT_EQ(sim.world.count(label), 1U) << label;
    const CloudSnapshot all = sim.world.cloud.everything();
    EXPECT_EQ(all.vpcs.size(), 2U);
    EXPECT_EQ(all.firewall_groups.size(), 3U);
  }
  void expect_no_orphan() {
    sim.remove();
    EXPECT_TRUE(sim.run_until([&] { return sim.gone(); }, 30min)) << sim.story();
  }

  const CloudRow& row;
  Simulation sim;
  std::map<std::string, InstanceId> before;
};

class CloudRows : public ::testing::TestWithParam<CloudRow> {};
INSTANTIATE_TEST_SUITE_P(All, CloudRows, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

TEST_P(CloudRows, AreSeenUnderTheirNamesAndPutRightWithoutTwinOrOrphan) {
  const CloudRow& row = GetParam();
  Story story(row);
  Simulation& sim = story.sim;
  story.begin();
  ASSERT_FALSE(::testing::Test::HasFailure());
  story.strike();
  ASSERT_FALSE(sim.peered()) << "the fault must be one";
  if (!row.what.empty()) {
    EXPECT_TRUE(sim.run_until([&] { return story.drift(row.what, row.where).has_value(); }, 1min))
        << sim.story();
  }
  if (!row.refused.empty()) {
    EXPECT_TRUE(sim.run_until([&] { return story.says(row.refused); }, 5min)) << sim.story();
    sim.run_for(10min);
    EXPECT_TRUE(story.says(row.refused)) << sim.story();
    EXPECT_EQ(sim.world.instance(row.server), story.before[row.server]) << "its data would be lost";
    story.help();
  }
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 15min)) << sim.story();
  sim.run_for(2min);
  if (!row.what.empty()) {
    const auto entry = story.drift(row.what, row.where);
    EXPECT_TRUE(entry && entry->repaired_at);
  }
  for (const char* label : kLabels) {
    const bool replaced = std::ranges::find(row.replaced, label) != row.replaced.end();
    EXPECT_EQ(sim.world.instance(label) != story.before[label], replaced) << label;
  }
  EXPECT_EQ(story.done("create-instance"), row.replaced.size());
  EXPECT_EQ(story.done("create-vpc"), row.what == "VpcMissing" ? 1U : 0U);
  story.expect_no_twin();
  story.expect_no_orphan();
}

/// One answer without the attachment is no proof that it is gone.
class DetachedGateway : public ::testing::Test {
 protected:
  void SetUp() override {
    story.begin();
    story.strike();
  }
  Story story{*std::ranges::find(kRows, "AGatewayIsDetached", &CloudRow::name)};
  Simulation& sim{story.sim};
};
TEST_F(DetachedGateway, IsReplacedAfterHalfAMinuteAndNotBefore) {
  sim.run_for(29s);
  EXPECT_TRUE(sim.world.exists(story.before["Gateway-A"]));
  EXPECT_TRUE(sim.run_until([&] { return !sim.world.exists(story.before["Gateway-A"]); }, 20s))
      << "a poll of the cloud and half a minute: " << sim.story();
}
TEST_F(DetachedGateway, ThatIsAttachedInTimeIsKept) {
  sim.run_for(25s);
  const InstanceId id = story.before["Gateway-A"];
  sim.world.cloud.world([&](CloudWorld& world) { attach_again(world, id); });
  sim.world.hosts.reboot(id);
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 3min)) << sim.story();
  EXPECT_TRUE(sim.world.exists(id));
  EXPECT_EQ(story.done("delete-instance"), 0U);
}

struct DeathIn {
  Moment moment;
  CloudRow row;
};
void PrintTo(const DeathIn& death, std::ostream* out) {
  *out << death.row.name << name_of(death.moment);
}
std::vector<DeathIn> all_deaths() {
  std::vector<DeathIn> all;
  for (const Moment moment : {Moment::Before, Moment::After}) {
    for (const CloudRow& row : kRows) all.push_back({moment, row});
  }
  return all;
}

class DeathInCloudRows : public ::testing::TestWithParam<DeathIn> {};
INSTANTIATE_TEST_SUITE_P(All, DeathInCloudRows, ::testing::ValuesIn(all_deaths()), [](const auto& death) {
  return death.param.row.name + name_of(death.param.moment);
});

/// In one world, one strike after the other, each with a death further on in its repair. A long one takes a
/// while, so that only every seventeenth effect is died at; random schedules meet the others.
TEST_P(DeathInCloudRows, IsMadeGood) {
  Story story(GetParam().row);
  Simulation& sim = story.sim;
  story.begin();
  ASSERT_FALSE(::testing::Test::HasFailure());
  const bool is_long = !story.row.replaced.empty() || !story.row.refused.empty();
  for (std::size_t at = 1;; at += (is_long ? 17 : 1) * kDeaths.share) {
    SCOPED_TRACE("effect " + std::to_string(at));
    const int deaths = sim.deaths();
    sim.world.effects.forget();
    sim.crash_at(at, GetParam().moment);
    story.strike();
    if (!story.row.refused.empty()) {
      sim.run_for(5min);
      story.help();
    }
    sim.run_until([&] { return !sim.peered(); }, 2min);
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); }, 30min)) << sim.story();
    story.expect_no_twin();
    EXPECT_EQ(story.done("create-instance"), story.row.replaced.size()) << sim.story();
    ASSERT_FALSE(::testing::Test::HasFailure());
    sim.run_for(3min);  // more often would be a fight
    if (sim.deaths() == deaths) break;
  }
  EXPECT_GT(sim.deaths(), 0) << "no effect to die at";
  sim.crash_at(0, GetParam().moment);
  story.expect_no_orphan();
}

}  // namespace
}  // namespace vpcp::testing
