#include "adapters/kube/peering_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/kube/json_text.h"

namespace vpcp::kube {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ObjectKey kA{"network", "a"};

struct Told {
  std::string name{"a"};
  std::string uid{"u1"};
  std::string version{"5"};
  int generation{1};
  std::string credentials{};
};

nlohmann::json object(const Told& told) {
  nlohmann::json spec =
      nlohmann::json::parse(R"({"sites":[{"name":"x","region":"ams","vpc":{"cidr":"172.16.1.0/24"}},)"
                            R"({"name":"y","region":"blr","vpc":{"cidr":"172.16.2.0/24"}}]})");
  if (!told.credentials.empty()) spec["credentialsRef"] = {{"name", told.credentials}};
  return {{"apiVersion", kApiVersion},
          {"kind", kKind},
          {"metadata",
           {{"namespace", "network"},
            {"name", told.name},
            {"uid", told.uid},
            {"resourceVersion", told.version},
            {"generation", told.generation}}},
          {"spec", spec}};
}

class Caching : public ::testing::Test {
 protected:
  std::vector<std::string> take_news() { return std::exchange(news, {}); }
  std::string version() const {
    const auto found = cache.find(kA);
    return found ? found->object.meta.resource_version : "none";
  }
  std::vector<std::string> news;
  PeeringCache cache{[this](const ObjectKey& key) { news.push_back(key.name); }};
};

TEST_F(Caching, TellsOfWhatIsNewOrHasANewSpecAndNothingElse) {
  cache.exists(object({}));
  EXPECT_THAT(take_news(), ElementsAre("a"));
  cache.exists(object({.version = "6"}));
  EXPECT_THAT(take_news(), IsEmpty()) << "a status";
  EXPECT_EQ(version(), "6");
  cache.exists(object({.version = "7", .generation = 2}));
  EXPECT_THAT(take_news(), ElementsAre("a"));
  cache.exists(object({.uid = "u2", .version = "8"}));
  EXPECT_THAT(take_news(), ElementsAre("a")) << "another object of the same name";
}

TEST_F(Caching, PassesOverWhatIsOlderThanAnOwnWrite) {
  cache.take(object({.version = "100"}));
  cache.exists(object({.version = "99"}));
  EXPECT_EQ(version(), "100");
  cache.exists(object({.version = "101"}));
  EXPECT_EQ(version(), "101");
}

TEST_F(Caching, WhatIsKnownToBeGoneDoesNotComeBackByOldNews) {
  cache.exists(object({}));
  cache.drop(kA, "u1");
  EXPECT_THAT(take_news(), ElementsAre("a", "a"));
  cache.exists(object({.version = "9"}));
  EXPECT_EQ(version(), "none");
  cache.gone(object({.version = "10"}));
  cache.exists(object({.uid = "u2", .version = "11"}));
  EXPECT_EQ(version(), "11");
  cache.gone(object({.version = "10"}));
  EXPECT_EQ(version(), "11") << "news of the one before";
}

TEST_F(Caching, DropsWhatAWholeListDoesNotName) {
  cache.begin();
  cache.exists(object({}));
  cache.exists(object({.name = "b"}));
  EXPECT_FALSE(cache.synced());
  cache.complete();
  EXPECT_TRUE(cache.synced());
  take_news();
  cache.begin();
  cache.exists(object({.name = "b", .version = "7"}));
  EXPECT_EQ(version(), "5") << "known until the list is whole";
  cache.complete();
  EXPECT_EQ(version(), "none");
  EXPECT_THAT(take_news(), ElementsAre("a"));
}

TEST_F(Caching, KnowsWhoUsesASecret) {
  cache.exists(object({.credentials = "vultr"}));
  cache.exists(object({.name = "b", .credentials = "vultr"}));
  EXPECT_THAT(cache.users_of_secret({"network", "vultr"}), ElementsAre(kA, ObjectKey{"network", "b"}));
  cache.exists(object({.version = "6", .generation = 2, .credentials = "other"}));
  EXPECT_THAT(cache.users_of_secret({"network", "vultr"}), ElementsAre(ObjectKey{"network", "b"}));
  cache.drop({"network", "b"}, "u1");
  EXPECT_THAT(cache.users_of_secret({"network", "vultr"}), IsEmpty());
}

TEST_F(Caching, KeepsTheErrorsOfAnObjectThatCannotBeRead) {
  nlohmann::json odd = object({});
  odd["spec"]["sites"] = "two";
  cache.exists(odd);
  ASSERT_TRUE(cache.find(kA).has_value());
  EXPECT_FALSE(cache.find(kA)->errors.empty());
}

TEST_F(Caching, AFieldOfANewerVersionIsNoReasonToStop) {
  nlohmann::json newer = object({});
  newer["spec"]["someday"] = 1;
  newer["status"]["someday"] = 1;
  cache.exists(newer);
  EXPECT_TRUE(cache.find(kA)->errors.empty()) << to_string(cache.find(kA)->errors);
}

TEST(Versions, AreComparedAsNumbersWhereTheyAre) {
  EXPECT_TRUE(is_older("99", "100"));
  EXPECT_FALSE(is_older("100", "99"));
  EXPECT_FALSE(is_older("100", "100"));
  EXPECT_FALSE(is_older("abc", "abd"));
  EXPECT_FALSE(is_older("", "5"));
}

}  // namespace
}  // namespace vpcp::kube
