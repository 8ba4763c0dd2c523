#include "adapters/vultr/vultr_cloud.h"

#include <gmock/gmock.h>

#include <atomic>

#include "adapters/vultr/accounts.h"
#include "adapters/vultr/scripted_http.h"
#include "support/fake_clock.h"
#include "support/fake_metrics.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {
namespace {

using testing::answer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::ScriptedHttp;

/// A cloud whose answers a test sets by "METHOD /path", the query cut off.
class VultrAccount : public ::testing::Test {
 protected:
  using Answers = std::map<std::string, std::vector<Result<HttpResponse>>>;

  static void SetUpTestSuite() { init_crypto(); }
  void SetUp() override {
    say("GET /v2/vpcs", {answer(200, R"({"vpcs":[]})")});
    say("GET /v2/instances", {answer(200, R"({"instances":[]})")});
    say("GET /v2/firewalls", {answer(200, R"({"firewall_groups":[]})")});
    say("GET /v2/regions", {answer(200, R"({"regions":[{"id":"ams"},{"id":"blr"}]})")});
    say("GET /v2/plans",
        {answer(200, R"({"plans":[{"id":"vc2-1c-1gb","monthly_cost":5,"locations":["ams"]}]})")});
    say("GET /v2/os", {answer(200, R"({"os":[{"id":1743,"name":"Ubuntu 22.04 LTS x64"}]})")});
  }
  /// The answers to one request, in turn; the last one holds.
  void say(const std::string& request, std::vector<Result<HttpResponse>> answers) {
    answers_.with([&](Answers& all) { all.insert_or_assign(request, std::move(answers)); });
  }
  Result<HttpResponse> reply(const HttpRequest& request) {
    std::string line = request.method + " " + ScriptedHttp::path_of(request);
    line.resize(std::min(line.size(), line.find('?')));
    return answers_.with([&](Answers& all) -> Result<HttpResponse> {
      const auto found = all.find(line);
      if (found == all.end()) return answer(404, R"({"error":"Not found.","status":404})");
      Result<HttpResponse> next = found->second.front();
      if (found->second.size() > 1) found->second.erase(found->second.begin());
      return next;
    });
  }
  static NewInstance gateway() {
    NewInstance wanted;
    wanted.region = "ams";
    wanted.plan = "vc2-1c-1gb";
    wanted.os = "Ubuntu 22.04 LTS x64";
    wanted.label = "Gateway-A";
    wanted.vpc = {"v-1"};
    return wanted;
  }

