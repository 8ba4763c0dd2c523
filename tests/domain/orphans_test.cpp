#include "domain/desired/orphans.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

using Counts = std::map<std::string, int>;

CloudSnapshot one_of_each(const std::string& mark) {
  CloudSnapshot cloud;
  cloud.vpcs.emplace_back().description = "VPC-A (" + mark + "/amsterdam)";
  cloud.instances.emplace_back().tags = {"vpcp-site-amsterdam", mark, "vpcp-part-gateway-0"};
  cloud.firewall_groups.emplace_back().description = mark + "/amsterdam/gateway-0";
  return cloud;
}

TEST(CountOrphans, WhatAnObjectOwnsIsNone) {
  EXPECT_EQ(count_orphans(one_of_each("vpcp-u1"), {"u0", "u1"}),
            (Counts{{"vpc", 0}, {"instance", 0}, {"firewall_group", 0}}));
}

TEST(CountOrphans, WhatTheMarkOfNoObjectIsOnIsOneOfEach) {
  EXPECT_EQ(count_orphans(one_of_each("vpcp-u1"), {"u2"}),
            (Counts{{"vpc", 1}, {"instance", 1}, {"firewall_group", 1}}));
}

TEST(CountOrphans, WhatPeopleWroteIsNeverCounted) {
  CloudSnapshot cloud;
  for (const char* text : {"", "VPC-A", "mine (old)", "(vpcp-u1)", "vpcp", "a/b", "(a/b)"}) {
    cloud.vpcs.emplace_back().description = text;
    cloud.firewall_groups.emplace_back().description = text;
    cloud.instances.emplace_back().tags = {text, "vpcp-site-x", "peered"};
  }
  EXPECT_EQ(count_orphans(cloud, {}), (Counts{{"vpc", 0}, {"instance", 0}, {"firewall_group", 0}}));
}

}  // namespace
}  // namespace vpcp
