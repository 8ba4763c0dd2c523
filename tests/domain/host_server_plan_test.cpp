#include "domain/host/removal_plan.h"
#include "domain/host/server_plan.h"
#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

using State = BootstrapFacts::State;

const std::string kKeepFiles =
    "vpcp-keep-files /etc/netplan/60-vpcp.yaml /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg; ";
const std::string kWriteNetplan = "vpcp-write-netplan /etc/netplan/60-vpcp.yaml";
const std::string kWriteCloud = "vpcp-write-file /etc/cloud/cloud.cfg.d/99-disable-network-config.cfg 644";

struct Row {
  const char* name;
  void (*change)(HostFacts&);
  std::vector<std::string> acts;
  const char* blocked{""};
  const char* waiting_for{""};
  HostOrigin origin{HostOrigin::Existing};
};

class PlanServer : public ::testing::TestWithParam<Row> {};

TEST_P(PlanServer, Yields) {
  HostFacts facts = healthy_server();
  GetParam().change(facts);
  const HostPlan plan = plan_server_host(app_server(), facts, GetParam().origin, "lane");
  EXPECT_EQ(acts(plan), GetParam().acts);
  EXPECT_EQ(plan.blocked ? plan.blocked->reason : "", GetParam().blocked);
  EXPECT_EQ(plan.waiting_for, GetParam().waiting_for);
}

void never_seen(HostFacts& f) {
  f.routes.resize(1);
  f.kept_routes.clear();
  f.kept_files.clear();
  f.files.clear();
  f.bootstrap = {};
}

