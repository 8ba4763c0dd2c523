#include <gmock/gmock.h>

#include "lab/lab_fixture.h"

namespace vpcp::lab {
namespace {

using ::testing::ElementsAre;

class Instances : public LabTest {};

TEST_F(Instances, AreToldWithPlaceholdersWhenCreated) {
  const Json told = try_server({{"label", "Gateway-A"}, {"tags", {"b", "a"}}}).body["instance"];
  EXPECT_EQ(told["main_ip"], "0.0.0.0");
  EXPECT_EQ(told["status"], "pending");
  EXPECT_EQ(told["power_status"], "running") << "as the real one, of what does not exist yet";
  EXPECT_EQ(told["tags"], Json({"a", "b"}));
  EXPECT_FALSE(told["default_password"].get<std::string>().empty());
  EXPECT_FALSE(told.contains("vpcs"));
}

TEST_F(Instances, ProgressFromPendingToActiveByTime) {
  const std::string vpc = make_vpc();
  const std::string id = make_server({{"attach_vpc", {vpc}}});
  struct Moment {
    seconds after;
    std::string status, server_status, main_ip, internal_ip;
  };
  seconds passed{0};
  for (const Moment& moment : {Moment{seconds{0}, "pending", "none", "0.0.0.0", ""},
                               Moment{seconds{1}, "pending", "none", "0.0.0.0", "172.16.1.3"},
                               Moment{seconds{4}, "pending", "none", "192.0.2.10", "172.16.1.3"},
                               Moment{seconds{8}, "active", "installingbooting", "192.0.2.10", "172.16.1.3"},
                               Moment{seconds{10}, "active", "ok", "192.0.2.10", "172.16.1.3"}}) {
    clock_.advance(moment.after - passed);
    passed = moment.after;
    const Json now = server(id);
    EXPECT_EQ(now["status"], moment.status) << passed.count();
    EXPECT_EQ(now["server_status"], moment.server_status) << passed.count();
    EXPECT_EQ(now["main_ip"], moment.main_ip) << passed.count();
    EXPECT_EQ(now["internal_ip"], moment.internal_ip) << passed.count();
  }
  EXPECT_FALSE(server(id).contains("default_password"));
}

struct BadCreate {
  std::string name;
  Json more;
  std::string error;
};
class RefusedCreate : public LabTest, public ::testing::WithParamInterface<BadCreate> {};

TEST_P(RefusedCreate, SaysWhyAndMakesNothing) {
  const Told told = try_server(GetParam().more);
  EXPECT_EQ(told.body, Json({{"error", GetParam().error}, {"status", told.status}}));
  EXPECT_EQ(told.status, 400);
  EXPECT_EQ(backend_.host_count(), 0U);
  EXPECT_EQ(get("/v2/instances")["meta"]["total"], 0);
}

INSTANTIATE_TEST_SUITE_P(
    Lab, RefusedCreate,
    ::testing::Values(
        BadCreate{"UnknownPlan", {{"plan", "vc2-9c"}}, "Invalid plan chosen."},
        BadCreate{"PlanNotSoldThere",
                  {{"region", "hnl"}, {"plan", "voc-g-1c-4gb-30s-amd"}},
                  "Invalid plan chosen."},
        BadCreate{"UnknownRegion", {{"region", "xyz"}}, "Invalid region."},
        BadCreate{"RegionMissing", {{"region", nullptr}}, "Bad request."},
        BadCreate{"UnknownOs", {{"os_id", 1}}, "Invalid OS chosen."},
        BadCreate{"TwoSources",
                  {{"app_id", 3}},
                  "Exactly one of os_id, iso_id, snapshot_id, app_id, image_id is required."},
        BadCreate{"UnknownVpc", {{"attach_vpc", {"d325e78b-bcec-4d4e-b9b8-9c294f37b04d"}}}, "Invalid VPC ID"},
        BadCreate{"UnknownKey", {{"sshkey_id", {"d325e78b-bcec-4d4e-b9b8-9c294f37b04d"}}}, "Invalid ssh key"},
        BadCreate{
            "UserDataNotEncoded", {{"user_data", "#cloud-config"}}, "Invalid user_data: not base64 encoded."},
        BadCreate{"TagsOfWrongType", {{"tags", "a"}}, "Invalid value for parameter: tags"},
        BadCreate{
            "VpcOnlyWithoutVpc", {{"vpc_only", true}}, "Server add failed: vpc_only requires attach_vpc."}),
    [](const auto& param_info) { return param_info.param.name; });

TEST_F(Instances, TakeNullForAbsent) {
  EXPECT_EQ(
      try_server({{"app_id", nullptr}, {"snapshot_id", nullptr}, {"tags", nullptr}, {"attach_vpc", nullptr}})
          .status,
      202);
}

TEST_F(Instances, AreFilteredExactlyButByTagIgnoringCase) {
  const std::string group = make_group();
  make_server(
      {{"label", "one"}, {"tags", {"vpcp-1", "Peered"}}, {"hostname", "h1"}, {"firewall_group_id", group}});
  make_server({{"label", "two"}, {"tags", {"vpcp-10"}}, {"region", "blr"}});
  clock_.advance(seconds{10});
  const auto labels = [&](const std::string& query) {
    std::vector<std::string> found;
    const Json told = get("/v2/instances?" + query);
    for (const Json& instance : told["instances"]) found.push_back(instance["label"]);
    return found;
  };
  EXPECT_THAT(labels("tag=VPCP-1"), ElementsAre("one"));
  EXPECT_THAT(labels("tag=peered"), ElementsAre("one"));
  EXPECT_THAT(labels("tag=vpcp"), ElementsAre());
  EXPECT_THAT(labels("label=two"), ElementsAre("two"));
  EXPECT_THAT(labels("region=ams"), ElementsAre("one"));
  EXPECT_THAT(labels("hostname=h1"), ElementsAre("one"));
  EXPECT_THAT(labels("firewall_group_id=" + group), ElementsAre("one"));
  EXPECT_THAT(labels("main_ip=192.0.2.11"), ElementsAre("two"));
  EXPECT_THAT(labels("&per_page=100"), ElementsAre("one", "two")) << "an empty pair first is fine";
}

TEST_F(Instances, HearTheWishForNoPublicIPv4OnlyWithIPv6) {
  const std::string deaf = make_server({{"disable_public_ipv4", true}});
  const std::string closed = make_server({{"disable_public_ipv4", true}, {"enable_ipv6", true}});
  clock_.advance(seconds{10});
  EXPECT_EQ(server(deaf)["main_ip"], "192.0.2.10");
  EXPECT_EQ(server(closed)["main_ip"], "0.0.0.0");
  EXPECT_NE(server(closed)["v6_main_ip"], "");
  EXPECT_EQ(server(closed)["features"], Json({"ipv6"}));
  EXPECT_EQ(backend_.host(closed)->public_nic->ipv4, std::nullopt);
}

TEST_F(Instances, LiveInTheVpcAloneOnlyBehindANatGateway) {
  const std::string vpc = make_vpc();
  EXPECT_EQ(try_server({{"vpc_only", true}, {"attach_vpc", {vpc}}}).status, 400);
  const Told gateway = ask("POST", "/v2/vpcs/" + vpc + "/nat-gateway", {{"label", "nat"}});
  ASSERT_EQ(gateway.status, 201) << gateway.body;
  EXPECT_EQ(gateway.body["nat_gateway"]["private_ips"], Json({"172.16.1.3"}));
  const std::string id = make_server({{"vpc_only", true}, {"attach_vpc", {vpc}}});
  clock_.advance(seconds{10});
  EXPECT_EQ(server(id)["main_ip"], "");
  EXPECT_EQ(backend_.host(id)->public_nic, std::nullopt);
  EXPECT_EQ(backend_.host(id)->vpc_nics.front().nat_gateway, Ipv4::parse("172.16.1.3"));
}

TEST_F(Instances, GiveTheBackendAllItNeeds) {
  const std::string vpc = make_vpc();
  const std::string key =
      ask("POST", "/v2/ssh-keys", {{"name", "k"}, {"ssh_key", "ssh-ed25519 AAAA"}}).body["ssh_key"]["id"];
  const std::string id = make_server({{"attach_vpc", {vpc}},
                                      {"hostname", "gw-ams"},
                                      {"label", "Gateway-A"},
                                      {"sshkey_id", {key}},
                                      {"user_data", "I2Nsb3VkLWNvbmZpZwo="}});
  const auto host = backend_.host(id);
  ASSERT_TRUE(host);
  EXPECT_EQ(host->hostname, "gw-ams");
  EXPECT_EQ(host->os_name, "Ubuntu 22.04 LTS x64");
  EXPECT_EQ(host->user_data, "#cloud-config\n");
  EXPECT_THAT(host->ssh_keys, ElementsAre("ssh-ed25519 AAAA"));
  EXPECT_EQ(host->public_nic->ipv4, Ipv4::parse("192.0.2.10"));
  EXPECT_EQ(host->public_nic->gateway, Ipv4::parse("192.0.2.1"));
  ASSERT_EQ(host->vpc_nics.size(), 1U);
  EXPECT_EQ(host->vpc_nics[0].ipv4, Ipv4::parse("172.16.1.3"));
  EXPECT_EQ(host->vpc_nics[0].cidr, Cidr::parse("172.16.1.0/24"));
  EXPECT_EQ(host->inbound, std::nullopt);
}

TEST_F(Instances, ArePatchedInPart) {
  const std::string group = make_group();
  const std::string id = make_server({{"tags", {"a"}}, {"label", "old"}});
  const std::string path = "/v2/instances/" + id;
  const Told told =
      ask("PATCH", path, {{"tags", {"z", "b"}}, {"user_data", "e30="}, {"firewall_group_id", group}});
  EXPECT_EQ(told.status, 202);
  EXPECT_EQ(told.body["instance"]["label"], "old");
  EXPECT_EQ(told.body["instance"]["tags"], Json({"b", "z"}));
  EXPECT_EQ(get(path + "/user-data")["user_data"]["data"], "e30=");
  EXPECT_EQ(backend_.host(id)->user_data, "{}");
  EXPECT_EQ(backend_.host(id)->inbound, Inbound(std::vector<InboundRule>{}))
      << "a group without rules lets nothing in";
  EXPECT_EQ(get("/v2/instances/jobs/" + told.body["job_ids"][0].get<std::string>())["job"]["state"],
            "success");

  EXPECT_EQ(
      ask("PATCH", path, {{"tags", nullptr}, {"ddos_protection", nullptr}, {"detach_vpc", Json::array()}})
          .status,
      202);
  EXPECT_EQ(server(id)["tags"], Json({"b", "z"})) << "null is absent";
  ask("PATCH", path, {{"firewall_group_id", ""}});
  EXPECT_EQ(backend_.host(id)->inbound, std::nullopt);
}

TEST_F(Instances, ArePoweredOneByOneAndInBulk) {
  const std::string id = make_server();
  clock_.advance(seconds{10});
  const auto power = [&] { return server(id)["power_status"].get<std::string>(); };
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/halt").status, 204);
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/halt").status, 204) << "a second one too";
  EXPECT_EQ(power(), "stopped");
  EXPECT_EQ(ask("POST", "/v2/instances/start", {{"instance_ids", {id}}}).status, 204);
  EXPECT_EQ(power(), "running");
  EXPECT_EQ(ask("POST", "/lab/v1/instances/" + id + "/power-cut").status, 204);
  EXPECT_EQ(power(), "stopped");
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/reboot").status, 204);
  EXPECT_EQ(power(), "running");
}

TEST_F(Instances, StartOverWhenReinstalled) {
  const std::string id = make_server();
  clock_.advance(seconds{10});
  EXPECT_EQ(server(id)["status"], "active");
  EXPECT_EQ(ask("PATCH", "/v2/instances/" + id, {{"os_id", "2136"}}).status, 202)
      << "a number in a string will do";
  EXPECT_EQ(server(id)["status"], "pending");
  EXPECT_EQ(backend_.host(id)->os_name, "Debian 12 x64 (bookworm)");
  EXPECT_EQ(ask("POST", "/v2/instances/" + id + "/reinstall", {{"hostname", "new"}}).status, 202);
  EXPECT_EQ(backend_.host(id)->hostname, "new");
}

TEST_F(Instances, AreGoneAtOnceWhenDeleted) {
  const std::string id = make_server();
  EXPECT_EQ(ask("DELETE", "/v2/instances/" + id).status, 204);
  const Told told = ask("GET", "/v2/instances/" + id);
  EXPECT_EQ(told.status, 404);
  EXPECT_EQ(told.body.dump(), R"({"error":"instance not found","status":404})");
  EXPECT_EQ(ask("DELETE", "/v2/instances/" + id).status, 404);
  EXPECT_EQ(backend_.state(id), HostState::Absent);
}

TEST_F(Instances, AnswerWhatTerraformReads) {
  const std::string id = make_server({{"backups", "enabled"}});
  const std::string path = "/v2/instances/" + id;
  EXPECT_EQ(get(path + "/backup-schedule")["backup_schedule"]["enabled"], true);
  EXPECT_EQ(get(path + "/vpc2")["vpcs"], Json::array());
  EXPECT_EQ(get(path + "/neighbors")["neighbors"], Json::array());
  EXPECT_EQ(get(path + "/ipv6")["ipv6s"], Json::array());
  EXPECT_EQ(server(id)["features"], Json({"auto_backups"}));
}

TEST_F(Instances, ArePagedByCursorsThatSurviveChanges) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(make_server());
  const Json first = get("/v2/instances?per_page=3");
  EXPECT_EQ(first["meta"]["total"], 7);
  EXPECT_EQ(first["meta"]["links"]["prev"], "");
  ask("DELETE", "/v2/instances/" + ids[0]);
  const Json second =
      get("/v2/instances?per_page=3&cursor=" + first["meta"]["links"]["next"].get<std::string>());
  ASSERT_EQ(second["instances"].size(), 3U);
  EXPECT_EQ(second["instances"][0]["id"], ids[3]) << "nothing repeated, nothing skipped";
  const Json third =
      get("/v2/instances?per_page=3&cursor=" + second["meta"]["links"]["next"].get<std::string>());
  ASSERT_EQ(third["instances"].size(), 1U);
  EXPECT_EQ(third["meta"]["links"]["next"], "");
  EXPECT_EQ(
      get("/v2/instances?cursor=" + third["meta"]["links"]["prev"].get<std::string>())["instances"][0]["id"],
      ids[3]);
  EXPECT_EQ(ask("GET", "/v2/instances?cursor=nonsense").status, 400);
}

TEST_F(Instances, AreListedQuicklyByTheThousand) {
  CloudOptions options{.boot = seconds{0}};
  options.public_network = *Cidr::parse("198.18.0.0/15");
  Cloud cloud(options, backend_, clock_, Log{});
  const auto vpc = cloud.create_vpc({"ams", "", "10.0.0.0", 16});
  NewInstance wanted;
  wanted.region = "ams";
  wanted.plan = "vc2-1c-1gb";
  wanted.os_id = 1743;
  wanted.attach_vpc = {vpc->id};
  for (int i = 0; i < 10'000; ++i) ASSERT_TRUE(cloud.create_instance(wanted).ok()) << i;
  const auto start = std::chrono::steady_clock::now();
  PageRequest page{500, 0};
  std::size_t seen = 0;
  for (Page<InstanceView> found; seen < 10'000; seen += found.items.size()) {
    found = cloud.instances({}, page);
    ASSERT_FALSE(found.items.empty());
    page.after = found.items.back().record.seq;
  }
  EXPECT_EQ(seen, 10'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds{5});
}

class SmallAccount : public LabTest {
 protected:
  SmallAccount() : LabTest({.boot = seconds{8}, .max_instances = 1}) {}
};

TEST_F(SmallAccount, CountsADeletedServerForAWhile) {
  const std::string id = make_server();
  const std::string text =
      "Server add failed: You have reached the maximum number of active instances for this account.";
  EXPECT_EQ(try_server().body["error"], text);
  ask("DELETE", "/v2/instances/" + id);
  EXPECT_EQ(try_server().body["error"], text);
  clock_.advance(seconds{4});
  EXPECT_EQ(try_server().status, 202);
}

}  // namespace
}  // namespace vpcp::lab
