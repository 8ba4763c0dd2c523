#include "domain/host/gateway_plan.h"
#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

using State = BootstrapFacts::State;
using Verdict = FilterRule::Verdict;

TEST(PlanGateway, WritesNothingToAHealthyHost) {
  const HostPlan plan = plan_gateway_host(gateway_a(), healthy_gateway(), "ams/gateway-0");
  EXPECT_EQ(acts(plan), std::vector<std::string>{});
  EXPECT_FALSE(plan.blocked);
  EXPECT_FALSE(plan.recheck_after);
}

TEST(PlanGateway, SetsUpABareHostInOnePassAfterItsBootstrap) {
  HostFacts facts = any_host();
  facts.wireguard_installed = true;
  facts.ufw = UfwFacts{true, true, {}, {}};
  EXPECT_EQ(acts(plan_gateway_host(gateway_a(), facts, "lane")),
            (std::vector<std::string>{
                "ForwardingOff: sysctl -qw net.ipv4.ip_forward=1",
                "FirewallPortClosed: vpcp-ufw-allow ufw-port last input 51820/udp",
                "FirewallRoutedDenied: vpcp-ufw-allow ufw-in last route in on wg0",
                "FirewallRoutedDenied: vpcp-ufw-allow ufw-out last route out on wg0",
                "SysctlFileChanged: vpcp-write-file /etc/sysctl.d/99-vpcp.conf 644",
                "MssClampMissing: vpcp-write-file /etc/vpcp/mss.nft 644; nft -f /etc/vpcp/mss.nft",
                "ConfigFileChanged: vpcp-write-file /etc/wireguard/wg0.conf 600",
                "InterfaceMissing: vpcp-restart-tunnel wg0",
                "UnitDisabled: systemctl enable --quiet wg-quick@wg0.service (end)",
            }));
}

TEST(StartGateway, StartsLaterThanEveryPeerWithASmallerKey) {
  DesiredGateway gateway = gateway_a();
  gateway.public_key = std::string(43, 'M') + "=";
  for (const char key : {'C', 'Z'}) {
    DesiredPeer peer = gateway_b();
    peer.public_key = std::string(43, key) + "=";
    gateway.peers.push_back(peer);
  }
  HostFacts facts = healthy_gateway();
  facts.tunnel.reset();
  EXPECT_EQ(acts(plan_gateway_host(gateway, facts, "lane")).back(),
            "InterfaceMissing: vpcp-restart-tunnel wg0 0.500 (end)");
}

TEST(RunningGateway, MeetsNewPeersWithASmallerKeyLater) {
  DesiredGateway gateway = gateway_a();
  HostFacts facts = healthy_gateway();
  for (const char key : {'/', '+'}) {  // smaller than any letter and digit
    DesiredPeer peer = gateway_b();
    peer.name = std::string("new-") + key;
    peer.public_key = std::string(43, key) + "=";
    peer.allowed_ips.clear();
    gateway.peers.push_back(peer);
  }
  EXPECT_EQ(acts(plan_gateway_host(gateway, facts, "lane")).front(),
            "PeersChanged: vpcp-sync-tunnel wg0 0.500");
}

struct DriftRow {
  const char* name;
  void (*change)(HostFacts&);
  std::vector<std::string> acts;
};

class RepairGateway : public ::testing::TestWithParam<DriftRow> {};

TEST_P(RepairGateway, WithTheNarrowestCommand) {
  HostFacts facts = healthy_gateway();
  GetParam().change(facts);
  EXPECT_EQ(acts(plan_gateway_host(gateway_a(), facts, "lane")), GetParam().acts);
}

