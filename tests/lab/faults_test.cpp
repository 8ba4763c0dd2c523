#include "lab/lab_fixture.h"

namespace vpcp::lab {
namespace {

class FaultsOfTheLab : public LabTest {
 protected:
  void strike(const Json& fault) { ASSERT_EQ(ask("POST", "/lab/v1/faults", fault).status, 201) << fault; }
};

struct Refusing {
  std::string kind;
  int status;
};
class RefusingFault : public FaultsOfTheLab, public ::testing::WithParamInterface<Refusing> {};

TEST_P(RefusingFault, StrikesOnceAndDoesNothing) {
  strike({{"kind", GetParam().kind}, {"match", {{"method", "POST"}, {"path", "^/v2/instances$"}}}});
  get("/v2/instances");  // another method: not meant
  const Response refused = api_.handle(request("POST", "/v2/instances", {{"region", "ams"}}));
  EXPECT_EQ(refused.status, GetParam().status);
  EXPECT_EQ(backend_.host_count(), 0U);
  make_server();
}

INSTANTIATE_TEST_SUITE_P(Lab, RefusingFault,
                         ::testing::Values(Refusing{"throttle", 429}, Refusing{"error500", 500},
                                           Refusing{"unauthorized", 401}, Refusing{"forbidden", 403},
                                           Refusing{"locked", 500}, Refusing{"capacity_refused", 400},
                                           Refusing{"quota", 400}),
                         [](const auto& param_info) { return param_info.param.kind; });

TEST_F(FaultsOfTheLab, TellWhenToComeBack) {
  strike({{"kind", "throttle"}, {"retry_after", 7}});
  const Response response = api_.handle(request("GET", "/v2/vpcs"));
  EXPECT_EQ(response.retry_after, 7);
}

TEST_F(FaultsOfTheLab, LoseTheAnswerOfWhatWasDone) {
  strike({{"kind", "lost_answer"}, {"match", {{"method", "POST"}}}});
  strike({{"kind", "lost_answer"}, {"match", {{"method", "DELETE"}}}, {"status", 504}});
  const Response lost = api_.handle(request("POST", "/v2/vpcs", {{"region", "ams"}}));
  EXPECT_TRUE(lost.lost);
  const Json vpcs = get("/v2/vpcs")["vpcs"];
  ASSERT_EQ(vpcs.size(), 1U);
  const Response gateway = api_.handle(request("DELETE", "/v2/vpcs/" + vpcs[0]["id"].get<std::string>()));
  EXPECT_EQ(gateway.status, 504);
  EXPECT_EQ(gateway.body, "");
  EXPECT_EQ(get("/v2/vpcs")["vpcs"].size(), 0U);
}

TEST_F(FaultsOfTheLab, HideWhatWasCreatedForAWhile) {
  strike({{"kind", "delayed_visibility"}, {"seconds", 20}, {"match", {{"method", "POST"}}}});
  const std::string id = make_server({{"tags", {"t"}}});
  EXPECT_EQ(ask("GET", "/v2/instances/" + id).status, 404);
  EXPECT_EQ(get("/v2/instances?tag=t")["meta"]["total"], 0);
  EXPECT_EQ(get("/lab/v1/instances")["instances"].size(), 1U);
  clock_.advance(seconds{21});
  EXPECT_EQ(get("/v2/instances?tag=t")["meta"]["total"], 1);
}

TEST_F(FaultsOfTheLab, KeepAServerFromBooting) {
  strike({{"kind", "stuck_boot"}, {"match", {{"method", "POST"}}}});
  const std::string id = make_server();
  clock_.advance(hours{1});
  EXPECT_EQ(server(id)["status"], "pending");
}

TEST_F(FaultsOfTheLab, DelayAnswers) {
  strike({{"kind", "slow"}, {"delay_ms", 250}});
  EXPECT_EQ(api_.handle(request("GET", "/v2/vpcs")).delay, milliseconds{250});
}

TEST_F(FaultsOfTheLab, CountAndSkip) {
  strike({{"kind", "error500"}, {"count", 2}, {"skip", 1}, {"match", {{"path", "vpcs"}}}});
  std::vector<int> statuses;
  for (int i = 0; i < 4; ++i) statuses.push_back(api_.handle(request("GET", "/v2/vpcs")).status);
  EXPECT_EQ(statuses, (std::vector{200, 500, 500, 200}));
}

TEST_F(FaultsOfTheLab, AreListedAndRemoved) {
  strike({{"kind", "error500"}, {"count", 0}});
  EXPECT_EQ(get("/lab/v1/faults")["faults"].size(), 1U);
  EXPECT_EQ(api_.handle(request("GET", "/v2/vpcs")).status, 500);
  EXPECT_EQ(ask("DELETE", "/lab/v1/faults/1").status, 204);
  EXPECT_EQ(ask("DELETE", "/lab/v1/faults/1").status, 404);
  EXPECT_EQ(ask("DELETE", "/lab/v1/faults").status, 204);
  EXPECT_EQ(ask("GET", "/v2/vpcs").status, 200);
}

TEST_F(FaultsOfTheLab, AreRefusedWhenTheyMakeNoSense) {
  EXPECT_EQ(ask("POST", "/lab/v1/faults", {{"kind", "earthquake"}}).status, 400);
  EXPECT_EQ(ask("POST", "/lab/v1/faults", {{"kind", "slow"}, {"match", {{"path", "("}}}}).status, 400);
  EXPECT_EQ(ask("POST", "/lab/v1/faults", {{"kind", "slow"}, {"match", 3}}).status, 400);
}

TEST_F(FaultsOfTheLab, SetLinks) {
  EXPECT_EQ(
      ask("POST", "/lab/v1/links", {{"a", "ams"}, {"b", "blr"}, {"delay_ms", 72}, {"loss_percent", 2.5}})
          .status,
      204);
  EXPECT_EQ(backend_.link("blr", "ams")->delay, milliseconds{72});
  EXPECT_EQ(backend_.link("blr", "ams")->mtu, 1500);
  EXPECT_EQ(ask("POST", "/lab/v1/links", {{"a", "ams"}, {"b", "blr"}, {"mtu", 1400}}).status, 204);
  EXPECT_EQ(backend_.link("blr", "ams")->mtu, 1400);
  EXPECT_EQ(ask("POST", "/lab/v1/links", {{"a", "ams"}, {"b", "blr"}, {"mtu", 1501}}).status, 400);
  EXPECT_EQ(ask("POST", "/lab/v1/links", {{"a", "ams"}, {"b", "blr"}, {"mtu", 575}}).status, 400);
  EXPECT_EQ(ask("POST", "/lab/v1/links", {{"a", "ams"}, {"b", "xyz"}}).status, 400);
  EXPECT_EQ(ask("POST", "/lab/v1/links", {{"a", "ams"}, {"b", "blr"}, {"loss_percent", 101}}).status, 400);
}

TEST_F(FaultsOfTheLab, TellAnotherNetworkOfAVpc) {
  const std::string id =
      ask("POST", "/v2/vpcs", {{"region", "ams"}, {"v4_subnet", "172.16.1.0"}, {"v4_subnet_mask", 24}})
          .body["vpc"]["id"];
  const std::string lever = "/lab/v1/vpcs/" + id + "/network";
  EXPECT_EQ(ask("POST", lever, {{"v4_subnet", "172.16.9.0"}, {"v4_subnet_mask", 23}}).status, 400);
  EXPECT_EQ(ask("POST", lever, {{"v4_subnet", "172.16.9.0"}, {"v4_subnet_mask", 24}}).status, 204);
  EXPECT_EQ(get("/v2/vpcs/" + id)["vpc"]["v4_subnet"], "172.16.9.0");
  EXPECT_EQ(
      ask("POST", "/lab/v1/vpcs/none/network", {{"v4_subnet", "172.16.9.0"}, {"v4_subnet_mask", 24}}).status,
      404);
}

TEST_F(FaultsOfTheLab, RequestLogHoldsNoSecrets) {
  make_server({{"user_data", "c2VjcmV0"}});
  ask("POST", "/v2/ssh-keys?token=secret", {{"name", "secret"}});
  const Json log = get("/lab/v1/requests");
  EXPECT_EQ(log["writes"], 2);
  EXPECT_EQ(log["operations"]["instances.create"]["202"], 1);
  EXPECT_EQ(log["last"][1]["path"], "/v2/ssh-keys");
  EXPECT_EQ(log.dump().find("secret"), std::string::npos);
  ask("DELETE", "/lab/v1/requests");
  EXPECT_EQ(get("/lab/v1/requests")["writes"], 0);
}

class Access : public LabTest {};

TEST_F(Access, NeedsTheKeyButForTheCatalogue) {
  struct Row {
    std::string path;
    int status;
  };
  for (const Row& row :
       {Row{"/v2/instances", 401}, Row{"/v2/vpc2", 401}, Row{"/lab/v1/requests", 401},
        Row{"/v2/regions", 200}, Row{"/v2/plans", 200}, Row{"/v2/os", 200}, Row{"/v2/applications", 200},
        Row{"/v2/regions/ams/availability", 200}, Row{"/lab/v1/healthz", 200}}) {
    for (const char* key : {"", "Bearer wrong", "key"}) {
      Request asked = request("GET", row.path);
      asked.authorization = key;
      EXPECT_EQ(api_.handle(asked).status, row.status) << row.path << " " << key;
    }
  }
}

TEST_F(Access, FindsNothingAtUnknownPlaces) {
  EXPECT_EQ(ask("GET", "/v2/vpc2").body.dump(), R"({"error":"Not found.","status":404})");
  EXPECT_EQ(ask("PUT", "/v2/instances").status, 404);
}

TEST_F(Access, WantsJsonObjects) {
  for (const char* body : {"[]", "{", "3", "\"x\""}) {
    Request asked = request("POST", "/v2/vpcs", Json::object());
    asked.body = body;
    EXPECT_EQ(api_.handle(asked).status, 400) << body;
  }
  Request untyped = request("POST", "/v2/firewalls", {{"description", "x"}});
  untyped.content_type.clear();
  EXPECT_EQ(api_.handle(untyped).status, 400);
  Request deep = request("POST", "/v2/firewalls", Json::object());
  deep.body = std::string(100'000, '[');
  EXPECT_EQ(api_.handle(deep).status, 400);
}

TEST_F(Access, SellsPlansWhereTheyAre) {
  const Json plans = get("/v2/plans?type=voc-g")["plans"];
  ASSERT_EQ(plans[0]["id"], "voc-g-1c-4gb-30s-amd");
  EXPECT_EQ(plans[0]["monthly_cost"], 30.0);
  EXPECT_EQ(ask("GET", "/v2/regions/xyz/availability").body["error"], "Invalid region.");
  EXPECT_EQ(ask("GET", "/v2/regions/ams/availability?type=zzz").status, 400);
}

class Throttled : public LabTest {
 protected:
  Throttled() : LabTest({}, 30) {}
};

TEST_F(Throttled, AdmitsThirtyRequestsASecondFromOneAddress) {
  for (int i = 0; i < 30; ++i) ASSERT_EQ(ask("GET", "/v2/vpcs").status, 200);
  const Response refused = api_.handle(request("GET", "/v2/vpcs"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.retry_after, 1);
  Request other = request("GET", "/v2/vpcs");
  other.source = "198.51.100.2";
  EXPECT_EQ(api_.handle(other).status, 200);
  EXPECT_EQ(ask("GET", "/lab/v1/requests").status, 200) << "the lab's own levers are not counted";
  clock_.advance(seconds{1});
  EXPECT_EQ(ask("GET", "/v2/vpcs").status, 200);
}

}  // namespace
}  // namespace vpcp::lab
