#include "vpcp/base/secret.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "vpcp/base/log.h"

namespace vpcp {
namespace {

static_assert(!std::is_constructible_v<LogField, std::string_view, Secret>,
              "a secret must not fit into a log line");
static_assert(!std::is_convertible_v<Secret, std::string> &&
              !std::is_convertible_v<Secret, std::string_view>);

TEST(Secret, TakesTheBytesAndWipesTheSource) {
  init_crypto();
  std::string source = "hunter2 hunter2 hunter2";
  const Secret secret = Secret::take(std::move(source));
  EXPECT_EQ(secret.reveal(), "hunter2 hunter2 hunter2");
  EXPECT_TRUE(source.empty());  // NOLINT(bugprone-use-after-move): that it is empty is the point
  EXPECT_EQ(secret, Secret::copy_of("hunter2 hunter2 hunter2"));
  EXPECT_FALSE(secret == Secret::copy_of("hunter2"));
  EXPECT_TRUE(Secret().empty());
}

TEST(Encoding, MatchesPublishedVectors) {
  EXPECT_EQ(sha256_hex("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-4
  EXPECT_EQ(base64_encode("foobar"), "Zm9vYmFy");                                 // RFC 4648
  EXPECT_EQ(base64_decode("Zm9vYg=="), "foob");
  for (const char* bad : {"Zm9vYg", "Zm9vYh==", "Zm9v\n", "!"}) EXPECT_FALSE(base64_decode(bad)) << bad;
}

TEST(Random, UuidsHaveTheirVersionAndDiffer) {
  const std::string uuid = random_uuid();
  EXPECT_EQ(uuid.size(), 36U);
  EXPECT_EQ(uuid[14], '4');
  EXPECT_NE(uuid, random_uuid());
}

}  // namespace
}  // namespace vpcp
