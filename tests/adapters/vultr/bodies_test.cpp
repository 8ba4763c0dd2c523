#include "adapters/vultr/bodies.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace vpcp::vultr {
namespace {

using nlohmann::json;

class VultrBody : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  static json parsed(const Secret& body) { return json::parse(body.reveal()); }
  static NewInstance gateway(PublicNetwork network) {
    NewInstance wanted;
    wanted.region = "ams";
    wanted.plan = "vc2-1c-1gb";
    wanted.label = "Gateway-A";
    wanted.hostname = "gateway-a";
    wanted.tags = {"vpcp-1", "vpcp-1-ams"};
    wanted.vpc = {"v-1"};
    wanted.firewall_group = FirewallGroupId{"f-1"};
    wanted.network = network;
    wanted.user_data = Secret::copy_of("#cloud-config\n");
    return wanted;
  }
};

TEST_F(VultrBody, OfAnInstanceIsWholeAndLeavesNothingToDefaults) {
  EXPECT_EQ(parsed(instance_body(gateway(PublicNetwork::IPv4), 1743)), json::parse(R"({
    "region":"ams","plan":"vc2-1c-1gb","os_id":1743,"label":"Gateway-A","hostname":"gateway-a",
    "tags":["vpcp-1","vpcp-1-ams"],"attach_vpc":["v-1"],"firewall_group_id":"f-1","user_data":"I2Nsb3VkLWNvbmZpZwo=",
    "backups":"disabled","enable_ipv6":false,"activation_email":false})"));
}

TEST_F(VultrBody, WithoutPublicAddressSaysSoInVultrsWay) {
  const json vpc_only = parsed(instance_body(gateway(PublicNetwork::VpcOnly), 1));
  EXPECT_EQ(vpc_only["vpc_only"], true);
  EXPECT_EQ(vpc_only["enable_ipv6"], false);
  const json no_ipv4 = parsed(instance_body(gateway(PublicNetwork::NoIPv4), 1));
  EXPECT_EQ(no_ipv4["enable_ipv6"], true);
  EXPECT_EQ(no_ipv4["disable_public_ipv4"], true);
  EXPECT_FALSE(no_ipv4.contains("vpc_only"));
}

TEST_F(VultrBody, OfAPatchHoldsOnlyWhatChanges) {
  EXPECT_EQ(parsed(patch_body({})), json::object());
  InstancePatch patch;
  patch.tags = {"a"};
  patch.firewall_group = FirewallGroupId{""};
  patch.user_data = Secret::copy_of("{}\n");
  EXPECT_EQ(parsed(patch_body(patch)),
            json::parse(R"({"tags":["a"],"firewall_group_id":"","user_data":"e30K"})"));
}

TEST_F(VultrBody, OfARuleHasATextPortAndNoneForIcmp) {
  const Cidr anywhere{};
  EXPECT_EQ(
      parsed(rule_body({RuleProtocol::Udp, "51820", *Cidr::parse("192.0.2.7/32"), "n"})),
      json::parse(
          R"({"ip_type":"v4","protocol":"udp","port":"51820","subnet":"192.0.2.7","subnet_size":32,"notes":"n"})"));
  EXPECT_EQ(
      parsed(rule_body({RuleProtocol::Icmp, "", anywhere, ""})),
      json::parse(R"({"ip_type":"v4","protocol":"icmp","subnet":"0.0.0.0","subnet_size":0,"notes":""})"));
}

TEST_F(VultrBody, SurvivesTextThatIsNotUtf8) {
  EXPECT_EQ(parsed(description_body("a\xff")), json::parse(R"({"description":"a\ufffd"})"));
}

}  // namespace
}  // namespace vpcp::vultr
