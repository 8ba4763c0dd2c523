#include "domain/desired/orphans.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

using Counts = std::map<std::string, int>;

const std::string kOne = "0f6a3c58-8d0e-4a57-9c4a-1f2b3c4d5e6f";
const std::string kOther = "1a2b3c4d-0000-4000-8000-abcdefabcdef";

Counts count_orphans(const CloudSnapshot& cloud, const std::set<std::string>& uids) {
  return count_by_type(find_orphans(cloud, uids, {}));
}

CloudSnapshot one_of_each(const std::string& mark) {
  CloudSnapshot cloud;
  cloud.vpcs.emplace_back().description = "VPC-A (" + mark + "/amsterdam)";
  cloud.instances.emplace_back().tags = {"vpcp-site-amsterdam", mark, "vpcp-part-gateway-0"};
  cloud.firewall_groups.emplace_back().description = mark + "/amsterdam/gateway-0";
  return cloud;
}

TEST(CountOrphans, WhatAnObjectOwnsIsNone) {
  EXPECT_EQ(count_orphans(one_of_each("vpcp-" + kOne), {kOther, kOne}),
            (Counts{{"vpc", 0}, {"instance", 0}, {"firewall_group", 0}}));
}

TEST(CountOrphans, WhatTheMarkOfNoObjectIsOnIsOneOfEach) {
  EXPECT_EQ(count_orphans(one_of_each("vpcp-" + kOne), {kOther}),
            (Counts{{"vpc", 1}, {"instance", 1}, {"firewall_group", 1}}));
}

TEST(CountOrphans, WhatPeopleWroteIsNeverCounted) {
  CloudSnapshot cloud;
  for (const char* text :
       {"", "VPC-A", "mine (old)", "(vpcp-u1)", "vpcp", "a/b", "(a/b)", "vpcp-u1", "vpcp-u1/a",
        "vpcp-0f6a3c58-8d0e-4a57-9c4a-1f2b3c4d5e6g", "vpcp-0f6a3c58-8d0e-4a57-9c4a-1f2b3c4d5e6fx"}) {
    cloud.vpcs.emplace_back().description = text;
    cloud.firewall_groups.emplace_back().description = text;
    cloud.instances.emplace_back().tags = {text, "vpcp-site-x", "peered"};
  }
  EXPECT_EQ(count_orphans(cloud, {}), (Counts{{"vpc", 0}, {"instance", 0}, {"firewall_group", 0}}));
}

TEST(FindOrphans, TellsThemInTheOrderInWhichTheyCanBeDeletedWithWhatTheyCost) {
  CloudSnapshot cloud = one_of_each("vpcp-" + kOne);
  cloud.vpcs[0].id.value = "v";
  cloud.firewall_groups[0].id.value = "f";
  cloud.instances[0].id.value = "i";
  cloud.instances[0].plan = "vc2-1c-1gb";
  std::map<std::string, CloudPlan> plans;
  plans["vc2-1c-1gb"].monthly_cost_usd = 5;
  const auto orphans = find_orphans(cloud, {}, plans);
  ASSERT_EQ(orphans.size(), 3U);
  EXPECT_EQ(orphans[0].id + orphans[1].id + orphans[2].id, "ifv");
  EXPECT_EQ(orphans[0].monthly_cost_usd, 5);
  EXPECT_EQ(orphans[2].owner_uid, kOne);
}

}  // namespace
}  // namespace vpcp
