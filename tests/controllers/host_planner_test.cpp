#include "controllers/host_planner.h"

#include <gtest/gtest.h>

#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

constexpr int kServers = 200;  // more than one thread takes at once, and the last part is not whole

std::string text_of(const std::optional<HostPlan>& plan) {
  if (!plan) return "not known";
  std::string text = plan->waiting_for;
  for (const Step& step : plan->steps) text += step.lane + ": " + step.summary + "; ";
  return text;
}

/// A site whose every seventh server lacks its routes, and whose every fiftieth is not made yet.
class ManyServers : public ::testing::Test {
 protected:
  ManyServers() {
    spec.tunnel.cidr = net("10.10.0.0/24");
    LaidSite site;
    site.name = "ams";
    site.vpc = std::make_shared<Vpc>(Vpc{{"vpc"}, "ams", "", net("172.16.1.0/24"), {}, {}});
    site.reachable = {net("172.16.2.0/24")};
    site.gateways = {host("gateway-0", 3)};
    for (int i = 0; i < kServers; ++i) {
      site.servers.push_back(host("server-" + std::to_string(i), 4 + static_cast<unsigned>(i)));
      if (i % 50 == 49) site.servers.back().instance = nullptr;
      facts.push_back(healthy_server());
      facts.back().links[1].addresses = {{net("172.16.1.0/24").at(4 + static_cast<unsigned>(i)), 24}};
      if (i % 7 == 0) facts.back().routes.clear();
    }
    layout.mark = "uid-of-this";
    layout.sites = {site};
    layout.site_index = {{"ams", 0}};
  }
  static LaidHost host(const std::string& name, unsigned number) {
    LaidHost made;
    made.lane = "ams/" + name;
    made.site = "ams";
    made.name = name;
    Instance instance;
    instance.vpcs = {{{"vpc"}, net("172.16.1.0/24").at(number)}};
    made.instance = std::make_shared<Instance>(instance);
    return made;
  }

  PeeringSpec spec;
  PeeringRecord record;
  Layout layout;
  std::vector<HostFacts> facts;
};

TEST_F(ManyServers, ArePlannedAsEachIsByItself) {
  std::vector<SeenHost> seen;
  for (std::size_t i = 0; i < facts.size(); ++i) seen.push_back({&layout.sites[0].servers[i], &facts[i]});
  const auto plans = plan_hosts(spec, layout, record, seen);
  ASSERT_EQ(plans.size(), seen.size());
  const DesiredHosts desired(spec, layout, record);
  int with_steps = 0;
  int unknown = 0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    EXPECT_EQ(text_of(plans[i]), text_of(plan_host(desired, *seen[i].host, *seen[i].facts))) << i;
    with_steps += plans[i] && !plans[i]->steps.empty();
    unknown += !plans[i];
  }
  EXPECT_EQ(with_steps, 28) << "one of the 29 that lack routes is not made yet";
  EXPECT_EQ(unknown, kServers / 50);
}

TEST_F(ManyServers, NoneIsNoPlan) {
  EXPECT_TRUE(plan_hosts(spec, layout, record, {}).empty());
}

}  // namespace
}  // namespace vpcp::testing
