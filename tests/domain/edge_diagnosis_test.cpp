#include "domain/status/edge_diagnosis.h"

#include <gtest/gtest.h>

#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

constexpr EdgeSymptoms kDead{true, true, true, true};
constexpr EdgeSymptoms kNoTcp{false, true, false, true};
constexpr EdgeSymptoms kCutOff{false, false, true, true};
constexpr EdgeSymptoms kRoutedTcp{false, false, false, true};

struct Row {
  const char* name;
  EdgeSymptoms symptoms;
  std::set<Cause> here;   ///< At Amsterdam.
  std::set<Cause> there;  ///< At Bangalore.
  Diagnosis diagnosis;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class EdgeDiagnosis : public ::testing::TestWithParam<Row> {};

TEST_P(EdgeDiagnosis, Is) {
  const Row& row = GetParam();
  EXPECT_EQ(diagnose(row.symptoms, {"ams", true, row.here}, {"blr", true, row.there}), row.diagnosis);
}

INSTANTIATE_TEST_SUITE_P(
    Causes, EdgeDiagnosis,
    ::testing::Values(
        Row{"GatewayOff", kDead, {}, {Cause::GatewayOff}, {"remote side", "GatewayOff", "blr"}},
        Row{"Interface",
            kDead,
            {Cause::InterfaceMissing},
            {},
            {"WireGuard interface", "InterfaceMissing", "ams"}},
        Row{"InterfaceDown",
            kDead,
            {Cause::InterfaceDown},
            {},
            {"WireGuard interface", "InterfaceDown", "ams"}},
        Row{"OwnKey", kDead, {}, {Cause::OwnKeyWrong}, {"key", "PrivateKeyDiffers", "blr"}},
        Row{"PeerKey", kDead, {Cause::PeerKeyMissing}, {}, {"key", "PeerMissing", "ams"}},
        Row{"PresharedKey", kDead, {Cause::PresharedKeyWrong}, {}, {"key", "PresharedKeyDiffers", "ams"}},
        Row{"Endpoint", kDead, {Cause::EndpointWrong}, {}, {"endpoint", "EndpointDiffers", "ams"}},
        Row{"Port", kDead, {}, {Cause::PortClosed}, {"firewall (port)", "PortClosed", "blr"}},
        Row{"CloudFirewall",
            kDead,
            {},
            {Cause::CloudFirewallWrong},
            {"firewall (port)", "CloudFirewallDiffers", "blr"}},
        Row{"AllowedIps",
            kCutOff,
            {Cause::AllowedIpsWrong},
            {},
            {"WireGuard interface", "AllowedIpsDiffer", "ams"}},
        Row{"TunnelRoute",
            kCutOff,
            {Cause::TunnelRouteMissing},
            {},
            {"WireGuard interface", "TunnelRouteMissing", "ams"}},
        Row{"TunnelAddressTwice",
            kDead,
            {Cause::TunnelAddressTwice},
            {},
            {"WireGuard interface", "TunnelAddressDuplicate", "ams"}},
        Row{"DefaultRoute",
            kDead,
            {},
            {Cause::DefaultRouteWrong},
            {"endpoint", "DefaultRouteDiffers", "blr"}},
        Row{"TunnelRouteCaptured",
            kCutOff,
            {Cause::TunnelRouteCaptured},
            {},
            {"WireGuard interface", "TunnelRouteCaptured", "ams"}},
        Row{"ReversePathFilter",
            kCutOff,
            {},
            {Cause::ReversePathFilter},
            {"forwarding", "ReversePathFilter", "blr"}},
        Row{"ServerRouteCaptured",
            kCutOff,
            {},
            {Cause::ServerRouteCaptured},
            {"server route", "ServerRouteCaptured", "blr"}},
        Row{"Forwarding", kCutOff, {}, {Cause::ForwardingOff}, {"forwarding", "ForwardingOff", "blr"}},
        Row{"Routed", kRoutedTcp, {Cause::RoutedDenied}, {}, {"firewall (routed)", "RoutedDenied", "ams"}},
        Row{"GatewayVpcLink", kCutOff, {Cause::VpcLinkDown}, {}, {"VPC link", "GatewayVpcLinkDown", "ams"}},
        Row{"ServerVpcLink",
            kCutOff,
            {},
            {Cause::ServerVpcLinkDown},
            {"VPC link", "ServerVpcLinkDown", "blr"}},
        Row{"ServerRoute",
            kCutOff,
            {Cause::ServerRouteMissing},
            {},
            {"server route", "ServerRouteMissing", "ams"}},
        Row{"TheOneThatHidesTheOther",
            kDead,
            {Cause::ForwardingOff, Cause::PortClosed},
            {Cause::InterfaceMissing},
            {"WireGuard interface", "InterfaceMissing", "blr"}},
        Row{"WhatStopsServersAloneDoesNotExplainADeadTunnel",
            kDead,
            {Cause::ForwardingOff},
            {},
            {"path between the regions, or a firewall outside the hosts", "TunnelDead", ""}},
        Row{"NothingFoundAndTcpLost", kNoTcp, {}, {}, {"firewall on a gateway", "TcpBlocked", ""}},
        Row{"NothingFoundAndServersCutOff",
            kCutOff,
            {},
            {},
            {"server route, VPC link or a firewall on the servers", "ServersCutOff", ""}},
        Row{"NothingFoundAndRoutedTcpLost",
            kRoutedTcp,
            {},
            {},
            {"firewall (routed), or a firewall on the servers", "RoutedTcpBlocked", ""}}),
    [](const auto& info) { return info.param.name; });

TEST(EdgeDiagnosis, OfASilentGatewayIsTheRemoteSide) {
  EXPECT_EQ(diagnose(kDead, {"ams", true}, {"blr", false}),
            (Diagnosis{"remote side", "GatewaySilent", "blr"}));
}

TEST(EdgeDiagnosis, OfAPathThatCarriesOneWayOnlyNamesTheOther) {
  EXPECT_EQ(diagnose(kDead, {"ams", true, {}, Flow::Grows}, {"blr", true, {}, Flow::StandsStill}),
            (Diagnosis{"path between the regions", "OneWayPath", "ams to blr"}));
}

TEST(EdgeDiagnosis, ByProbesAloneGuessesNothing) {
  EXPECT_EQ(diagnose(kDead, {"ams"}, {"blr"}), (Diagnosis{"tunnel", "TunnelDead", ""}));
}

class FindCauses : public ::testing::Test {
 protected:
  FindCauses() {
    desired.public_key = "OWN";
    desired.peers = {
        {"blr/gateway-0", "PEER", {}, Endpoint{ip("203.0.113.2"), 51820}, {net("172.16.2.0/24")}}};
    facts.tunnel =
        TunnelFacts{"OWN", 51820, {{"PEER", desired.peers[0].endpoint, {net("172.16.2.0/24")}}}, ""};
    facts.tunnel->preshared_digest = sha256_hex("(none)\n");
    facts.tunnel->peers[0].received = 10;
    facts.tunnel->peers[0].keepalive = desired.persistent_keepalive;
  }
  static Cidr net(const char* text) { return *Cidr::parse(text); }
  EndFinding find() {
    EndLook look{.site = "ams"};
    look.gateway = &facts;
    look.desired = &desired;
    look.remote_key = "PEER";
    look.remote_network = net("172.16.2.0/24");
    look.received_before = 10;
    look.gateway_drift = drift;
    look.server_drift = of_servers;
    return find_causes(look);
  }
  DesiredGateway desired;
  HostFacts facts;
  std::vector<DriftKind> drift;  ///< Of the gateway.
  std::vector<DriftKind> of_servers;
};

using Causes = std::set<Cause>;

TEST_F(FindCauses, NoneWhereAllIsAsItShallBe) {
  EXPECT_EQ(find().causes, Causes{});
  EXPECT_EQ(find().received, Flow::StandsStill);
}

TEST_F(FindCauses, KeysEndpointsAndAddresses) {
  facts.tunnel->public_key = "OTHER";
  EXPECT_EQ(find().causes, Causes{Cause::OwnKeyWrong});
  facts.tunnel->public_key = "OWN";
  facts.tunnel->peers[0].endpoint = Endpoint{ip("203.0.113.2"), 1};
  facts.tunnel->peers[0].allowed_ips.clear();
  EXPECT_EQ(find().causes, (Causes{Cause::EndpointWrong, Cause::AllowedIpsWrong}));
  facts.tunnel->peers.clear();
  EXPECT_EQ(find().causes, Causes{Cause::PeerKeyMissing});
}

TEST_F(FindCauses, APresharedKeyThatDiffers) {
  facts.tunnel->preshared_digest = sha256_hex("other\n");
  EXPECT_EQ(find().causes, Causes{Cause::PresharedKeyWrong});
  EXPECT_EQ(find().certain, Causes{}) << "the session that is there goes on";
}

TEST_F(FindCauses, WhatNoPacketGetsPastIsCertain) {
  facts.tunnel->peers[0].endpoint = Endpoint{ip("203.0.113.2"), 1};
  drift = {DriftKind::FirewallPortClosed, DriftKind::InterfaceAddressChanged, DriftKind::PeerRouteMissing};
  EXPECT_EQ(find().certain, Causes{}) << "a session, an address or another edge may be left";
  drift = {DriftKind::InterfaceDown, DriftKind::ForwardingOff, DriftKind::VpcNicDown};
  EXPECT_EQ(find().certain, (Causes{Cause::InterfaceDown, Cause::ForwardingOff, Cause::VpcLinkDown}));
  drift = {DriftKind::InterfaceMissing};
  facts.tunnel->peers[0].allowed_ips.clear();
  EXPECT_EQ(find().certain, (Causes{Cause::InterfaceMissing, Cause::AllowedIpsWrong}));
  drift.clear();
  facts.tunnel->peers.clear();
  EXPECT_EQ(find().certain, Causes{Cause::PeerKeyMissing});
  drift = {DriftKind::WireGuardMissing};
  facts.tunnel.reset();
  facts.links = {{"wg0", "", 1420, true, {}}};
  EXPECT_EQ(find().certain, Causes{}) << "the interface goes on without its tools";
  facts.links.clear();
  EXPECT_EQ(find().certain, Causes{Cause::InterfaceMissing});
}

TEST_F(FindCauses, ARoutedDenialIsCertainForTheEdgeWhoseNetworkItNames) {
  facts.ufw = UfwFacts{true, true, {}, {}};
  FilterRule deny;
  deny.chain = FilterRule::Chain::Forward;
  deny.verdict = FilterRule::Verdict::Deny;
  deny.in_interface = "wg0";
  deny.source = net("172.16.9.0/24");
  facts.ufw->rules = {deny};
  EXPECT_EQ(find().certain, Causes{})
      << "of another edge; that no rule allows may hold for the next boot alone";
  facts.ufw->rules[0].source = net("172.16.2.7/32");
  EXPECT_EQ(find().certain, Causes{}) << "of one host";
  facts.ufw->rules[0].source = net("172.16.2.0/24");
  EXPECT_EQ(find().certain, Causes{Cause::RoutedDenied});
  facts.ufw->rules[0].out_interface = "enp1s0";
  EXPECT_EQ(find().certain, Causes{}) << "only towards the internet";
  facts.ufw->rules[0].out_interface.clear();
  facts.ufw->rules[0].protocol = "udp";
  EXPECT_EQ(find().certain, Causes{}) << "neither pings nor TCP";
}

TEST_F(FindCauses, APeerThatLacksAnotherSitesNetworkIsNotCertainToBreakThisEdge) {
  desired.peers[0].allowed_ips.push_back(net("172.16.3.0/24"));  // of a spoke behind the hub
  EXPECT_EQ(find().causes, Causes{Cause::AllowedIpsWrong});
  EXPECT_EQ(find().certain, Causes{});
  facts.tunnel->peers[0].allowed_ips = {net("0.0.0.0/0")};
  EXPECT_EQ(find().certain, Causes{}) << "it has more than it shall";
  facts.tunnel->peers[0].allowed_ips = {net("172.16.3.0/24")};
  EXPECT_EQ(find().certain, Causes{Cause::AllowedIpsWrong});
}

TEST(EdgeDiagnosis, OfACertainBreakNeedsNoLostProbe) {
  const EndFinding fine{"ams", true};
  EndFinding broken{"blr", true};
  const std::set<std::string> both{"ams", "blr"};
  EXPECT_EQ(certain_break(fine, broken, both), std::nullopt);
  broken.certain = {Cause::ForwardingOff};
  EXPECT_EQ(certain_break(fine, broken, both), (Diagnosis{"forwarding", "ForwardingOff", "blr"}));
  EXPECT_EQ(certain_break(fine, broken, {"ams"}), std::nullopt)
      << "its gateway forwards nothing for this edge";
  broken.certain = {Cause::AllowedIpsWrong};
  EXPECT_EQ(certain_break(fine, broken, {"ams"}),
            (Diagnosis{"WireGuard interface", "AllowedIpsDiffer", "blr"}));
  EXPECT_EQ(certain_break(fine, broken, {}), std::nullopt) << "the gateways reach one another";
  broken.certain.insert(Cause::InterfaceDown);
  EXPECT_EQ(certain_break(broken, fine, {}), (Diagnosis{"WireGuard interface", "InterfaceDown", "blr"}));
}

TEST_F(FindCauses, WhatPlanningFound) {
  drift = {DriftKind::ForwardingOff, DriftKind::MtuChanged, DriftKind::FirewallRulesChanged};
  EXPECT_EQ(find().causes, (Causes{Cause::ForwardingOff, Cause::CloudFirewallWrong}));
  drift = {DriftKind::AllowedIpsOverlap, DriftKind::DefaultRouteChanged, DriftKind::TunnelAddressDuplicate};
  EXPECT_EQ(find().causes,
            (Causes{Cause::AllowedIpsWrong, Cause::DefaultRouteWrong, Cause::TunnelAddressTwice}));
}

TEST_F(FindCauses, TheSameDriftOfServersIsAnotherCause) {
  drift = {DriftKind::RouteCaptured, DriftKind::VpcNicDown};
  EXPECT_EQ(find().causes, (Causes{Cause::TunnelRouteCaptured, Cause::VpcLinkDown}));
  std::swap(drift, of_servers);
  EXPECT_EQ(find().causes, (Causes{Cause::ServerRouteCaptured, Cause::ServerVpcLinkDown}));
}

}  // namespace
}  // namespace vpcp::testing
