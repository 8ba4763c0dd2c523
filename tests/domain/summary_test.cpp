#include "domain/status/summary.h"

#include <gtest/gtest.h>

#include <functional>

#include "domain/cloud_samples.h"
#include "domain/desired/topology.h"

namespace vpcp {
namespace {

using namespace samples;
using Lines = std::vector<std::string>;

const SystemTime kNow = kStart + hours{1};
const SitePair kEdge{"amsterdam", "bangalore"};

/// A pass over the scenario, in which everything is well.
struct Pass {
  VpcPeering peering = samples::peering();
  PeeringRecord record;
  CloudSnapshot cloud = samples::cloud();
  CloudPlanResult plan;
  std::map<std::string, HostView> hosts;
  TrafficBook traffic;
  std::map<std::string, Error> failed;
  std::optional<Error> cloud_error;
  std::map<std::pair<std::string, std::string>, PeerView> peers;
  std::map<SitePair, SystemTime> told_handshakes;

  Pass() {
    for (const char* lane :
         {"amsterdam/gateway-0", "amsterdam/app-server", "bangalore/gateway-0", "bangalore/db-server"})
      hosts[lane].looked = true;
    EdgeBook& book = traffic.edges[kEdge];
    book.status.from = kEdge.first;
    book.status.to = kEdge.second;
    book.status.health = EdgeHealth::Up;
    book.status.reason = "Verified";
    book.last_crossed = kNow;
  }