const Row kRows[] = {
    {"NothingForAHealthyServer", [](HostFacts&) {}, {}},
    {"ANoteWhoseServerItIsForOneThatExisted",
     [](HostFacts& f) { f.owner.clear(); },
     {"ServerRouteMissing: vpcp-claim uid-of-this"}},
    {"TheNoteOfAnObjectThatIsGoneIsReplaced",
     [](HostFacts& f) { f.owner = "uid-of-another"; },
     {"ServerRouteMissing: vpcp-claim uid-of-this"}},
    {"NoNoteOnACreatedServer", [](HostFacts& f) { f.owner.clear(); }, {}, "", "", HostOrigin::Created},
    {"RoutesNowThenFilesForANewServer",
     never_seen,
     {"ServerRouteMissing: vpcp-keep-routes 10.10.0.0/24 172.16.2.0/24; "
      "ip route replace 10.10.0.0/24 via 172.16.1.3 dev enp6s0",
      "ServerRouteMissing: ip route replace 172.16.2.0/24 via 172.16.1.3 dev enp6s0",
      "NetplanChanged: " + kKeepFiles + kWriteNetplan, "CloudInitNetworkEnabled: " + kWriteCloud}},
    {"TheSameAndThePackageUpdateForACreatedServer",
     never_seen,
     {"ServerRouteMissing: vpcp-keep-routes 10.10.0.0/24 172.16.2.0/24; "
      "ip route replace 10.10.0.0/24 via 172.16.1.3 dev enp6s0",
      "ServerRouteMissing: ip route replace 172.16.2.0/24 via 172.16.1.3 dev enp6s0",
      "NetplanChanged: " + kKeepFiles + kWriteNetplan, "CloudInitNetworkEnabled: " + kWriteCloud,
      "NotBootstrapped: vpcp-start-bootstrap server (end)"},
     "",
     "package update",
     HostOrigin::Created},
    {"ARouteDeleted",
     [](HostFacts& f) { f.routes.pop_back(); },
     {"ServerRouteMissing: ip route replace 172.16.2.0/24 via 172.16.1.3 dev enp6s0"}},
    {"ARouteThatLeadsElsewhere",
     [](HostFacts& f) { f.routes.back().via = ip("172.16.1.9"); },
     {"ServerRouteMissing: ip route replace 172.16.2.0/24 via 172.16.1.3 dev enp6s0"}},
    {"NoRouteForOneThatIsThereByAnotherMetric", [](HostFacts& f) { f.routes.back().metric = 100; }, {}},
    {"ANoteOfARouteThatWasThereAlready",
     [](HostFacts& f) { f.kept_routes.pop_back(); },
     {"ServerRouteMissing: vpcp-keep-routes 172.16.2.0/24"}},
    {"ARouteOfASiteThatLeft",
     [](HostFacts& f) {
       f.kept_routes.push_back({net("172.16.9.0/24"), ""});
     },
     {"ServerRouteStale: vpcp-return-routes 172.16.9.0/24"}},
    {"TheVpcNicUpFirst",
     [](HostFacts& f) {
       f.links.back().enabled = f.links.back().up = false;
       f.routes.pop_back();
     },
     {"VpcNicDown: ip link set dev enp6s0 up",
      "ServerRouteMissing: ip route replace 172.16.2.0/24 via 172.16.1.3 dev enp6s0"}},
    {"TheVpcNicUpAloneWhenItsAddressIsGoneWithIt",
     [](HostFacts& f) {
       f.links.back().enabled = f.links.back().up = false;
       f.links.back().addresses.clear();
       f.routes.pop_back();
     },
     {"VpcNicDown: ip link set dev enp6s0 up (end)"}},
    {"TheNewNameOfTheVpcNic",
     [](HostFacts& f) {
       f.netplan_nic = "enp8s0";
       f.files[host_paths::kNetplanFile].sha256 = "x";
     },
     {"VpcNicRenamed: " + kWriteNetplan}},
    {"ARouteInsideAPeersNetworkOnACreatedServer",
     [](HostFacts& f) {
       f.routes.push_back({net("172.16.2.0/25"), {}, "", 0});
     },
     {"RouteCaptured: vpcp-drop-routes route-172-16-2-0-25 172.16.2.0/25 - 4294967295"},
     "",
     "",
     HostOrigin::Created},
    {"NothingAboutTheOwnersRouteOnOneThatExisted",
     [](HostFacts& f) {
       f.routes.push_back({net("172.16.2.0/25"), {}, "", 0});
     },
     {}},
    {"TheNetplanFileRemoved",
     [](HostFacts& f) { f.files.erase("/etc/netplan/60-vpcp.yaml"); },
     {"NetplanChanged: " + kWriteNetplan}},
    {"TheCloudFileEdited",
     [](HostFacts& f) { f.files[host_paths::kCloudNetworkFile].sha256 = "x"; },
     {"CloudInitNetworkEnabled: " + kWriteCloud}},
    {"NoCloudFileWithoutCloudInit",
     [](HostFacts& f) {
       f.cloud_config_folder = false;
       f.files.erase(host_paths::kCloudNetworkFile);
     },
     {}},
    {"NothingOnAnUnknownSystem", [](HostFacts& f) { f.os_id = "alpine"; }, {}, "UnsupportedSystem"},
    {"NothingWithoutAVpcInterface", [](HostFacts& f) { f.links.pop_back(); }, {}, "VpcInterfaceMissing"},
    {"NothingYetWhileCloudInitMayBringItUp",
     [](HostFacts& f) {
       f.links.pop_back();
       f.cloud_init = CloudInit::Running;
     },
     {},
     "",
     "cloud-init"},
    {"NothingWithoutNetplan", [](HostFacts& f) { f.netplan_installed = false; }, {}, "NetplanMissing"},
    {"NothingAfterAnUpdateThatFoundNoMirror",
     [](HostFacts& f) { f.bootstrap.state = State::DoneWithErrors; },
     {},
     "",
     "",
     HostOrigin::Created},
    {"TheRebootThatTheUpdateAsksFor",
     [](HostFacts& f) { f.bootstrap.wants_reboot = true; },
     {"RebootRequired: vpcp-reboot (end)"},
     "",
     "reboot",
     HostOrigin::Created},
    {"NoRebootOfAnExistingServer", [](HostFacts& f) { f.bootstrap.wants_reboot = true; }, {}},
};
INSTANTIATE_TEST_SUITE_P(Table, PlanServer, ::testing::ValuesIn(kRows), ByName{});

TEST(PlanServer, UsesTheInterfaceThatHasTheVpcAddressWhateverItsName) {
  HostFacts facts = healthy_server();
  facts.links[1].name = "ens7";
  const auto steps = acts(plan_server_host(app_server(), facts, HostOrigin::Existing, "lane"));
  ASSERT_FALSE(steps.empty());
  EXPECT_EQ(steps[0], "ServerRouteMissing: ip route replace 10.10.0.0/24 via 172.16.1.3 dev ens7");
}

TEST(PlanServerRemoval, RestoresFilesThenRoutesThenForgets) {
  EXPECT_EQ(acts(plan_server_removal(healthy_server(), "lane")),
            (std::vector<std::string>{"LeftToRemove: vpcp-restore-files", "LeftToRemove: vpcp-return-routes",
                                      "LeftToRemove: vpcp-forget (end)"}));
}

TEST(PlanServerRemoval, GoesOnWhereAKillLeftIt) {
  HostFacts facts = healthy_server();
  facts.kept_routes.clear();
  EXPECT_EQ(
      acts(plan_server_removal(facts, "lane")),
      (std::vector<std::string>{"LeftToRemove: vpcp-restore-files", "LeftToRemove: vpcp-forget (end)"}));
}

TEST(PlanServerRemoval, HasNothingToDoOnAHostThatWeNeverTouched) {
  EXPECT_EQ(acts(plan_server_removal(any_host(), "lane")), std::vector<std::string>{});
}

}  // namespace
}  // namespace vpcp::testing
