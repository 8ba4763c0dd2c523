// What Prometheus is told follows the object, also where no pass gets far.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/simulation.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const LabelValues kObject{kReferenceKey.ns, kReferenceKey.name};
const LabelValues kEdge{kReferenceKey.ns, kReferenceKey.name, "amsterdam", "bangalore"};

PeeringSpec three_sites() {
  PeeringSpec spec = reference_spec();
  SiteSpec fra;
  fra.name = "frankfurt";
  fra.region = "fra";
  fra.vpc = {std::nullopt, Cidr::parse("172.16.3.0/24"), "VPC-C"};
  fra.gateway.label = "Gateway-C";
  spec.sites.push_back(fra);
  return spec;
}

TEST(Gauges, CountProbesAndSayWhenTheLastOneWas) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  const double made = sim.world.metrics.value_of(metric::kEdgeProbes, kEdge);
  const double lost = sim.world.metrics.value_of(metric::kEdgeProbeLost, kEdge);
  sim.run_for(5min);
  EXPECT_GT(sim.world.metrics.value_of(metric::kEdgeProbes, kEdge), made + 20);
  EXPECT_EQ(sim.world.metrics.value_of(metric::kEdgeProbeLost, kEdge), lost);
  const double now = std::chrono::duration<double>(sim.world.clock.now().time_since_epoch()).count();
  EXPECT_NEAR(sim.world.metrics.value_of(metric::kEdgeProbed, kEdge), now, 30);
}

TEST(Gauges, ASpecThatIsRefusedIsNotReady) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  PeeringSpec overlapping = reference_spec();
  overlapping.sites[1].vpc.cidr = overlapping.sites[0].vpc.cidr;
  sim.declare(overlapping);
  sim.run_for(1min);
  EXPECT_EQ(sim.world.metrics.value_of(metric::kPeeringReady, kObject), 0);
}

TEST(Gauges, OneThatIsOnlyLookedAtDoesNotAct) {
  Simulation sim;
  PeeringSpec spec = reference_spec();
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  EXPECT_EQ(sim.world.metrics.value_of(metric::kPeeringActing, kObject), 1);
  spec.suspend = true;
  sim.declare(spec);
  sim.run_for(1min);
  EXPECT_EQ(sim.world.metrics.value_of(metric::kPeeringActing, kObject), 0);
}

TEST(Gauges, ASiteThatLeavesTakesItsSeriesAlong) {
  Simulation sim;
  sim.declare(three_sites());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(2min);
  const LabelValues site{kReferenceKey.ns, kReferenceKey.name, "frankfurt"};
  const LabelValues edge{kReferenceKey.ns, kReferenceKey.name, "amsterdam", "frankfurt"};
  EXPECT_TRUE(sim.world.metrics.exists(metric::kGatewayKeyMade, site));
  EXPECT_TRUE(sim.world.metrics.exists(metric::kEdgeProbes, edge));
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(10min);
  for (const MetricDef* metric : {&metric::kServers, &metric::kServersRouted, &metric::kGatewayKeyMade})
    EXPECT_FALSE(sim.world.metrics.exists(*metric, site)) << metric->name;
  for (const MetricDef* metric : {&metric::kEdgeUp, &metric::kEdgeRtt, &metric::kEdgeProbes,
                                  &metric::kEdgeProbed, &metric::kEdgeReceived, &metric::kEdgeHandshake})
    EXPECT_FALSE(sim.world.metrics.exists(*metric, edge)) << metric->name;
  EXPECT_TRUE(sim.world.metrics.exists(metric::kEdgeProbes, kEdge));
}

TEST(Gauges, AnObjectThatIsDeletedTakesAllOfItsSeriesAlong) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(2min);
  EXPECT_THAT(sim.world.metrics.families_of(kReferenceKey.ns, kReferenceKey.name),
              IsSupersetOf({metric::kEdgeUp.name, metric::kEdgeProbes.name, metric::kEdgeRtt.name,
                            metric::kPeeringReady.name, metric::kServers.name, metric::kMonthlyCost.name}));
  sim.remove();
  ASSERT_TRUE(sim.run_until([&] { return sim.gone(); })) << sim.story();
  sim.run_for(10min);  // passes that were under way, or still to come, bring none of them back
  EXPECT_THAT(sim.world.metrics.families_of(kReferenceKey.ns, kReferenceKey.name), IsEmpty());
}

TEST(Gauges, AnEdgeInThePlaceOfAnotherTakesNothingOverFromIt) {
  Simulation sim;
  PeeringSpec spec = three_sites();
  spec.topology = {};
  spec.topology.type = TopologyType::Custom;
  spec.topology.edges = {{"amsterdam", "bangalore"}, {"amsterdam", "frankfurt"}};
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  sim.run_for(2min);
  const LabelValues before{kReferenceKey.ns, kReferenceKey.name, "amsterdam", "frankfurt"};
  const LabelValues after{kReferenceKey.ns, kReferenceKey.name, "bangalore", "frankfurt"};
  EXPECT_TRUE(sim.world.metrics.exists(metric::kEdgeUp, before));
  spec.topology.edges = {{"amsterdam", "bangalore"}, {"bangalore", "frankfurt"}};
  sim.declare(spec);
  ASSERT_TRUE(sim.run_until([&] { return sim.world.metrics.exists(metric::kEdgeUp, after); }, 5min))
      << sim.story();
  sim.run_for(2min);
  for (const MetricDef* metric : {&metric::kEdgeUp, &metric::kEdgeProbes, &metric::kEdgeVerified})
    EXPECT_FALSE(sim.world.metrics.exists(*metric, before)) << metric->name;
}

TEST(Gauges, WhatNoObjectOwnsIsOrphaned) {
  Simulation sim;
  sim.declare(reference_spec());
  ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
  EXPECT_EQ(sim.world.metrics.value_of(metric::kOrphanedResources, {"firewall_group"}), 0);
  Context ctx;
  ASSERT_TRUE(sim.world.cloud.account(Secret())
                  ->create_firewall_group(ctx, "vpcp-" + fake_uid(99) + "/x/gateway-0")
                  .ok());
  sim.run_for(3min);
  EXPECT_EQ(sim.world.metrics.value_of(metric::kOrphanedResources, {"firewall_group"}), 1);
  EXPECT_EQ(sim.world.metrics.value_of(metric::kOrphanedResources, {"instance"}), 0);
}

}  // namespace
}  // namespace vpcp::testing
