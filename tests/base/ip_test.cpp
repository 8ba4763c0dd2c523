#include "vpcp/base/ip.h"

#include <gtest/gtest.h>

namespace vpcp {
namespace {

Cidr cidr(const char* text) {
  return Cidr::parse(text).value();
}

TEST(Ipv4, ReadsOnlyStrictDottedQuads) {
  EXPECT_EQ(Ipv4::parse("172.16.1.3")->bits, 0xac100103U);
  EXPECT_EQ(Ipv4::parse("255.255.255.255")->str(), "255.255.255.255");
  for (const char* bad : {"", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", " 1.2.3.4", "1.2.3.4 ", "1..3.4",
                          "a.b.c.d", "1.2.3.-4"}) {
    EXPECT_FALSE(Ipv4::parse(bad)) << bad;
  }
}

TEST(Cidr, RefusesHostBitsAndBadPrefixes) {
  EXPECT_EQ(cidr("10.0.0.0/8").str(), "10.0.0.0/8");
  EXPECT_EQ(cidr("0.0.0.0/0").size(), std::uint64_t{1} << 32);
  for (const char* bad : {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/", "10.0.0.0/08", "/8"})
    EXPECT_FALSE(Cidr::parse(bad)) << bad;
}

TEST(Cidr, TellsOverlapAndContainment) {
  EXPECT_TRUE(cidr("172.16.0.0/12").contains(cidr("172.16.1.0/24")));
  EXPECT_FALSE(cidr("172.16.1.0/24").contains(cidr("172.16.0.0/12")));
  EXPECT_TRUE(cidr("172.16.1.0/24").overlaps(cidr("172.16.0.0/12")));
  EXPECT_FALSE(cidr("172.16.1.0/24").overlaps(cidr("172.16.2.0/24")));
  EXPECT_TRUE(cidr("0.0.0.0/0").contains(*Ipv4::parse("8.8.8.8")));
}

TEST(Cidr, KnowsPrivateRanges) {
  EXPECT_TRUE(cidr("10.10.0.0/24").is_private());
  EXPECT_TRUE(cidr("172.31.0.0/16").is_private());
  EXPECT_FALSE(cidr("172.32.0.0/16").is_private());
  EXPECT_FALSE(cidr("172.0.0.0/8").is_private());
  EXPECT_FALSE(cidr("192.0.2.0/24").is_private());
}

TEST(Endpoint, RoundTrips) {
  EXPECT_EQ(Endpoint::parse("192.0.2.1:51820")->str(), "192.0.2.1:51820");
  EXPECT_FALSE(Endpoint::parse("192.0.2.1:65536"));
  EXPECT_FALSE(Endpoint::parse("192.0.2.1"));
}

}  // namespace
}  // namespace vpcp
