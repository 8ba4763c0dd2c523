#include "adapters/vultr/readers.h"

#include <gtest/gtest.h>

namespace vpcp::vultr {
namespace {

// The examples of Vultr's own API document, shortened.
const char* const kInstances = R"({"instances":[{"id":"i-1","os":"Ubuntu 22.04 LTS x64","ram":2048,"disk":55,
 "main_ip":"192.0.2.123","region":"ams","plan":"vc2-1c-1gb","date_created":"2020-10-10T01:56:20+00:00",
 "status":"active","power_status":"running","server_status":"ok","label":"Gateway-A","internal_ip":"","vpc_only":false,
 "vpcs":[{"id":"v-1","version":1,"subnet":"172.16.1.3"},{"id":"v-2","version":2,"subnet":"10.1.128.3"},
         {"id":"v-3","version":1,"subnet":""}],
 "firewall_group_id":"f-1","tags":["a","b"],"default_password":"never read","pending_charges":5.42}],
 "meta":{"total":3,"links":{"next":"WxYz","prev":""}}})";

const char* const kCreated =
    R"({"instance":{"id":"i-2","os":"CentOS 8 Stream","main_ip":"0.0.0.0","region":"ewr",
 "plan":"vc2-1c-1gb","date_created":"2021-09-14T13:22:20+00:00","status":"pending","power_status":"running",
 "server_status":"none","label":"","firewall_group_id":"","tags":["t"],"default_password":"v5{Fkvb#2ycPGwHs"}})";

TEST(ReadInstances, TakesWhatWeUse) {
  const auto page = read_instance_page(kInstances);
  ASSERT_TRUE(page.ok()) << page.error().message;
  EXPECT_EQ(page->next, "WxYz");
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_TRUE(page->items[0].names_vpcs);
  Instance expected;
  expected.id = {"i-1"};
  expected.region = "ams";
  expected.plan = "vc2-1c-1gb";
  expected.os = "Ubuntu 22.04 LTS x64";
  expected.label = "Gateway-A";
  expected.tags = {"a", "b"};
  expected.state = InstanceState::Active;
  expected.public_ip = Ipv4::parse("192.0.2.123");
  expected.vpcs = {{{"v-1"}, *Ipv4::parse("172.16.1.3")}};
  expected.firewall_group = FirewallGroupId{"f-1"};
  expected.created = from_rfc3339("2020-10-10T01:56:20Z");
  EXPECT_EQ(page->items[0].instance, expected);
}

TEST(ReadInstances, PlaceholdersOfANewOneAreAbsence) {
  const auto instance = read_created_instance(kCreated);
  ASSERT_TRUE(instance.ok());
  EXPECT_EQ(instance->state, InstanceState::Pending);
  EXPECT_EQ(instance->public_ip, std::nullopt);
  EXPECT_EQ(instance->firewall_group, std::nullopt);
  EXPECT_TRUE(instance->vpcs.empty());
}

TEST(ReadInstances, StatesAndPower) {
  struct Row {
    const char* status;
    const char* power;
    const char* server;
    InstanceState state;
    PowerState on;
    bool locked;
  };
  const Row rows[] = {
      {"pending", "running", "none", InstanceState::Pending, PowerState::Running, false},
      {"installing", "running", "none", InstanceState::Pending, PowerState::Running, false},
      {"active", "running", "locked", InstanceState::Active, PowerState::Running, true},
      {"active", "stopped", "ok", InstanceState::Active, PowerState::Stopped, false},
      {"suspended", "stopped", "ok", InstanceState::Suspended, PowerState::Stopped, false},
      {"resizing", "running", "ok", InstanceState::Resizing, PowerState::Running, false},
      {"something new", "", "", InstanceState::Other, PowerState::Running, false},
  };
  for (const Row& row : rows) {
    const auto page = read_instance_page(std::string(R"({"instances":[{"id":"i","status":")") + row.status +
                                         R"(","power_status":")" + row.power + R"(","server_status":")" +
                                         row.server + R"("}]})");
    ASSERT_TRUE(page.ok());
    const Instance& instance = page->items[0].instance;
    EXPECT_EQ(instance.state, row.state) << row.status;
    EXPECT_EQ(instance.power, row.on) << row.status;
    EXPECT_EQ(instance.locked, row.locked) << row.status;
    EXPECT_FALSE(page->items[0].names_vpcs);
  }
}

TEST(ReadInstances, AServerWithoutPublicNicHasNoPublicAddress) {
  const auto page =
      read_instance_page(R"({"instances":[{"id":"i","vpc_only":true,"main_ip":"172.16.2.4"}]})");
  EXPECT_EQ(page->items[0].instance.public_ip, std::nullopt);
  EXPECT_TRUE(page->items[0].instance.vpc_only);
}