const DriftRow kDriftRows[] = {
    {"ForwardingOff",
     [](HostFacts& f) { f.ip_forward = false; },
     {"ForwardingOff: sysctl -qw net.ipv4.ip_forward=1"}},
    {"SysctlFileEdited",
     [](HostFacts& f) { f.files["/etc/sysctl.d/99-vpcp.conf"].sha256 = "x"; },
     {"SysctlFileChanged: vpcp-write-file /etc/sysctl.d/99-vpcp.conf 644"}},
    {"ConfigFileRemoved",
     [](HostFacts& f) { f.files.erase("/etc/wireguard/wg0.conf"); },
     {"ConfigFileChanged: vpcp-write-file /etc/wireguard/wg0.conf 600"}},
    {"ConfigFileReadableByAll",
     [](HostFacts& f) { f.files["/etc/wireguard/wg0.conf"].mode = "644"; },
     {"ConfigFileExposed: vpcp-write-file /etc/wireguard/wg0.conf 600"}},
    {"PeerRemovedAtRunTime",
     [](HostFacts& f) { f.tunnel->peers.clear(); },
     {"PeersChanged: vpcp-sync-tunnel wg0"}},
    {"PeerNobodyDeclared",
     [](HostFacts& f) {
       f.tunnel->peers.push_back(f.tunnel->peers[0]);
       f.tunnel->peers[1].public_key = "foreign";
       f.tunnel->peers[1].allowed_ips = {net("10.99.0.0/24")};
     },
     {"PeerUnknown: vpcp-sync-tunnel wg0"}},
    {"ForeignPeerThatTakesAPartOfANetwork",
     [](HostFacts& f) {
       f.tunnel->peers.push_back(f.tunnel->peers[0]);
       f.tunnel->peers[1].public_key = "foreign";
       f.tunnel->peers[1].allowed_ips = {net("172.16.2.128/25")};
     },
     {"AllowedIpsOverlap: vpcp-sync-tunnel wg0"}},
    {"AnotherPrivateKey",
     [](HostFacts& f) { f.tunnel->public_key = "another"; },
     {"TunnelKeyChanged: vpcp-sync-tunnel wg0"}},
    {"StrictReversePathFilter",
     [](HostFacts& f) { f.rp_filter = 1; },
     {"ReversePathFilter: sysctl -qw net.ipv4.conf.wg0.rp_filter=2"}},
    {"LooseReversePathFilter", [](HostFacts& f) { f.rp_filter = 2; }, {}},
    {"AnotherGatewaysAddressOnTheTunnel",
     [](HostFacts& f) {
       f.links[2].addresses.push_back({ip("10.10.0.2"), 32});
     },
     {"TunnelAddressDuplicate: ip address replace 10.10.0.1/24 dev wg0; vpcp-delete-address 10.10.0.2/32 "
      "wg0; "
      "ip address replace 10.10.0.1/24 dev wg0"}},
    {"AnotherGatewaysAddressElsewhere",
     [](HostFacts& f) {
       f.links[0].addresses.push_back({ip("10.10.0.2"), 32});
     },
     {"TunnelAddressDuplicate: vpcp-delete-address 10.10.0.2/32 lo"}},
    {"RouteInsideAPeersNetwork",
     [](HostFacts& f) {
       f.routes.push_back({net("172.16.2.0/25"), ip("172.16.1.4"), "enp6s0", 0});
     },
     {"RouteCaptured: vpcp-drop-routes route-172-16-2-0-25 172.16.2.0/25 wg0 4294967295"}},
    {"BlackholeForOnePeerAddress",
     [](HostFacts& f) {
       f.routes.push_back({net("10.10.0.2/32"), {}, "", 0});
     },
     {"RouteCaptured: vpcp-drop-routes route-10-10-0-2-32 10.10.0.2/32 wg0 4294967295"}},
    {"RouteInsideTheOwnNetwork",
     [](HostFacts& f) {
       f.routes.push_back({net("172.16.1.128/25"), ip("172.16.1.4"), "enp6s0", 0});
     },
     {}},
    {"VpcNicDown",
     [](HostFacts& f) { f.links[1].enabled = f.links[1].up = false; },
     {"VpcNicDown: ip link set dev enp6s0 up"}},
    {"VpcNicDownThatLostItsAddress",
     [](HostFacts& f) {
       f.links[1].enabled = f.links[1].up = false;
       f.links[1].addresses.clear();
     },
     {"VpcNicDown: ip link set dev enp6s0 up"}},
    {"NothingWhereSeveralNetworkCardsAreDown",
     [](HostFacts& f) {
       f.links[1].enabled = f.links[1].up = false;
       f.links[1].addresses.clear();
       f.links.push_back(f.links[1]);
       f.links.back().name = "enp7s0";
     },
     {}},
    {"VpcNicWithoutACarrier", [](HostFacts& f) { f.links[1].up = false; }, {}},
    {"DefaultRouteThatWins",
     [](HostFacts& f) {
       f.routes.insert(f.routes.begin(), {Cidr{}, ip("172.16.1.77"), "enp6s0", 0});
     },
     {"DefaultRouteChanged: vpcp-drop-routes default-route default enp1s0 100"}},
    {"DefaultRouteThatLoses",
     [](HostFacts& f) {
       f.routes.push_back({Cidr{}, ip("172.16.1.77"), "enp6s0", 200});
     },
     {}},
    {"UnitStoppedAndDisabled",
     [](HostFacts& f) {
       f.unit = {};
       f.tunnel.reset();
       f.mss_clamp_loaded = false;
     },
     {"MssClampMissing: nft -f /etc/vpcp/mss.nft", "InterfaceMissing: vpcp-restart-tunnel wg0",
      "UnitDisabled: systemctl enable --quiet wg-quick@wg0.service (end)"}},
    {"ProcessKilledWhileTheUnitSaysActive",
     [](HostFacts& f) { f.tunnel.reset(); },
     {"InterfaceMissing: vpcp-restart-tunnel wg0 (end)"}},
    {"UnitInactiveButTunnelWorks", [](HostFacts& f) { f.unit.active = false; }, {}},
    {"UnitMasked",
     [](HostFacts& f) {
       f.unit = {true, false, true};
     },
     {"UnitMasked: vpcp-unmask-unit wg-quick@wg0.service; systemctl enable --quiet wg-quick@wg0.service"}},
    {"AddressMissing",
     [](HostFacts& f) { f.links[2].addresses.clear(); },
     {"InterfaceAddressChanged: ip address replace 10.10.0.1/24 dev wg0"}},
    {"ForeignAddress",
     [](HostFacts& f) { f.links[2].addresses[0].address = ip("10.10.0.9"); },
     {"InterfaceAddressChanged: ip address replace 10.10.0.1/24 dev wg0; vpcp-delete-address 10.10.0.9/24 "
      "wg0; "
      "ip address replace 10.10.0.1/24 dev wg0"}},
    {"Mtu", [](HostFacts& f) { f.links[2].mtu = 1500; }, {"MtuChanged: ip link set dev wg0 mtu 1420 up"}},
    {"LinkDown",
     [](HostFacts& f) { f.links[2].up = false; },
     {"InterfaceDown: ip link set dev wg0 mtu 1420 up"}},
    {"LinkDownWithoutTheRoutesThatWentWithIt",
     [](HostFacts& f) {
       f.links[2].up = false;
       std::erase_if(f.routes, [](const RouteFacts& r) { return r.dev == "wg0"; });
     },
     {"InterfaceDown: ip link set dev wg0 mtu 1420 up",
      "PeerRouteMissing: ip route replace 172.16.2.0/24 dev wg0"}},
    {"LinkDownWithAnotherMtu",
     [](HostFacts& f) {
       f.links[2].up = false;
       f.links[2].mtu = 1500;
     },
     {"InterfaceDown: ip link set dev wg0 mtu 1420 up"}},
    {"PeerRouteMissing",
     [](HostFacts& f) { f.routes.pop_back(); },
     {"PeerRouteMissing: ip route replace 172.16.2.0/24 dev wg0"}},
    {"TheTunnelsOwnRouteMissing",
     [](HostFacts& f) {
       std::erase_if(f.routes, [](const RouteFacts& r) { return r.destination.str() == "10.10.0.0/24"; });
     },
     {"PeerRouteMissing: ip route replace 10.10.0.0/24 dev wg0"}},
    {"PeerRouteElsewhere",
     [](HostFacts& f) { f.routes.back().dev = "enp1s0"; },
     {"PeerRouteMissing: ip route replace 172.16.2.0/24 dev wg0"}},
    {"PeerRouteShadowedByABetterOne",
     [](HostFacts& f) {
       f.routes.back().metric = 50;
       f.routes.push_back({net("172.16.2.0/24"), ip("172.16.1.9"), "enp6s0", 10});
     },
     {"PeerRouteMissing: ip route replace 172.16.2.0/24 dev wg0"}},
    {"StaleRoute",
     [](HostFacts& f) {
       f.routes.push_back({net("172.16.9.0/24"), {}, "wg0", 0});
     },
     {"PeersChanged: vpcp-delete-route 172.16.9.0/24 wg0"}},
    {"ClampUnloaded",
     [](HostFacts& f) { f.mss_clamp_loaded = false; },
     {"MssClampMissing: nft -f /etc/vpcp/mss.nft"}},
    {"PortRuleRemoved",
     [](HostFacts& f) { f.ufw->rules.erase(f.ufw->rules.begin()); },
     {"FirewallPortClosed: vpcp-ufw-allow ufw-port last input 51820/udp"}},
    {"PortRuleNotKeptForTheNextBoot",
     [](HostFacts& f) { f.ufw->rules_kept.erase(f.ufw->rules_kept.begin()); },
     {"FirewallPortClosed: vpcp-ufw-allow ufw-port last input 51820/udp"}},
    {"PortDenied",
     [](HostFacts& f) { f.ufw->rules[0].verdict = Verdict::Deny; },
     {"FirewallPortClosed: vpcp-ufw-allow ufw-port first input 51820/udp"}},
    {"RoutedDenied",
     [](HostFacts& f) { f.ufw->rules[1].verdict = Verdict::Deny; },
     {"FirewallRoutedDenied: vpcp-ufw-allow ufw-in first route in on wg0"}},
    {"RoutedRuleRemoved",
     [](HostFacts& f) { f.ufw->rules.pop_back(); },
     {"FirewallRoutedDenied: vpcp-ufw-allow ufw-out last route out on wg0"}},
    {"UfwOff", [](HostFacts& f) { f.ufw = UfwFacts{}; }, {}},
    {"UfwAbsent", [](HostFacts& f) { f.ufw.reset(); }, {}},
    {"CloudInitAtALaterBoot", [](HostFacts& f) { f.cloud_init = CloudInit::Running; }, {}},
    {"ARebootAskedForLater", [](HostFacts& f) { f.reboot_required = true; }, {}},
};
INSTANTIATE_TEST_SUITE_P(Table, RepairGateway, ::testing::ValuesIn(kDriftRows), ByName{});

