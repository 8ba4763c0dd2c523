#include "controllers/orphan_count.h"

#include <gtest/gtest.h>

#include "support/fake_world.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::testing {
namespace {

constexpr const char* kGroups = "firewall_group";

/// A cloud with so many firewall groups whose mark belongs to no object.
CloudSnapshot cloud_with(int orphans) {
  CloudSnapshot cloud;
  for (int i = 0; i < orphans; ++i) {
    FirewallGroup group;
    group.id = {"group-" + std::to_string(i)};
    group.description = "vpcp-" + fake_uid(99) + "/x/gateway-" + std::to_string(i);
    cloud.firewall_groups.push_back(group);
  }
  return cloud;
}

/// Accounts are told apart by their providers: a rotated key makes another one of the same account.
TEST(OrphanCount, ForgetsAnAccountThatIsNoLongerUsed) {
  FakeWorld world;
  FakeCloud second{world.clock, world.effects};
  OrphanCount count(world.store, world.metrics, world.clock);
  const auto total = [&] { return world.metrics.value_of(metric::kOrphanedResources, {kGroups}); };
  count.count({}, &world.cloud, cloud_with(2));
  count.count({}, &second, cloud_with(1));
  EXPECT_EQ(total(), 3) << "both are used";
  for (int minute = 0; minute < 5; ++minute) {
    world.clock.advance(minutes{1});
    count.count({}, &second, cloud_with(1));
  }
  EXPECT_EQ(total(), 1) << "the first has not been shown for minutes";
}

}  // namespace
}  // namespace vpcp::testing