  PeeringStatus status() const {
    const Layout layout = lay_out(peering, record, std::make_shared<const CloudSnapshot>(cloud));
    return summarise({.peering = peering,
                      .record = record,
                      .layout = layout,
                      .cloud = plan,
                      .hosts = hosts,
                      .peers = peers,
                      .traffic = traffic,
                      .breaks = {},
                      .drift = {},
                      .plan = {},
                      .monthly_cost_usd = 20.0,
                      .cloud_error = cloud_error,
                      .failed = failed,
                      .told_handshakes = told_handshakes,
                      .now = kNow});
  }
};

std::string text(const Condition& condition) {
  const char* status = condition.status == ConditionStatus::True    ? "True"
                       : condition.status == ConditionStatus::False ? "False"
                                                                    : "Unknown";
  return condition.type + '=' + status + ' ' + condition.reason;
}

Lines conditions(const PeeringStatus& status) {
  Lines out;
  for (const Condition& condition : status.conditions) out.push_back(text(condition));
  return out;
}

/// The conditions that differ from those of a pass in which everything is well.
Lines differences(const PeeringStatus& status) {
  const Lines well = conditions(Pass().status());
  Lines out;
  for (const std::string& line : conditions(status)) {
    if (std::find(well.begin(), well.end(), line) == well.end()) out.push_back(line);
  }
  return out;
}

struct Row {
  const char* name;
  std::function<void(Pass&)> edit;
  Lines conditions;
};
void PrintTo(const Row& row, std::ostream* out) {
  *out << row.name;
}

class Summary : public ::testing::TestWithParam<Row> {};

TEST_P(Summary, Says) {
  Pass pass;
  GetParam().edit(pass);
  EXPECT_EQ(differences(pass.status()), GetParam().conditions);
}

Step step(const std::string& lane) {
  return {lane, DriftKind::InstanceStopped, HostChange{}, "found", "Do it", false};
}

const std::vector<Row> kCloud{
    {"ThatAllIsWell", [](Pass&) {}, {}},
    {"ThatAVpcIsMissing",
     [](Pass& p) { drop(p.cloud.vpcs, "vpc-a"); },
     {"NetworksReady=False VpcMissing", "Ready=False VpcMissing"}},
    {"ThatAVpcIsBlocked",
     [](Pass& p) {
       p.plan.blocked = {{"amsterdam", "VpcCidrChanged", "m"}};
     },
     {"NetworksReady=False VpcCidrChanged", "Ready=False VpcCidrChanged"}},
    {"ThatAServerIsSelectedTwice",
     [](Pass& p) {
       p.plan.blocked = {{"", "ServerSelectedTwice", "m"}};
     },
     {"ServersRouted=False ServerSelectedTwice", "Ready=False ServerSelectedTwice"}},
    {"ThatAVpcIsMissingThoughAServerIsSelectedTwice",
     [](Pass& p) {
       drop(p.cloud.vpcs, "vpc-a");
       p.plan.blocked = {{"", "ServerSelectedTwice", "m"}};
     },
     {"NetworksReady=False VpcMissing", "ServersRouted=False ServerSelectedTwice", "Ready=False VpcMissing"}},
    {"ThatAVpcChanges",
     [](Pass& p) { p.plan.steps = {step("amsterdam")}; },
     {"NetworksReady=False Changing", "Ready=False Changing"}},
    {"ThatACallFailedRatherThanWhatItWasToDo",
     [](Pass& p) {
       p.plan.steps = {step("amsterdam")};
       p.failed["amsterdam"] = {ErrorKind::Denied, "QuotaReached", "m"};
     },
     {"NetworksReady=False QuotaReached", "Ready=False QuotaReached"}},
    {"ThatTheCloudCannotBeLookedAt",
     [](Pass& p) {
       p.cloud_error = Error{ErrorKind::Transient, "VultrUnavailable", "m"};
     },
     {"NetworksReady=Unknown VultrUnavailable", "Ready=Unknown VultrUnavailable"}},
    {"ThatAGatewayIsMissing",
     [](Pass& p) { drop(p.cloud.instances, "gw-a"); },
     {"GatewaysReady=False InstanceMissing", "Ready=False InstanceMissing"}},
    {"ThatAGatewayIsPending",
     [](Pass& p) { instance(p.cloud, "gw-a").state = InstanceState::Pending; },
     {"GatewaysReady=False InstanceNotRunning", "Ready=False InstanceNotRunning"}},
    {"ThatAServerIsOff",
     [](Pass& p) { instance(p.cloud, "db").power = PowerState::Stopped; },
     {"ServersRouted=False InstanceNotRunning", "Ready=False InstanceNotRunning"}},
};

const std::vector<Row> kHosts{
    {"ThatItDoesNotKnowAHostWithoutAnAddress",
     [](Pass& p) { p.hosts.erase("amsterdam/gateway-0"); },
     {"GatewaysReady=Unknown NotReachable", "Ready=Unknown NotReachable"}},
    {"ThatItDoesNotKnowAHostThatDoesNotAnswer",
     [](Pass& p) {
       p.hosts["bangalore/db-server"] = {};
       p.hosts["bangalore/db-server"].error = Error{ErrorKind::Transient, "SshTimeout", "m"};
     },
     {"ServersRouted=Unknown SshTimeout", "Ready=Unknown SshTimeout"}},
    {"ThatItDoesNotKnowAHostThatWasNotLookedAt",
     [](Pass& p) { p.hosts["bangalore/db-server"] = {}; },
     {"ServersRouted=Unknown NotReachable", "Ready=Unknown NotReachable"}},
    {"ThatFalseWinsOverUnknown",
     [](Pass& p) {
       p.hosts["amsterdam/gateway-0"] = {};
       p.hosts["bangalore/db-server"].steps = 1;
     },
     {"GatewaysReady=Unknown NotReachable", "ServersRouted=False Changing", "Ready=False Changing"}},
    {"ThatAHostIsBlocked",
     [](Pass& p) {
       p.hosts["amsterdam/gateway-0"].blocked = {"SystemNotSupported", "m"};
     },
     {"GatewaysReady=False SystemNotSupported", "Ready=False SystemNotSupported"}},
    {"ThatAHostIsPrepared",
     [](Pass& p) { p.hosts["amsterdam/gateway-0"].waiting_for = "cloud-init"; },
     {"GatewaysReady=False Preparing", "Ready=False Preparing"}},
    {"ThatAHostDiffers",
     [](Pass& p) { p.hosts["amsterdam/app-server"].steps = 2; },
     {"ServersRouted=False Changing", "Ready=False Changing"}},
    {"ThatAHostShowsAnotherKey",
     [](Pass& p) {
       p.hosts["amsterdam/gateway-0"] = {};
       p.hosts["amsterdam/gateway-0"].error = Error{ErrorKind::Denied, "HostIdentityChanged", "m"};
     },
     {"GatewaysReady=Unknown HostIdentityChanged", "HostIdentityChanged=True HostIdentityChanged",
      "Ready=Unknown HostIdentityChanged"}},
};

EdgeBook& book(Pass& pass) {
  return pass.traffic.edges[kEdge];
}

const std::vector<Row> kTraffic{
    {"ThatADegradedEdgeIsUp",
     [](Pass& p) {
       book(p).status.health = EdgeHealth::Degraded;
       book(p).status.reason = "LossHigh";
     },
     {}},
    {"ThatAnEdgeIsDown",
     [](Pass& p) {
       book(p).status.health = EdgeHealth::Down;
       book(p).status.reason = "TunnelDead";
       book(p).status.hop = "tunnel";
     },
     {"TunnelsUp=False TunnelDead", "Ready=False TunnelDead"}},
    {"ThatItDoesNotKnowAnEdge",
     [](Pass& p) {
       book(p).status.health = EdgeHealth::Unknown;
       book(p).status.reason = "GatewayNotReachable";
     },
     {"TunnelsUp=Unknown GatewayNotReachable", "Ready=Unknown GatewayNotReachable"}},
    {"ThatItDoesNotKnowAnEdgeThatWasNeverProbed",
     [](Pass& p) { p.traffic = {}; },
     {"TunnelsUp=Unknown NotProbedYet", "Ready=Unknown NotProbedYet"}},
    {"NothingWhenTheLastCrossingIsRecentEnough",
     [](Pass& p) { book(p).last_crossed = kNow - seconds{24}; },
     {}},
    {"ThatTheLastCrossingWasTooLongAgo",
     [](Pass& p) { book(p).last_crossed = kNow - seconds{25}; },
     {"TunnelsUp=Unknown NotVerified", "Ready=Unknown NotVerified"}},
    {"ThatOneEdgeOfSeveralIsDownWhateverTheOthers",
     [](Pass& p) {
       p.peering.spec = specs::three_sites();
       p.peering.spec.topology = {TopologyType::HubAndSpoke, "amsterdam", {}};
       p.cloud.vpcs.push_back(vpc("vpc-f", "fra", "172.16.3.0/24", "(vpcp-u/frankfurt)"));
       p.cloud.instances.push_back(part("gw-f", "frankfurt", "gateway-0", "vpc-f", "172.16.3.3"));
       p.hosts["frankfurt/gateway-0"].looked = true;
       book(p).status.health = EdgeHealth::Unknown;
       EdgeBook& other = p.traffic.edges[{"amsterdam", "frankfurt"}];
       other.status.health = EdgeHealth::Down;
       other.status.reason = "TcpBlocked";
     },
     {"TunnelsUp=False TcpBlocked", "Ready=False TcpBlocked"}},
    {"NothingAboutAServerThatFailedOnce",
     [](Pass& p) {
       p.traffic.servers["bangalore/db-server"] = {kLostToDown - 1, kNow};
     },
     {}},
    {"ThatAServerIsCutOff",
     [](Pass& p) {
       p.traffic.servers["bangalore/db-server"] = {kLostToDown, kNow};
     },
     {"ServersRouted=False NoTraffic", "Ready=False NoTraffic"}},
    {"ThatItIsSuspended", [](Pass& p) { p.peering.spec.suspend = true; }, {"Ready=True ReadySuspended"}},
};

constexpr auto kName = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Cloud, Summary, ::testing::ValuesIn(kCloud), kName);
INSTANTIATE_TEST_SUITE_P(Hosts, Summary, ::testing::ValuesIn(kHosts), kName);
INSTANTIATE_TEST_SUITE_P(Traffic, Summary, ::testing::ValuesIn(kTraffic), kName);

TEST(SummaryOfAll, WhenAllIsWell) {
  EXPECT_EQ(conditions(Pass().status()), (Lines{"Accepted=True Accepted", "NetworksReady=True NetworksReady",
                                                "GatewaysReady=True GatewaysReady", "TunnelsUp=True Verified",
                                                "ServersRouted=True ServersRouted",
                                                "HostIdentityChanged=False AsPinned", "Ready=True Ready"}));
}

TEST(SummaryOfAll, TellsWhatEverySiteHas) {
  init_crypto();
  Pass pass;
  extend_record(pass.record, pass.peering.spec, SystemTime{});
  pass.record.hosts["amsterdam/gateway-0"].pinned = {"ssh-ed25519 OLD", "ssh-ed25519 NEW"};
  pass.hosts["amsterdam/app-server"].steps = 1;
  const PeeringStatus status = pass.status();
  ASSERT_EQ(status.sites.size(), 2U);
  const GatewayStatus gateway{InstanceId{"gw-a"},
                              ip("203.0.113.1"),
                              ip("172.16.1.3"),
                              ip("10.10.0.1"),
                              pass.record.gateways.at({"amsterdam", 0}).keys.public_key,
                              "ssh-ed25519 NEW"};
  EXPECT_EQ(status.sites[0], (SiteStatus{"amsterdam", VpcId{"vpc-a"}, {gateway}, {1, 0}}));
  EXPECT_EQ(status.sites[1].servers, (ServerCount{1, 1}));
  EXPECT_EQ(status.observed_generation, 1);
  EXPECT_EQ(status.monthly_cost_usd, 20.0);
  ASSERT_EQ(status.unhealthy_servers.size(), 1U);
  EXPECT_EQ(status.unhealthy_servers[0], (UnhealthyServer{"amsterdam", "app-server", "Changing",
                                                          "amsterdam/app-server: 1 difference found"}));
}

TEST(SummaryOfAll, SaysWhatOfAServerWithoutAPublicAddressMeetsTheInternet) {
  const auto told = [](const std::function<void(Pass&)>& edit) {
    Pass pass;
    edit(pass);
    const PeeringStatus status = pass.status();
    EXPECT_TRUE(status.sites[0].private_servers.empty());
    return status.sites[1].private_servers;
  };
  const auto is = [](Exposure exposure) { return std::vector<PrivateServer>{{"db-server", exposure}}; };
  EXPECT_EQ(told([](Pass&) {}), is(Exposure::FirewalledIPv6));
  EXPECT_EQ(told([](Pass& p) { instance(p.cloud, "db").firewall_group.reset(); }), is(Exposure::OpenIPv6));
  EXPECT_EQ(told([](Pass& p) { p.cloud.firewall_groups[2].rules.emplace_back(); }), is(Exposure::OpenIPv6));
  EXPECT_EQ(told([](Pass& p) { instance(p.cloud, "db").public_ip = ip("203.0.113.9"); }),
            is(Exposure::PublicIPv4));
  EXPECT_EQ(told([](Pass& p) { instance(p.cloud, "db").vpc_only = true; }), is(Exposure::VpcOnly));
  // A NAT gateway that came later changes no server.
  EXPECT_EQ(told([](Pass& p) { p.cloud.vpcs[1].has_nat_gateway = true; }), is(Exposure::FirewalledIPv6));
  EXPECT_TRUE(told([](Pass& p) { instance(p.cloud, "db").state = InstanceState::Pending; }).empty());
  EXPECT_TRUE(told([](Pass& p) { drop(p.cloud.instances, "db"); }).empty());
}

TEST(SummaryOfAll, NamesTheFirst20UnhealthyServers) {
  Pass pass;
  for (int i = 0; i < 30; ++i)
    pass.peering.spec.sites[0].servers.push_back(specs::created("s" + std::to_string(i)));
  const PeeringStatus status = pass.status();
  EXPECT_EQ(status.unhealthy_servers.size(), 20U);
  EXPECT_EQ(status.sites[0].servers, (ServerCount{31, 1}));
}

TEST(SummaryOfAll, ATransitionTimeIsThatOfTheStatusAlone) {
  Pass pass;
  pass.peering.status = pass.status();
  for (Condition& condition : pass.peering.status.conditions) condition.last_transition_time = kStart;
  pass.hosts["amsterdam/app-server"].steps = 1;
  const PeeringStatus changed = pass.status();
  EXPECT_EQ(find_condition(changed, condition::kTunnelsUp)->last_transition_time, kStart);
  EXPECT_EQ(find_condition(changed, condition::kServersRouted)->last_transition_time, kNow);
  EXPECT_EQ(find_condition(changed, condition::kReady)->last_transition_time, kNow);
}

TEST(SummaryOfAll, OldConditionsAreNoFacts) {
  Pass pass;
  pass.peering.status = pass.status();
  pass.traffic = {};
  EXPECT_EQ(text(*find_condition(pass.status(), condition::kReady)), "Ready=Unknown NotProbedYet");
}

/// What was told before (absent: nothing), what a look says now, and what is told then.
struct HandshakeRow {
  std::optional<SystemTime> before;
  SystemTime found;
  std::optional<SystemTime> told;
};
TEST(SummaryOfAll, AHandshakeIsNeverEarlierThanOneThatWasTold) {
  for (const auto& [before, found, told] :
       {HandshakeRow{{}, kNow - hours{3}, kNow - hours{3}},
        HandshakeRow{kNow - minutes{3}, kNow - minutes{1}, kNow - minutes{1}},
        HandshakeRow{kNow - minutes{3}, kNow - minutes{3} - seconds{8}, kNow - minutes{3} - seconds{8}},
        HandshakeRow{kNow - minutes{3}, kNow - hours{3}, {}},
        HandshakeRow{kNow + hours{1}, kNow - hours{3}, kNow - hours{3}}}) {
    Pass pass;
    PeeringStatus status = pass.status();
    status.edges.at(0).last_handshake = before;
    pass.peers[kEdge].last_handshake = found;
    for (int turn = 0; turn < 2; ++turn) {  // a status that tells of none takes nothing back
      note_told_handshakes(pass.told_handshakes, status, kNow);
      status = pass.status();
      EXPECT_EQ(status.edges.at(0).last_handshake, told);
    }
  }
}

TEST(SummaryOfAll, FiguresAloneAreNoMaterialDifference) {
  Pass pass;
  const PeeringStatus before = pass.status();
  book(pass).status.rtt_millis = 144.5;
  book(pass).status.loss_percent = 3.0;
  EXPECT_NE(pass.status(), before);
  EXPECT_FALSE(differs_materially(pass.status(), before));
  book(pass).status.health = EdgeHealth::Degraded;
  EXPECT_TRUE(differs_materially(pass.status(), before));
}

VpcPeering that_was_well() {
  VpcPeering out = samples::peering();
  out.status = Pass().status();
  out.meta.generation = 2;
  return out;
}

TEST(RefusedStatus, NamesEveryErrorAndLeavesTheRest) {
  const PeeringStatus status = refused_status(
      that_was_well(), {{"spec.a", "1", "is wrong", "use 2"}, {"spec.b", "x", "is odd", "use y"}}, kNow);
  EXPECT_EQ(differences(status), (Lines{"Accepted=False InvalidSpec", "Ready=False InvalidSpec"}));
  EXPECT_EQ(find_condition(status, condition::kAccepted)->message,
            "spec.a: \"1\" is wrong; use 2\nspec.b: \"x\" is odd; use y");
  EXPECT_EQ(status.observed_generation, 2);
  EXPECT_EQ(status.sites.size(), 2U);
}

TEST(FailedStatus, IsFalseWhereAPersonMustActAndUnknownElsewhere) {
  const VpcPeering peering = that_was_well();
  EXPECT_EQ(differences(failed_status(peering, {ErrorKind::Denied, "ApiKeyRefused", "m"}, kNow)),
            (Lines{"NetworksReady=False ApiKeyRefused", "GatewaysReady=Unknown ApiKeyRefused",
                   "TunnelsUp=Unknown ApiKeyRefused", "ServersRouted=Unknown ApiKeyRefused",
                   "Ready=False ApiKeyRefused"}));
  for (const ErrorKind kind : {ErrorKind::Transient, ErrorKind::Throttled, ErrorKind::Conflict}) {
    EXPECT_EQ(differences(failed_status(peering, {kind, "Vultr", "m"}, kNow)),
              (Lines{"NetworksReady=Unknown Vultr", "GatewaysReady=Unknown Vultr", "TunnelsUp=Unknown Vultr",
                     "ServersRouted=Unknown Vultr", "Ready=Unknown Vultr"}));
  }
}

TEST(DeletingStatus, NamesThePhaseAndWhatBlocksIt) {
  const PeeringStatus status = deleting_status(that_was_well(), "DeletingInstances", "2 resources", kNow);
  EXPECT_EQ(text(*find_condition(status, condition::kReady)), "Ready=False Deleting");
  EXPECT_EQ(find_condition(status, condition::kReady)->message, "DeletingInstances: 2 resources");
  EXPECT_EQ(text(*find_condition(status, condition::kTunnelsUp)), "TunnelsUp=Unknown Deleting");
  EXPECT_TRUE(status.edges.empty());
}

}  // namespace
}  // namespace vpcp