  Guarded<Answers> answers_;
  testing::FakeClock clock_;
  testing::FakeMetrics metrics_;
  ScriptedHttp http_{[this](const HttpRequest& request) { return reply(request); }};
  VultrAccounts accounts_{{http_, metrics_, clock_}, "https://cloud.test/v2/"};
  std::shared_ptr<CloudProvider> cloud_{accounts_.account(Secret::copy_of("THEKEY"))};
};

const Error kNotSent{ErrorKind::Transient, "NotSent", "refused"};
const Error kLost{ErrorKind::Transient, "AnswerLost", "reset"};

TEST_F(VultrAccount, OneKeyIsOneAccount) {
  EXPECT_EQ(accounts_.account(Secret::copy_of("THEKEY")), cloud_);
  EXPECT_NE(accounts_.account(Secret::copy_of("OTHER")), cloud_);
}

TEST_F(VultrAccount, ALookIsOneRequestForEachList) {
  ASSERT_TRUE(cloud_->look({}, seconds{5}).ok());
  EXPECT_THAT(http_.lines(), ElementsAre("GET /v2/vpcs?per_page=500", "GET /v2/instances?per_page=500",
                                         "GET /v2/firewalls?per_page=500"));
  EXPECT_EQ(http_.requests()[0].bearer->reveal(), "THEKEY");
  EXPECT_EQ(http_.requests()[0].url, "https://cloud.test/v2/vpcs?per_page=500");
  ASSERT_TRUE(cloud_->look({}, seconds{5}).ok());
  EXPECT_EQ(http_.lines().size(), 3u);
}

TEST_F(VultrAccount, EveryPageIsReadWithTheCursorEncoded) {
  say("GET /v2/instances",
      {answer(200, R"({"instances":[{"id":"a","vpcs":[]}],"meta":{"links":{"next":"c=/1"}}})"),
       answer(200,
              R"({"instances":[{"id":"b","vpcs":[]},{"id":"a","vpcs":[]}],"meta":{"links":{"next":""}}})")});
  const auto view = cloud_->look({}, seconds{0});
  ASSERT_TRUE(view.ok());
  ASSERT_EQ((*view)->instances.size(), 2u) << "an instance on two pages is one instance";
  EXPECT_EQ((*view)->instances[1].id.value, "b");
  EXPECT_EQ(http_.lines()[2], "GET /v2/instances?per_page=500&cursor=c%3D%2F1");
}

TEST_F(VultrAccount, PagesThatGoInACircleAreRefused) {
  say("GET /v2/vpcs", {answer(200, R"({"vpcs":[],"meta":{"links":{"next":"again"}}})")});
  const auto view = cloud_->look({}, seconds{0});
  ASSERT_FALSE(view.ok());
  EXPECT_EQ(view.error().reason, "BadAnswer");
}

TEST_F(VultrAccount, AnAnswerThatIsNotUnderstoodIsNotAnEmptyCloud) {
  say("GET /v2/instances", {answer(200, "<html>maintenance</html>")});
  const auto view = cloud_->look({}, seconds{0});
  ASSERT_FALSE(view.ok());
  EXPECT_EQ(view.error().reason, "BadAnswer");
}

TEST_F(VultrAccount, RulesOfOurGroupsAreReadAgainOnlyWhenTheyChange) {
  const auto groups = [](int count) {
    return answer(200, R"({"firewall_groups":[{"id":"f-1","description":"vpcp-1 ams","rule_count":)" +
                           std::to_string(count) +
                           R"(,"date_modified":"2026"},{"id":"f-2","description":"mine","rule_count":3}]})");
  };
  const std::string rules = "GET /v2/firewalls/f-1/rules?per_page=500";
  const std::string rule =
      R"({"firewall_rules":[{"id":4,"ip_type":"v4","protocol":"udp","port":"51820","subnet":"192.0.2.7","subnet_size":32}]})";
  const auto rule_reads = [&] {
    const auto lines = http_.lines();
    return std::count(lines.begin(), lines.end(), rules);
  };
  say("GET /v2/firewalls", {groups(1)});
  say("GET /v2/firewalls/f-1/rules", {answer(200, rule)});
  for (int i = 0; i < 3; ++i) {
    const auto view = cloud_->look({}, seconds{0});
    ASSERT_TRUE(view.ok());
    EXPECT_EQ((*view)->firewall_groups[0].rules.size(), 1u);
    clock_.advance(seconds{10});
  }
  EXPECT_EQ(rule_reads(), 1);
  say("GET /v2/firewalls", {groups(2)});
  ASSERT_TRUE(cloud_->look({}, seconds{0}).ok());
  EXPECT_EQ(rule_reads(), 2) << "the list shows a change";
  say("DELETE /v2/firewalls/f-1/rules/4", {answer(204)});
  ASSERT_TRUE(cloud_->delete_firewall_rule({}, {"f-1"}, 4).ok());
  ASSERT_TRUE(cloud_->look({}, seconds{0}).ok());
  EXPECT_EQ(rule_reads(), 3) << "we changed them";
  clock_.advance(minutes{11});
  ASSERT_TRUE(cloud_->look({}, seconds{0}).ok());
  EXPECT_EQ(rule_reads(), 4) << "too old";
}

TEST_F(VultrAccount, ANatGatewayIsAskedForOnceInAWhileAndOnlyForOurVpcs) {
  say("GET /v2/vpcs",
      {answer(200,
              R"({"vpcs":[{"id":"v-1","description":"VPC-A vpcp-1"},{"id":"v-2","description":"other"}]})")});
  say("GET /v2/vpcs/v-1/nat-gateway", {answer(200, R"({"nat_gateways":[{"id":"n-1"}]})")});
  for (int i = 0; i < 2; ++i) {
    const auto view = cloud_->look({}, seconds{0});
    ASSERT_TRUE(view.ok());
    EXPECT_TRUE((*view)->vpcs[0].has_nat_gateway);
    EXPECT_FALSE((*view)->vpcs[1].has_nat_gateway);
    clock_.advance(seconds{1});
  }
  EXPECT_EQ(http_.lines().size(), 7u);
}

TEST_F(VultrAccount, WhatOurInstancesUseIsLookedAtWhateverItsDescriptionSays) {
  say("GET /v2/vpcs", {answer(200, R"({"vpcs":[{"id":"v-2","description":"adopted"}]})")});
  say("GET /v2/vpcs/v-2/nat-gateway", {answer(200, R"({"nat_gateways":[{"id":"n-1"}]})")});
  say("GET /v2/instances",
      {answer(
          200,
          R"({"instances":[{"id":"i-1","tags":["vpcp-1"],"firewall_group_id":"f-1","vpcs":[{"id":"v-2","subnet":"10.1.0.3"}]}]})")});
  say("GET /v2/firewalls", {answer(200, R"({"firewall_groups":[{"id":"f-1","description":"by hand"}]})")});
  say("GET /v2/firewalls/f-1/rules",
      {answer(
          200,
          R"({"firewall_rules":[{"id":7,"ip_type":"v4","protocol":"tcp","port":"3306","subnet":"0.0.0.0","subnet_size":0}]})")});
  const auto view = cloud_->look({}, seconds{0});
  ASSERT_TRUE(view.ok()) << view.error().message;
  EXPECT_TRUE((*view)->vpcs[0].has_nat_gateway);
  ASSERT_EQ((*view)->firewall_groups[0].rules.size(), 1U);
  EXPECT_EQ((*view)->firewall_groups[0].rules[0].id, 7);
}

TEST_F(VultrAccount, WhereTheListDoesNotNameVpcsOurInstancesAreAsked) {
  say("GET /v2/instances",
      {answer(200, R"({"instances":[{"id":"i-1","tags":["vpcp-1"]},{"id":"i-2","tags":["other"]}]})")});
  say("GET /v2/instances/i-1/vpcs",
      {answer(200, R"({"vpcs":[{"id":"v-1","ip_address":"172.16.1.3"},{"id":"v-2","ip_address":""}]})")});
  const auto view = cloud_->look({}, seconds{0});
  ASSERT_TRUE(view.ok());
  EXPECT_THAT((*view)->instances[0].vpcs, ElementsAre(VpcAttachment{{"v-1"}, *Ipv4::parse("172.16.1.3")}));
  EXPECT_THAT((*view)->instances[1].vpcs, IsEmpty());
}

TEST_F(VultrAccount, AChangeOfOursMakesTheViewOld) {
  ASSERT_TRUE(cloud_->look({}, hours{1}).ok());
  ASSERT_TRUE(cloud_->delete_vpc({}, {"v-1"}).ok());
  http_.forget();
  ASSERT_TRUE(cloud_->look({}, hours{1}).ok());
  EXPECT_EQ(http_.lines().size(), 3u);
}

TEST_F(VultrAccount, ALookSurvivesWhatPasses) {
  say("GET /v2/vpcs", {kLost, answer(502), answer(200, R"({"vpcs":[]})")});
  EXPECT_TRUE(cloud_->look({}, seconds{0}).ok());
  EXPECT_EQ(metrics_.value_of(metric::kCloudRequests, {"list-vpcs", "transient"}), 2);
  EXPECT_EQ(metrics_.value_of(metric::kCloudRequests, {"list-vpcs", "ok"}), 1);
}

TEST_F(VultrAccount, ALookThatKeepsFailingEnds) {
  say("GET /v2/vpcs", {kNotSent});
  const auto view = cloud_->look({}, seconds{0});
  ASSERT_FALSE(view.ok());
  EXPECT_EQ(http_.lines().size(), 3u);
}

TEST_F(VultrAccount, ACloudThatDoesNotAnswerIsNamedWithWhatToLookAt) {
  const std::string fix = "): look at the network, and whether --vultr-url (VPCP_VULTR_URL) is right";
  const Error refused{ErrorKind::Denied, "CertificateRefused", "cloud.test: for another name"};
  const std::pair<Error, std::string> rows[] = {
      {kNotSent, "Vultr's API at https://cloud.test cannot be reached (refused" + fix},
      {kLost, "Vultr's API at https://cloud.test did not answer (reset" + fix},
      {refused, "cloud.test: for another name"},
  };
  for (const auto& [error, message] : rows) {
    say("GET /v2/vpcs", {error});
    const auto view = cloud_->look({}, seconds{0});
    ASSERT_FALSE(view.ok());
    EXPECT_EQ(view.error(), (Error{error.kind, error.reason, message, {}}));
  }
}

TEST_F(VultrAccount, CreatesGoOutOnceOnAConnectionOfTheirOwn) {
  struct Row {
    const char* name;
    Result<HttpResponse> answer;
    const char* reason;
  };
  const Row rows[] = {
      {"the answer is lost", kLost, "AnswerLost"},
      {"it never left", kNotSent, "NotSent"},
      {"a broken server may have done it", answer(500, "oops"), "AnswerLost"},
      {"a gateway may have given up on it", answer(504), "AnswerLost"},
      {"an answer that tells nothing", answer(202, "{}"), "AnswerLost"},
      {"an answer that is no JSON", answer(202, "<html>"), "AnswerLost"},
      {"a refusal", answer(400, R"({"error":"Invalid plan chosen."})"), "PlanNotAvailable"},
  };
  for (const Row& row : rows) {
    say("POST /v2/instances", {row.answer});
    (void)cloud_->catalogue({});
    http_.forget();
    const auto made = cloud_->create_instance({}, gateway());
    ASSERT_FALSE(made.ok()) << row.name;
    EXPECT_EQ(made.error().reason, row.reason) << row.name;
    ASSERT_THAT(http_.lines(), ElementsAre("POST /v2/instances")) << row.name;
    EXPECT_TRUE(http_.requests()[0].fresh_connection);
    clock_.advance(seconds{1});
  }
}

TEST_F(VultrAccount, NoPartOfACreateAnswerReachesAnError) {
  say("POST /v2/instances", {answer(202, R"({"instance":{"default_password":"hunter2"}})")});
  const auto made = cloud_->create_instance({}, gateway());
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, Not(HasSubstr("hunter2")));
}

