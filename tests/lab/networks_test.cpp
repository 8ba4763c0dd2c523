#include <gmock/gmock.h>

#include "lab/lab_fixture.h"

namespace vpcp::lab {
namespace {

using ::testing::ElementsAre;

class Vpcs : public LabTest {
 protected:
  std::string address(const std::string& instance) {
    return get("/v2/instances/" + instance + "/vpcs")["vpcs"][0]["ip_address"];
  }
};

TEST_F(Vpcs, HandOutTheLowestFreeAddressFromThree) {
  const std::string vpc = make_vpc();
  std::vector<std::string> ids;
  for (int i = 0; i < 3; ++i) ids.push_back(make_server({{"attach_vpc", {vpc}}}));
  clock_.advance(seconds{10});
  EXPECT_EQ(address(ids[0]), "172.16.1.3");
  EXPECT_EQ(address(ids[2]), "172.16.1.5");
  ask("DELETE", "/v2/instances/" + ids[1]);
  const std::string next = make_server({{"attach_vpc", {vpc}}});
  clock_.advance(seconds{10});
  EXPECT_EQ(address(next), "172.16.1.4") << "a freed address is used again";
}

TEST_F(Vpcs, AreFullWhenTheirAddressesAre) {
  const std::string vpc = make_vpc("ams", "172.16.1.0", 29);
  for (int i = 0; i < 4; ++i) make_server({{"attach_vpc", {vpc}}});
  EXPECT_EQ(try_server({{"attach_vpc", {vpc}}}).status, 400);
}

TEST_F(Vpcs, StayWhileAttachedAndAWhileLonger) {
  const std::string vpc = make_vpc();
  const std::string id = make_server({{"attach_vpc", {vpc}}});
  const Json refused{{"error", "The following servers are attached to this VPC network: 192.0.2.10"},
                     {"status", 400}};
  EXPECT_EQ(ask("DELETE", "/v2/vpcs/" + vpc).body, refused) << "the public address, as the real one says";
  ask("DELETE", "/v2/instances/" + id);
  EXPECT_EQ(ask("DELETE", "/v2/vpcs/" + vpc).body, refused);
  clock_.advance(seconds{4});
  EXPECT_EQ(ask("DELETE", "/v2/vpcs/" + vpc).status, 204);
  EXPECT_EQ(ask("DELETE", "/v2/vpcs/" + vpc).body, Json({{"error", "Invalid VPC ID"}, {"status", 404}}));
  EXPECT_THAT(backend_.vpcs(), ElementsAre());
}

struct BadVpc {
  std::string name;
  Json body;
};
class RefusedVpc : public LabTest, public ::testing::WithParamInterface<BadVpc> {};

TEST_P(RefusedVpc, IsNotMade) {
  EXPECT_EQ(ask("POST", "/v2/vpcs", GetParam().body).status, 400);
  EXPECT_EQ(get("/v2/vpcs")["meta"]["total"], 0);
}

INSTANTIATE_TEST_SUITE_P(
    Lab, RefusedVpc,
    ::testing::Values(
        BadVpc{"NoRegion", {{"description", "x"}}}, BadVpc{"UnknownRegion", {{"region", "xyz"}}},
        BadVpc{"SubnetWithoutMask", {{"region", "ams"}, {"v4_subnet", "10.0.0.0"}}},
        BadVpc{"HostBits", {{"region", "ams"}, {"v4_subnet", "10.0.0.1"}, {"v4_subnet_mask", 24}}},
        BadVpc{"PublicNetwork", {{"region", "ams"}, {"v4_subnet", "8.8.8.0"}, {"v4_subnet_mask", 24}}},
        BadVpc{"MaskOfWrongType", {{"region", "ams"}, {"v4_subnet_mask", true}}}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(Vpcs, ChooseTheirNetworkWhenNoneIsGiven) {
  const Told told = ask("POST", "/v2/vpcs", {{"region", "ams"}, {"v4_subnet", ""}, {"v4_subnet_mask", 0}});
  EXPECT_EQ(told.status, 201);
  EXPECT_EQ(told.body["vpc"]["v4_subnet_mask"], 20);
}

TEST_F(Vpcs, AreFiveInARegionAtMost) {
  for (int i = 0; i < 5; ++i) make_vpc("ams", "10.0." + std::to_string(i) + ".0");
  EXPECT_EQ(ask("POST", "/v2/vpcs", {{"region", "ams"}}).status, 400);
  EXPECT_EQ(ask("POST", "/v2/vpcs", {{"region", "blr"}}).status, 201);
}

TEST_F(Vpcs, CutLongDescriptionsWithoutAWord) {
  const std::string vpc = make_vpc();
  EXPECT_EQ(ask("PUT", "/v2/vpcs/" + vpc, {{"description", std::string(300, 'x')}}).status, 204);
  EXPECT_EQ(get("/v2/vpcs/" + vpc)["vpc"]["description"], std::string(255, 'x'));
}

TEST_F(Vpcs, ShowWhoIsAttached) {
  const std::string vpc = make_vpc();
  const std::string id = make_server();
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/vpcs/attach", {{"vpc_id", vpc}}).status, 204);
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/vpcs/attach", {{"vpc_id", vpc}}).status, 400);
  const Json attachments = get("/v2/vpcs/" + vpc + "/attachments")["attachments"];
  ASSERT_EQ(attachments.size(), 1U);
  EXPECT_EQ(attachments[0]["id"], id);
  EXPECT_EQ(attachments[0]["type"], "vps");
  EXPECT_EQ(attachments[0]["ip"]["v4"], "172.16.1.3");
  EXPECT_EQ(backend_.host(id)->vpc_nics.size(), 1U);
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/vpcs/detach", {{"vpc_id", vpc}}).status, 204);
  EXPECT_EQ(get("/v2/vpcs/" + vpc + "/attachments")["attachments"], Json::array());
  EXPECT_EQ(backend_.host(id)->vpc_nics.size(), 0U);
}

TEST_F(Vpcs, HideTheInternalAddressOfAServerInTwo) {
  const std::string id = make_server({{"attach_vpc", {make_vpc(), make_vpc("ams", "172.16.9.0")}}});
  clock_.advance(seconds{10});
  EXPECT_EQ(server(id)["internal_ip"], "");
  EXPECT_EQ(server(id)["vpcs"].size(), 2U);
}

class Firewalls : public LabTest {
 protected:
  static Json rule(const std::string& port, const std::string& protocol = "udp") {
    return {{"ip_type", "v4"},         {"protocol", protocol}, {"port", port},
            {"subnet", "203.0.113.7"}, {"subnet_size", 32},    {"notes", "n"}};
  }
};

TEST_F(Firewalls, RewriteTheSourceOfARule) {
  const std::string rules = "/v2/firewalls/" + make_group() + "/rules";
  const Told told = ask("POST", rules, rule("51820"));
  EXPECT_EQ(told.status, 201);
  EXPECT_EQ(told.body["firewall_rule"]["source"], "203.0.113.7/32");
  EXPECT_EQ(told.body["firewall_rule"]["id"], 1);
  EXPECT_EQ(ask("POST", rules, rule("51820")).body,
            Json({{"error", "This rule is already defined "}, {"status", 400}}));
  EXPECT_EQ(ask("POST", rules, rule("22", "icmp")).body["firewall_rule"]["port"], "");
  EXPECT_EQ(get(rules)["meta"]["total"], 2);
  EXPECT_EQ(ask("DELETE", rules + "/1").status, 204);
  EXPECT_EQ(ask("DELETE", rules + "/1").body["error"], "Firewall rule ID not found");
  EXPECT_EQ(ask("GET", "/v2/firewalls/gone/rules/1").body["error"], "Firewall rule ID not found");
}

TEST_F(Firewalls, RefuseWhatIsNoRule) {
  const std::string rules = "/v2/firewalls/" + make_group() + "/rules";
  EXPECT_EQ(ask("POST", rules, rule("")).status, 400);
  EXPECT_EQ(ask("POST", rules, rule("9:8")).status, 400);
  EXPECT_EQ(ask("POST", rules, rule("70000")).status, 400);
  EXPECT_EQ(ask("POST", rules, rule("22", "smtp")).status, 400);
  Json wide = rule("22");
  wide["subnet_size"] = 33;
  EXPECT_EQ(ask("POST", rules, wide).status, 400);
  EXPECT_EQ(get(rules)["meta"]["total"], 0);
}

TEST_F(Firewalls, ReachTheHostsAndLeaveThemOpenWhenDeleted) {
  const std::string group = make_group();
  const std::string id = make_server({{"firewall_group_id", group}});
  ask("POST", "/v2/firewalls/" + group + "/rules", rule("8000:9000", "tcp"));
  EXPECT_EQ(backend_.host(id)->inbound,
            Inbound(std::vector{InboundRule{false, "tcp", 8000, 9000, "203.0.113.7/32"}}));
  EXPECT_EQ(get("/v2/firewalls/" + group)["firewall_group"]["instance_count"], 1);
  EXPECT_EQ(ask("DELETE", "/v2/firewalls/" + group).status, 204);
  EXPECT_EQ(server(id)["firewall_group_id"], "");
  EXPECT_EQ(backend_.host(id)->inbound, std::nullopt);
}

TEST_F(Firewalls, AndKeysHaveNamesCutAndNotUnique) {
  for (int i = 0; i < 2; ++i) {
    const Told told =
        ask("POST", "/v2/ssh-keys", {{"name", std::string(200, 'n')}, {"ssh_key", "ssh-ed25519 A"}});
    EXPECT_EQ(told.status, 201);
    EXPECT_EQ(told.body["ssh_key"]["name"], std::string(128, 'n'));
  }
  EXPECT_EQ(get("/v2/ssh-keys")["meta"]["total"], 2);
  EXPECT_EQ(ask("GET", "/v2/ssh-keys/gone").body, Json({{"error", "Invalid ssh key"}, {"status", 404}}));
}

}  // namespace
}  // namespace vpcp::lab
