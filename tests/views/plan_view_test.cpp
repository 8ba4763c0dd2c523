#include "views/plan_view.h"

#include "domain/host/commands.h"
#include "views/diff.h"
#include "views/samples.h"

namespace vpcp::testing {
namespace {

TEST(PlanView, ToldToAProgram) {
  PlanReport report;
  report.cloud = {{'+', "frankfurt", "Create VPC", "no VPC of ours"}};
  report.hosts["amsterdam/gateway-0"] = {{"Set the peers of wg0", "a peer is missing", "+[Peer]"}};
  report.unready["frankfurt/db"] = "package update";
  report.cost_before = 20;
  const std::string json = plan_answer(report, "network/mesh", TextForm::Json);
  for (const char* part :
       {"\"object\": \"network/mesh\"", "\"changes\": 2", "\"sign\": \"+\"", "\"diff\": \"+[Peer]\"",
        "\"why\": \"package update\"", "\"monthlyCostUSDBefore\": 20", "\"interruptions\": []"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  EXPECT_EQ(json.find("monthlyCostUSDAfter"), std::string::npos) << "what is not known is left out";
}

TEST(Diff, IsAsDiffWritesIt) {
  const std::string before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
  const std::string after = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n10\n11\n12\n13\n";
  EXPECT_EQ(unified_diff("f", before, after),
            "--- f\n+++ f\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n@@ -10,3 +10,4 @@\n 10\n 11\n "
            "12\n+13\n");
  EXPECT_EQ(unified_diff("f", before, before), "");
  EXPECT_EQ(unified_diff("f", std::nullopt, "a\n"), "--- /dev/null\n+++ f\n@@ -0,0 +1 @@\n+a\n");
  EXPECT_EQ(unified_diff("f", "a\n", std::nullopt), "--- f\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n");
}

HostFile file_of(const std::string& path, const std::string& text) {
  return {path, "600", Secret::copy_of(text), sha256_hex(text)};
}

/// A third site is added to a running peering.
Forecast third_site() {
  Forecast out;
  NewInstance gateway;
  gateway.label = "Gateway-C";
  out.cloud = {{"frankfurt", DriftKind::VpcMissing, CreateVpc{}, "no VPC of ours in fra",
                "Create VPC 172.16.3.0/24 in fra", true},
               {"frankfurt/gateway-0", DriftKind::InstanceMissing, CreateInstance{gateway}, "",
                "Create Gateway-C", true},
               {"amsterdam/gateway-0", DriftKind::TagsChanged, UpdateInstance{}, "tags of ours are missing",
                "Put our tags back", false},
               {"stray/i-9", DriftKind::LeftToRemove, DeleteInstance{}, "it is ours, but no longer declared",
                "Delete Old", true}};
  const std::string wanted =
      "# amsterdam/gateway-0\nPrivateKey = " + base64_encode(std::string(32, 'k')) +
      "\n[Peer]\nPublicKey = ABC\nEndpoint = 240.0.0.1:51820\nAllowedIPs = 10.10.0.3/32, 172.16.3.0/24\n";
  HostPlan plan;
  plan.steps = {{"amsterdam/gateway-0", DriftKind::ConfigFileChanged,
                 HostChange{{write_file_command(file_of("/etc/wireguard/wg0.conf", wanted))}},
                 "/etc/wireguard/wg0.conf has other content", "Write /etc/wireguard/wg0.conf", false},
                {"amsterdam/gateway-0", DriftKind::PeerRouteMissing,
                 HostChange{{tunnel_route_command(*Cidr::parse("172.16.3.0/24"))}},
                 "172.16.3.0/24 is not routed through wg0", "Route 172.16.3.0/24 through wg0", false}};
  out.hosts["amsterdam/gateway-0"] = plan;
  out.interruptions = {{"everything on this instance (Delete Old)", "for good"}};
  out.new_hosts = {"frankfurt/gateway-0"};
  out.stand_ins = {{"240.0.0.1", "(public address of frankfurt/gateway-0)"},
                   {"240.0.0.10", "(something else)"}};
  Instance instance;
  instance.plan = "vc2-1c-1gb";
  LaidSite site;
  site.gateways.resize(1);
  site.gateways[0].instance = std::make_shared<const Instance>(instance);
  out.before.sites = {site};
  out.after.sites = {site, site};
  return out;
}

TEST(PlanView, TellsWhatWouldBeDone) {
  init_crypto();
  const Forecast ahead = third_site();
  const std::map<std::string, HostFacts> facts;
  const PlanReport report =
      plan_report({ahead,
                   facts,
                   {{"bangalore/db-server", "no route to host"}},
                   {{"amsterdam/gateway-0",
                     {{"/etc/wireguard/wg0.conf", "# amsterdam/gateway-0\nPrivateKey = (key 00000000)\n"}}}},
                   {{"vc2-1c-1gb", 5}}});
  EXPECT_TRUE(report.changes());
  const std::string text = plan_text(report, "network/ams-blr", Paint(false));
  expect_golden(text, "plan-third-site.txt");
  EXPECT_EQ(text.find(base64_encode(std::string(32, 'k'))), std::string::npos);
}

TEST(PlanView, SaysThatThereIsNothingToDo) {
  const Forecast nothing;
  const std::map<std::string, HostFacts> facts;
  const PlanReport report = plan_report({nothing, facts, {}, {}, {}});
  EXPECT_FALSE(report.changes());
  EXPECT_EQ(plan_text(report, "network/ams-blr", Paint(false)),
            "network/ams-blr\n\nNo changes: everything is as declared.\n");
}

struct DoubtRow {
  const char* name;
  std::map<std::string, std::string> problems;
  std::vector<LaneBlock> blocked;
  HostPlan host;  ///< Of bangalore/gateway-0.
  std::vector<std::string> waiting;
  bool certain;
  const char* last_line;
};

HostPlan waiting(bool with_step) {
  HostPlan plan;
  if (with_step)
    plan.steps = {{"bangalore/gateway-0", DriftKind::ForwardingOff, HostChange{}, "why", "Turn it on", true}};
  plan.recheck_after = seconds{2};
  plan.waiting_for = "package update";
  return plan;
}

HostPlan refused() {
  HostPlan plan;
  plan.blocked = {"UnsupportedSystem", "the host runs Plan 9"};
  return plan;
}

class PlanDoubts : public ::testing::TestWithParam<DoubtRow> {};

/// "As declared" is said of what was seen, and of nothing else.
TEST_P(PlanDoubts, AreNoAllClear) {
  Forecast ahead;
  ahead.blocked = GetParam().blocked;
  ahead.waiting = GetParam().waiting;
  ahead.hosts["bangalore/gateway-0"] = GetParam().host;
  const std::map<std::string, HostFacts> facts;
  const PlanReport report = plan_report({ahead, facts, GetParam().problems, {}, {}});
  EXPECT_EQ(report.certain(), GetParam().certain);
  const std::string text = plan_text(report, "network/ams-blr", Paint(false));
  EXPECT_EQ(text.substr(text.rfind('\n', text.size() - 2) + 1), std::string(GetParam().last_line) + "\n");
}

const DoubtRow kDoubtRows[] = {
    {"AllSeen", {}, {}, {}, {}, true, "No changes: everything is as declared."},
    {"OneHostDoesNotAnswer",
     {{"bangalore/db-server", "no route to host"}},
     {},
     {},
     {},
     false,
     "No changes are known, but nothing certain can be said: bangalore/db-server could not be looked at."},
    {"NoHostAnswers",
     {{"a/1", ""}, {"a/2", ""}, {"a/3", ""}, {"a/4", ""}, {"a/5", ""}},
     {},
     {},
     {},
     false,
     "No changes are known, but nothing certain can be said: a/1, a/2, a/3 and 2 more could not be looked "
     "at."},
    {"TheCloudRefuses",
     {},
     {{"amsterdam", "VpcInOtherRegion", "the VPC is elsewhere"}},
     {},
     {},
     false,
     "No changes are known, but nothing certain can be said: 1 thing cannot be done."},
    {"AHostIsRefused",
     {},
     {},
     refused(),
     {},
     false,
     "No changes are known, but nothing certain can be said: 1 thing cannot be done."},
    {"AHostIsBeingSetUp",
     {},
     {},
     waiting(false),
     {},
     false,
     "No changes are known, but nothing certain can be said: bangalore/gateway-0 is still being set up."},
    {"TheCloudIsWaitedFor",
     {},
     {},
     {},
     {"bangalore/db-server: the instance has no VPC address"},
     false,
     "No changes are known, but nothing certain can be said: bangalore/db-server is still being set up."},
    {"ChangesAndAllSeen",
     {},
     {},
     waiting(true),
     {},
     true,
     "Plan: 0 to add, 0 to change, 0 to remove in the cloud; 1 change on 1 host. Nothing was touched."},
    {"ChangesAndNotAllSeen",
     {{"bangalore/db-server", "no route to host"}},
     {{"", "X", "y"}},
     waiting(true),
     {},
     false,
     "Plan: 0 to add, 0 to change, 0 to remove in the cloud; 1 change on 1 host. Nothing was touched. This "
     "is "
     "not all of it: bangalore/db-server could not be looked at, 1 thing cannot be done."},
};
INSTANTIATE_TEST_SUITE_P(Rows, PlanDoubts, ::testing::ValuesIn(kDoubtRows),
                         [](const auto& row) { return row.param.name; });

TEST(PlanView, CallsNoTrafficSafeThatItDidNotSee) {
  Forecast ahead;
  ahead.hosts["bangalore/gateway-0"] = waiting(true);
  const std::map<std::string, HostFacts> facts;
  const auto text = [&](const std::map<std::string, std::string>& problems) {
    return plan_text(plan_report({ahead, facts, problems, {}, {}}), "x", Paint(false));
  };
  EXPECT_NE(text({}).find("interrupts\n  none\n"), std::string::npos);
  EXPECT_NE(text({{"amsterdam/gateway-0", "no answer"}}).find("  none, as far as could be looked at\n"),
            std::string::npos);
}

}  // namespace
}  // namespace vpcp::testing
