#include "vpcp/base/log.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "vpcp/base/clock.h"

namespace vpcp {
namespace {

std::string line(LogFormat format, std::string_view message, LogFields fields) {
  testing::internal::CaptureStderr();
  Log(stderr_log(format, LogLevel::Info)).with({{"controller", "peering"}}).info(message, std::move(fields));
  return testing::internal::GetCapturedStderr();
}

TEST(Log, JsonLinesCarryBoundAndOwnFields) {
  const std::string text =
      line(LogFormat::Json, "Creating server", {{"site", "ams"}, {"attempt", 2}, {"ok", true}});
  EXPECT_NE(
      text.find(
          R"("level":"info","msg":"Creating server","controller":"peering","site":"ams","attempt":2,"ok":true})"),
      std::string::npos)
      << text;
}

TEST(Log, HostileBytesStayInsideTheirString) {
  const std::string text =
      line(LogFormat::Json, "x", {{"v", std::string("a\"}\n{\"level\":\"fake\xff\x1b[31m\0", 24)}});
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  EXPECT_NE(text.find(R"("v":"a\"}\n{\"level\":\"fake)"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Log, TextQuotesWhatNeedsIt) {
  const std::string text = line(LogFormat::Text, "Creating server", {{"site", "ams"}, {"why", "no server"}});
  EXPECT_NE(text.find("Creating server  controller=peering  site=ams  why=\"no server\"\n"),
            std::string::npos)
      << text;
}

TEST(Log, LevelsBelowTheLimitAreSilent) {
  testing::internal::CaptureStderr();
  Log(stderr_log(LogFormat::Json, LogLevel::Info)).debug("hidden");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_FALSE(parse_log_level("nonsense"));
  EXPECT_EQ(parse_log_level("warn"), LogLevel::Warn);
}

TEST(Rfc3339, ReadsWhatItWritesAndOffsets) {
  const SystemTime time = from_rfc3339("2020-10-10T01:56:20+00:00");
  EXPECT_EQ(to_rfc3339(time), "2020-10-10T01:56:20Z");
  EXPECT_EQ(from_rfc3339("2020-10-10T03:56:20.123+02:00"), time);
  EXPECT_EQ(from_rfc3339("nonsense"), SystemTime{});
  EXPECT_EQ(from_rfc3339("1013-11-22T21:50:00Z"), SystemTime{}) << "nanoseconds do not reach so far";
  EXPECT_EQ(from_rfc3339("4052-11-22T21:50:00Z"), SystemTime{});
  EXPECT_EQ(to_rfc3339(from_rfc3339("2261-12-31T23:59:59Z")), "2261-12-31T23:59:59Z");
}

}  // namespace
}  // namespace vpcp
