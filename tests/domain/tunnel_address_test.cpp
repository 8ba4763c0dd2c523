#include <gtest/gtest.h>

#include "domain/record.h"
#include "domain/specs.h"

namespace vpcp {
namespace {

std::string address_of(const PeeringRecord& record, const std::string& site) {
  return record.gateways.at({site, 0}).tunnel_address.str();
}

class TunnelAddress : public ::testing::Test {
 protected:
  void SetUp() override { init_crypto(); }
  PeeringSpec spec = specs::ams_blr();
  PeeringRecord record;
};

TEST_F(TunnelAddress, MovesWithTheTunnelNetworkAndOnlyThen) {
  extend_record(record, spec, SystemTime{});
  spec.tunnel.cidr = *Cidr::parse("10.20.0.0/24");
  EXPECT_TRUE(extend_record(record, spec, SystemTime{}));
  EXPECT_EQ(address_of(record, "amsterdam"), "10.20.0.1");
  EXPECT_EQ(address_of(record, "bangalore"), "10.20.0.2");
  spec.tunnel.cidr = *Cidr::parse("10.20.0.0/16");
  EXPECT_FALSE(extend_record(record, spec, SystemTime{}));
}

TEST_F(TunnelAddress, IsNeverTheBroadcastAddressOfANetworkThatWasNarrowed) {
  spec.sites.push_back(specs::site("frankfurt", "fra", "172.16.3.0/24"));
  extend_record(record, spec, SystemTime{});
  ASSERT_EQ(address_of(record, "frankfurt"), "10.10.0.3");
  spec.sites.erase(spec.sites.begin());
  spec.tunnel.cidr = *Cidr::parse("10.10.0.0/30");
  EXPECT_TRUE(extend_record(record, spec, SystemTime{}));
  EXPECT_EQ(address_of(record, "bangalore"), "10.10.0.2");
  EXPECT_EQ(address_of(record, "frankfurt"), "10.10.0.1");
}

TEST_F(TunnelAddress, OfAGatewayThatIsBeingRemovedIsKeptWhileThereAreOthers) {
  extend_record(record, spec, SystemTime{});
  record.hosts["amsterdam/gateway-0"].instance.value = "i";  // the cloud still has it
  spec.sites[0] = specs::site("frankfurt", "fra", "172.16.3.0/24");
  extend_record(record, spec, SystemTime{});
  EXPECT_EQ(address_of(record, "frankfurt"), "10.10.0.3");
}

TEST_F(TunnelAddress, IsNeverThatOfAnotherSiteInANetworkThatJustFits) {
  spec.tunnel.cidr = *Cidr::parse("10.10.0.0/30");
  extend_record(record, spec, SystemTime{});
  record.hosts["amsterdam/gateway-0"].instance.value = "i";
  spec.sites[0] = specs::site("frankfurt", "fra", "172.16.3.0/24");
  extend_record(record, spec, SystemTime{});
  EXPECT_EQ(address_of(record, "bangalore"), "10.10.0.2");
  EXPECT_EQ(address_of(record, "frankfurt"), "10.10.0.1");
}

}  // namespace
}  // namespace vpcp