TEST(RepairGateway, NeverTakesTheOnlyDefaultRouteAway) {
  HostFacts facts = healthy_gateway();
  std::erase_if(facts.routes, [](const RouteFacts& route) { return route.destination.prefix == 0; });
  facts.routes.push_back({Cidr{}, ip("172.16.1.77"), "enp6s0", 0});
  const HostPlan plan = plan_gateway_host(gateway_a(), facts, "lane");
  EXPECT_EQ(acts(plan), std::vector<std::string>{});
  ASSERT_EQ(plan.reports.size(), 1u);
  EXPECT_EQ(plan.reports[0].why, "the only default route leads via 172.16.1.77");
}

TEST(RepairGateway, LeavesANetworkOfAnInterfaceToAPerson) {
  HostFacts facts = healthy_gateway();
  facts.routes.push_back({net("172.16.2.0/25"), {}, "docker0", 0, true});
  const HostPlan plan = plan_gateway_host(gateway_a(), facts, "lane");
  EXPECT_EQ(acts(plan), std::vector<std::string>{});
  ASSERT_EQ(plan.reports.size(), 1u);
  EXPECT_TRUE(std::get<Advise>(plan.reports[0].action).breaks);
}

/// What may cut us off, and nothing else, undoes itself.
TEST(RepairGateway, GuardsTheDeletionOfRoutesAndTheFirewall) {
  HostFacts facts = healthy_gateway();
  facts.ufw->rules.clear();
  facts.ip_forward = false;
  facts.routes.push_back({net("172.16.2.0/25"), ip("172.16.1.4"), "enp6s0", 0});
  std::vector<std::string> tokens;
  for (const Step& step : plan_gateway_host(gateway_a(), facts, "lane").steps)
    tokens.push_back(std::get<HostChange>(step.action).undo_token);
  EXPECT_EQ(tokens, (std::vector<std::string>{"", "ufw-port", "ufw-in", "ufw-out", "route-172-16-2-0-25"}));
}