TEST(ReadAPage, WhatIsNotUnderstoodIsNeverAnEmptyList) {
  for (const char* body :
       {"", "<html>", "null", "[]", "{}", R"({"instances":null})", R"({"instances":{}})",
        R"({"instances":[7]})", R"({"instances":[{"label":"no id"}]})", R"({"instances":[{"id":null}]})"}) {
    const auto page = read_instance_page(body);
    ASSERT_FALSE(page.ok()) << body;
    EXPECT_EQ(page.error().kind, ErrorKind::Transient);
    EXPECT_EQ(page.error().reason, "BadAnswer");
  }
}

TEST(ReadAPage, MembersOfWrongTypeAreAbsent) {
  const auto page = read_instance_page(
      R"({"instances":[{"id":"i","tags":"x","vpcs":[3,{"subnet":9}],"main_ip":7,"label":null,"date_created":1}],
          "meta":{"links":7}})");
  ASSERT_TRUE(page.ok());
  EXPECT_TRUE(page->items[0].instance.vpcs.empty());
  EXPECT_EQ(page->next, "");
}

TEST(ReadVpcs, NetworkDescriptionAndAge) {
  const auto page =
      read_vpc_page(R"({"vpcs":[{"id":"v-1","region":"ams","date_created":"2020-10-10T01:56:20+00:00",
    "description":"VPC-A vpcp-1","v4_subnet":"172.16.1.9","v4_subnet_mask":24}],"meta":{}})");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->items[0], (Vpc{{"v-1"},
                                 "ams",
                                 "VPC-A vpcp-1",
                                 *Cidr::parse("172.16.1.0/24"),
                                 from_rfc3339("2020-10-10T01:56:20Z"),
                                 false}));
}

TEST(ReadRules, OursAreReadAndStrangersMarked) {
  struct Row {
    const char* json;
    bool foreign;
  };
  const Row rows[] = {
      {R"({"id":1,"ip_type":"v4","protocol":"udp","port":"51820","subnet":"192.0.2.7","subnet_size":32,"source":"192.0.2.7/32","notes":"n"})",
       false},
      {R"({"id":1,"ip_type":"v4","protocol":"udp","port":"51820","subnet":"192.0.2.7","subnet_size":32,"source":"","notes":"n"})",
       false},
      {R"({"id":1,"ip_type":"v6","protocol":"udp","port":"51820","subnet":"::","subnet_size":0,"source":"::/0"})",
       true},
      {R"({"id":1,"ip_type":"v4","protocol":"gre","subnet":"0.0.0.0","subnet_size":0,"source":""})", true},
      {R"({"id":1,"ip_type":"v4","protocol":"tcp","port":"80","subnet":"0.0.0.0","subnet_size":0,"source":"cloudflare"})",
       true},
      {R"({"id":1,"ip_type":"v4","protocol":"tcp","port":"80","subnet":"0.0.0.0","subnet_size":0,"source":"","loadbalancer_id":"lb"})",
       true},
  };
  const FirewallRule ours{1, {RuleProtocol::Udp, "51820", *Cidr::parse("192.0.2.7/32"), "n"}, false};
  for (const Row& row : rows) {
    const auto page = read_rule_page(std::string(R"({"firewall_rules":[)") + row.json + "]}");
    ASSERT_TRUE(page.ok()) << row.json;
    EXPECT_EQ(page->items[0].foreign, row.foreign) << row.json;
    if (!row.foreign) {
      EXPECT_EQ(page->items[0], ours) << row.json;
    }
  }
}

TEST(ReadGroups, TheRevisionFollowsCountAndTime) {
  const auto revision = [](int count, const char* modified) {
    return read_group_page(R"({"firewall_groups":[{"id":"f","rule_count":)" + std::to_string(count) +
                           R"(,"date_modified":")" + modified + R"("}]})")
        ->items[0]
        .revision;
  };
  EXPECT_EQ(revision(1, "2020"), revision(1, "2020"));
  EXPECT_NE(revision(1, "2020"), revision(2, "2020"));
  EXPECT_NE(revision(1, "2020"), revision(1, "2021"));
}

TEST(ReadPlans, CostCanBeAFraction) {
  const auto page = read_plan_page(
      R"({"plans":[{"id":"a","monthly_cost":2.5,"locations":["ams","blr"]},{"id":"b","monthly_cost":5,"locations":null}]})");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->items[0].monthly_cost_usd, 2.5);
  EXPECT_EQ(page->items[0].locations, (std::vector<std::string>{"ams", "blr"}));
  EXPECT_EQ(page->items[1].monthly_cost_usd, 5);
}

}  // namespace
}  // namespace vpcp::vultr