TEST_F(VultrAccount, WhatCannotBeOrderedIsSaidBeforeOrdering) {
  struct Row {
    NewInstance wanted;
    const char* reason;
    std::vector<const char*> told;
  };
  NewInstance region = gateway(), plan = gateway(), elsewhere = gateway(), os = gateway();
  region.region = "xyz";
  plan.plan = "vc9";
  elsewhere.region = "blr";
  os.os = "Ubuntu 23.04";
  const Row rows[] = {{region, "RegionUnknown", {"\"xyz\"", "ams, blr"}},
                      {plan, "PlanNotAvailable", {"\"vc9\"", "vc2-1c-1gb"}},
                      {elsewhere, "PlanNotAvailable", {"\"vc2-1c-1gb\"", "\"blr\""}},
                      {os, "ImageNotAvailable", {"\"Ubuntu 23.04\"", "Ubuntu 22.04 LTS x64"}}};
  for (const Row& row : rows) {
    const auto made = cloud_->create_instance({}, row.wanted);
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(made.error().reason, row.reason);
    for (const char* part : row.told) EXPECT_THAT(made.error().message, HasSubstr(part));
  }
  EXPECT_EQ(http_.lines().size(), 3u) << "the catalogue, once";
}

TEST_F(VultrAccount, APauseThatVultrAsksForHoldsForEverybody) {
  say("GET /v2/vpcs",
      {answer(429, R"({"error":"slow down"})", {{"retry-after", "7"}}), answer(200, R"({"vpcs":[]})")});
  const auto told = cloud_->look({}, seconds{0});
  ASSERT_FALSE(told.ok());
  EXPECT_EQ(told.error().kind, ErrorKind::Throttled);
  EXPECT_EQ(told.error().retry_after, seconds{7});
  EXPECT_EQ(metrics_.value_of(metric::kCloudThrottled, {}), 1);
  clock_.advance(seconds{5});
  const auto other = accounts_.account(Secret::copy_of("OTHER"))->delete_vpc({}, {"v-1"});
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().kind, ErrorKind::Throttled);
  EXPECT_EQ(other.error().retry_after, seconds{2});
  EXPECT_EQ(http_.lines().size(), 1u) << "nothing goes out in the pause";
  clock_.advance(seconds{2});
  EXPECT_TRUE(cloud_->look({}, seconds{0}).ok());
}

TEST_F(VultrAccount, DeletingWhatIsGoneSucceeds) {
  EXPECT_TRUE(cloud_->delete_vpc({}, {"v"}).ok());
  EXPECT_TRUE(cloud_->delete_instance({}, {"i"}).ok());
  EXPECT_TRUE(cloud_->delete_firewall_group({}, {"f"}).ok());
  EXPECT_TRUE(cloud_->delete_firewall_rule({}, {"f"}, 1).ok());
  EXPECT_EQ(metrics_.value_of(metric::kCloudRequests, {"delete-vpc", "not_found"}), 1);
}

TEST_F(VultrAccount, ChangingWhatIsGoneIsAConflict) {
  const Status changed = cloud_->start_instance({}, {"i"});
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().kind, ErrorKind::Conflict);
}

TEST_F(VultrAccount, ARuleThatIsThereAlreadyIsSuccess) {
  say("POST /v2/firewalls/f-1/rules",
      {answer(400, R"({"error":"This rule is already defined ","status":400})")});
  EXPECT_TRUE(cloud_->add_firewall_rule({}, {"f-1"}, {RuleProtocol::Udp, "51820", Cidr{}, ""}).ok());
}

}  // namespace
}  // namespace vpcp