struct BootstrapRow {
  const char* name;
  void (*change)(HostFacts&);
  std::vector<std::string> acts;
  const char* waiting_for;
  const char* blocked;
};

class BootstrapGateway : public ::testing::TestWithParam<BootstrapRow> {};

TEST_P(BootstrapGateway, GoesOn) {
  HostFacts facts = any_host();
  facts.bootstrap = {};
  GetParam().change(facts);
  const HostPlan plan = plan_gateway_host(gateway_a(), facts, "lane");
  EXPECT_EQ(acts(plan), GetParam().acts);
  EXPECT_EQ(plan.waiting_for, GetParam().waiting_for);
  EXPECT_EQ(plan.recheck_after.has_value(), !plan.waiting_for.empty());
  EXPECT_EQ(plan.blocked ? plan.blocked->reason : "", GetParam().blocked);
}

const std::string kStart = "NotBootstrapped: vpcp-start-bootstrap gateway (end)";
const BootstrapRow kBootstrapRows[] = {
    {"NotOnAnUnknownSystem", [](HostFacts& f) { f.os_version = "20.04"; }, {}, "", "UnsupportedSystem"},
    {"NotWhileCloudInitRuns", [](HostFacts& f) { f.cloud_init = CloudInit::Running; }, {}, "cloud-init", ""},
    {"WithTheStart", [](HostFacts&) {}, {kStart}, "package update", ""},
    {"WithoutCloudInit",
     [](HostFacts& f) { f.cloud_init = CloudInit::Absent; },
     {kStart},
     "package update",
     ""},
    {"ByWaiting", [](HostFacts& f) { f.bootstrap.state = State::Running; }, {}, "package update", ""},
    {"ByWaitingAfterAFailure",
     [](HostFacts& f) {
       f.bootstrap.state = State::Failed;
       f.bootstrap.failed_at = f.clock - seconds{59};
     },
     {},
     "another try of the package update",
     "PackageUpdateFailed"},
    {"ByAnotherTry",
     [](HostFacts& f) {
       f.bootstrap.state = State::Failed;
       f.bootstrap.failed_at = f.clock - seconds{60};
     },
     {kStart},
     "package update",
     "PackageUpdateFailed"},
    {"ByAnotherTryWhenTheClockWasSetBack",
     [](HostFacts& f) {
       f.bootstrap.state = State::Failed;
       f.bootstrap.failed_at = f.clock + seconds{9999};
     },
     {kStart},
     "package update",
     "PackageUpdateFailed"},
    {"WithTheRebootOfThatBoot",
     [](HostFacts& f) {
       f.bootstrap = {State::Done, f.boot_id, true, seconds{0}, ""};
     },
     {"RebootRequired: vpcp-reboot (end)"},
     "reboot",
     ""},
    {"WithWireGuardAfterTheReboot",
     [](HostFacts& f) {
       f.bootstrap = {State::Done, "the boot before", true, seconds{0}, ""};
     },
     {"WireGuardMissing: vpcp-start-bootstrap install (end)"},
     "package installation",
     ""},
};
INSTANTIATE_TEST_SUITE_P(Table, BootstrapGateway, ::testing::ValuesIn(kBootstrapRows), ByName{});

TEST(PlanGateway, NamesTheSystemThatItDoesNotKnow) {
  HostFacts facts = any_host();
  facts.os_id = "fedora";
  facts.os_version = "41";
  const HostPlan plan = plan_gateway_host(gateway_a(), facts, "lane");
  ASSERT_TRUE(plan.blocked);
  EXPECT_EQ(plan.blocked->message,
            "the host runs \"fedora 41\"; supported are Ubuntu 22.04 and 24.04 and Debian 12. Nothing was "
            "changed.");
}

}  // namespace
}  // namespace vpcp::testing
