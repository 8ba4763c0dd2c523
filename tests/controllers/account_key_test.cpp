#include "controllers/account_key.h"

#include <gtest/gtest.h>

#include "support/fake_world.h"

namespace vpcp::testing {
namespace {

constexpr const char* kPlace = "the Secret network/vultr";

/// What the object's account is asked with, by the Secret's text; of an error, its reason.
std::string key_of(const std::string& text) {
  FakeWorld world;
  world.store.set_secret({"network", "vultr"}, {{"apiKey", Secret::copy_of(text)}});
  VpcPeering peering;
  peering.meta.ns = "network";
  peering.spec.credentials_secret = "vultr";
  const auto key = api_key_of({}, world.store, peering, {});
  return key.ok() ? std::string(key->reveal()) : key.error().reason;
}

TEST(AccountKey, IsWithoutTheWhiteSpaceAroundIt) {
  EXPECT_EQ(key_of("ABC"), "ABC");
  EXPECT_EQ(key_of("ABC\n"), "ABC");
  EXPECT_EQ(key_of(" \tABC DEF\r\n\n"), "ABC DEF");
}

TEST(AccountKey, IsMissingWhereThereIsOnlyWhiteSpace) {
  EXPECT_EQ(key_of(""), "ApiKeyMissing");
  EXPECT_EQ(key_of(" \r\n"), "ApiKeyMissing");
}

TEST(AccountKey, HasNoControlCharacters) {
  for (const std::string text : {"abc\r\nX-Evil: 1", "abc\ndef", "a\x7f", "\x1b[31mabc"})
    EXPECT_EQ(key_of(text), "ApiKeyMalformed");
  EXPECT_EQ(key_of(std::string("a\0b", 3)), "ApiKeyMalformed");
}

TEST(AccountKey, IsNotSaidInTheError) {
  const auto refused = usable_api_key(Secret::copy_of("hunter\r\nX-Evil: 1"), kPlace);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(
      refused.error().message,
      "the API key of the Secret network/vultr has a line's end or another control character in it: put "
      "the key alone there");
}

TEST(AccountKey, OfTheControllerIsHeldToTheSame) {
  FakeWorld world;
  const auto own = [&](const char* text) {
    return api_key_of({}, world.store, VpcPeering{}, Secret::copy_of(text));
  };
  EXPECT_EQ(own("ABC\n")->reveal(), "ABC");
  EXPECT_EQ(own("a\nb").error().message,
            "the API key of VULTR_API_KEY has a line's end or another control character in it: put the key "
            "alone there");
  EXPECT_EQ(own("\n").error().reason, "ApiKeyMissing");
}

}  // namespace
}  // namespace vpcp::testing
