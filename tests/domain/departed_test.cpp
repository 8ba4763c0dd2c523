#include "domain/desired/departed.h"

#include <gtest/gtest.h>

#include "domain/specs.h"

namespace vpcp {
namespace {

/// A record of the reference scenario plus Frankfurt, which has left the spec.
PeeringRecord record_with_frankfurt() {
  init_crypto();
  PeeringRecord record;
  extend_record(record, specs::three_sites(), SystemTime{});
  record.sites["frankfurt"] = {"fra", Cidr::parse("172.16.3.0/24"), {"vpc-f"}, true, true};
  record.hosts["frankfurt/gateway-0"].instance.value = "i-f";
  record.firewall_groups["frankfurt/gateway-0"].value = "g-f";
  record.hosts["amsterdam/gateway-0"].instance.value = "i-a";
  return record;
}

VpcPeering two_sites() {
  VpcPeering peering;
  peering.meta.uid = "u";
  peering.spec = specs::ams_blr();
  return peering;
}

TEST(ForgetDeparted, KeepsWhatTheCloudStillHas) {
  PeeringRecord record = record_with_frankfurt();
  CloudSnapshot cloud;
  Instance instance;
  instance.id.value = "i-f";
  instance.tags = {"vpcp-u"};
  cloud.instances.push_back(instance);
  Vpc vpc;
  vpc.id.value = "vpc-f";
  vpc.description = "VPC (vpcp-u/frankfurt)";
  cloud.vpcs.push_back(vpc);
  const VpcPeering peering = two_sites();
  forget_departed(record, peering.spec,
                  lay_out(peering, record, std::make_shared<const CloudSnapshot>(cloud)));
  EXPECT_TRUE(record.hosts.contains("frankfurt/gateway-0"));
  EXPECT_TRUE(record.sites.contains("frankfurt"));
}

TEST(ForgetDeparted, DropsWhatIsGoneAndItsKeys) {
  PeeringRecord record = record_with_frankfurt();
  const VpcPeering peering = two_sites();
  EXPECT_TRUE(forget_departed(record, peering.spec,
                              lay_out(peering, record, std::make_shared<const CloudSnapshot>())));
  EXPECT_FALSE(record.hosts.contains("frankfurt/gateway-0"));
  EXPECT_TRUE(record.hosts.contains("amsterdam/gateway-0"));
  EXPECT_FALSE(record.sites.contains("frankfurt"));
  EXPECT_TRUE(record.firewall_groups.empty());
  EXPECT_EQ(record.preshared_keys.size(), 1U);
  EXPECT_TRUE(extend_record(record, peering.spec, SystemTime{}));  // now its gateway's keys go too
  EXPECT_FALSE(record.gateways.contains({"frankfurt", 0}));
  EXPECT_FALSE(forget_departed(record, peering.spec,
                               lay_out(peering, record, std::make_shared<const CloudSnapshot>())));
}

TEST(ForgetDeparted, KeepsAServerThatHasYetToBeRestored) {
  PeeringRecord record = record_with_frankfurt();
  record.hosts["frankfurt/web"].access = SshAccess{};
  const VpcPeering peering = two_sites();
  forget_departed(record, peering.spec, lay_out(peering, record, std::make_shared<const CloudSnapshot>()));
  EXPECT_TRUE(record.hosts.contains("frankfurt/web"));
}

}  // namespace
}  // namespace vpcp
