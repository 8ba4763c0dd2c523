#include <gtest/gtest.h>

#include "contract/watch_contract.h"
#include "domain/keys.h"

namespace vpcp::testing {
namespace {

/// What every HostWatch must do. The stage is made anew for each test.
class EveryWatch : public ::testing::TestWithParam<WatchKind> {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  void SetUp() override { stage_ = GetParam().make(); }

  void follow(const std::map<HostWatch::Id, HostLogin>& logins) {
    std::map<HostWatch::Id, HostWatch::Target> targets;
    for (const auto& [id, login] : logins) targets.emplace(id, HostWatch::Target{login, stage_->command()});
    stage_->watch().follow(std::move(targets));
  }
  ::testing::AssertionResult hears(const std::string& what, std::size_t times = 1) {
    if (stage_->eventually([&] { return stage_->told().count(what) >= times; }))
      return ::testing::AssertionSuccess();
    std::string told;
    for (const std::string& line : stage_->told().all()) told += "\n" + line;
    return ::testing::AssertionFailure() << "not heard: " << what << "; but:" << told;
  }
  std::unique_ptr<WatchStage> stage_;
};

TEST_P(EveryWatch, HandsOnWhatAHostTells) {
  follow({{"a", stage_->host()}});
  ASSERT_TRUE(hears("a: alive"));
  stage_->touch();
  EXPECT_TRUE(hears("a: changed file"));
}

TEST_P(EveryWatch, FollowsAHostBehindAnother) {
  follow({{"a", stage_->host()}, {"b", stage_->behind()}});
  EXPECT_TRUE(hears("a: alive"));
  EXPECT_TRUE(hears("b: alive"));
}

TEST_P(EveryWatch, TellsOfACutAndComesBack) {
  follow({{"a", stage_->host()}});
  ASSERT_TRUE(hears("a: alive"));
  stage_->cut();
  EXPECT_TRUE(hears("a: alive", 2));
  const auto told = stage_->told().all();
  EXPECT_TRUE(
      std::any_of(told.begin(), told.end(), [](const auto& line) { return line.starts_with("a! "); }));
}

TEST_P(EveryWatch, SendsNothingToAHostWithAnotherKey) {
  HostLogin login = stage_->host();
  login.pinned = {new_ssh_key_pair().public_key};
  follow({{"a", login}});
  EXPECT_TRUE(hears("a! HostIdentityChanged"));
  EXPECT_EQ(stage_->told().count("a: alive"), 0u);
}

TEST_P(EveryWatch, SendsNothingThroughAJumpHostWithAnotherKey) {
  HostLogin jump = stage_->host();
  jump.pinned = {new_ssh_key_pair().public_key};
  HostLogin login = stage_->behind();
  login.jump = std::make_shared<HostLogin>(jump);
  follow({{"b", login}});
  EXPECT_TRUE(hears("b! HostIdentityChanged"));
  EXPECT_EQ(stage_->told().count("b: alive"), 0u);
}

TEST_P(EveryWatch, TellsThatTheLoginWasRefused) {
  HostLogin login = stage_->host();
  login.private_key = new_ssh_key_pair().private_key;
  follow({{"a", login}});
  EXPECT_TRUE(hears("a! HostLoginRefused"));
}

TEST_P(EveryWatch, TriesAgainWhereNobodyIsAndHoldsUpNoOther) {
  follow({{"nobody", stage_->nobody()}, {"a", stage_->host()}});
  EXPECT_TRUE(hears("a: alive"));
  EXPECT_TRUE(hears("nobody! HostUnreachable", 2));
}

TEST_P(EveryWatch, WhatIsNoLongerFollowedIsSilent) {
  follow({{"a", stage_->host()}, {"b", stage_->behind()}});
  ASSERT_TRUE(hears("a: alive"));
  ASSERT_TRUE(hears("b: alive"));
  follow({{"c", stage_->host()}});
  ASSERT_TRUE(hears("c: alive"));
  stage_->touch();
  EXPECT_TRUE(hears("c: changed file"));
  EXPECT_EQ(stage_->told().count("a: changed file"), 0u);
}

INSTANTIATE_TEST_SUITE_P(Watches, EveryWatch,
                         ::testing::Values(WatchKind{"Fake", fake_watch_stage},
                                           WatchKind{"Ssh", ssh_watch_stage}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace vpcp::testing
