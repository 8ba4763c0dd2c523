#include <map>
#include <set>
#include <utility>
#include "views/cost_view.h"

#include "domain/status/edge_diagnosis.h"
#include "domain/status/outdated.h"
#include "views/edge_blame.h"
#include "views/explain_view.h"
#include "views/graph_view.h"
#include "views/ledger_view.h"
#include "views/samples.h"

namespace vpcp::testing {
namespace {

using ::testing::HasSubstr;

TEST(StatusView, ShowsAPeeringAsATree) {
  expect_golden(status_tree(healthy(), plain()), "status-healthy.txt");
  expect_golden(status_tree(tcp_dropped(), plain()), "status-tcp-dropped.txt");
  expect_golden(status_tree(server_unreachable(), plain()), "status-unreachable.txt");
  expect_golden(status_tree(being_made(), plain()), "status-being-made.txt");
  expect_golden(status_tree(being_deleted(), plain()), "status-being-deleted.txt");
}

TEST(StatusView, SaysWhereAllOfAPlanIsShown) {
  VpcPeering planned = healthy();
  planned.spec.mode = Mode::Plan;
  planned.status.plan = {{"amsterdam", "Create VPC", "there is none"}};
  const std::string hint = "all that would be done: vpcpctl plan network/ams-blr\n";
  EXPECT_NE(status_tree(planned, plain()).find(hint), std::string::npos);
  EXPECT_EQ(status_tree(healthy(), plain()).find("vpcpctl plan"), std::string::npos);
}

TEST(StatusView, ShowsALineForEach) {
  VpcPeering fresh;
  fresh.meta.ns = "network";
  fresh.meta.name = "just-declared";
  fresh.spec = specs::three_sites();
  fresh.spec.suspend = true;
  const std::vector<VpcPeering> all{healthy(), tcp_dropped(), server_unreachable(), fresh};
  expect_golden(status_table(all, Width::Narrow, Namespaces::Hidden, plain()), "status-table.txt");
  expect_golden(status_table(all, Width::Wide, Namespaces::Shown, plain()), "status-table-wide.txt");
}

TEST(StatusView, CountsServersWithoutAPublicAddressWhatIsOpenFirst) {
  VpcPeering peering = healthy();
  peering.status.sites[0].private_servers = {{"a", Exposure::VpcOnly},
                                             {"b", Exposure::OpenIPv6},
                                             {"c", Exposure::VpcOnly},
                                             {"d", Exposure::PublicIPv4}};
  const std::string line = "servers routed  private: 1 PublicIPv4, 1 OpenIPv6, 2 VPCOnly\n";
  EXPECT_NE(status_tree(peering, plain()).find(line), std::string::npos);
}

TEST(StatusView, TellsNoAvailabilityOfWhatWasHardlyLookedAt) {
  const auto told = [](SystemTime::duration span, std::int64_t down) {
    VpcPeering peering = healthy();
    peering.status.edges.front().availability = {kNow - span, kNow, {{kNow - hours{1}, down, 0}}};
    const std::string tree = status_tree(peering, plain());
    const auto at = tree.find("up ", tree.find("Edges"));
    return at == std::string::npos ? std::string() : tree.substr(at, tree.find('\n', at) - at);
  };
  EXPECT_EQ(told(seconds{59}, 0), "");
  EXPECT_EQ(told(seconds{60}, 0), "up 100 % of 60 s");
  EXPECT_EQ(told(hours{24}, 1), "up 99.99 % of 24 h");  // never rounded up
  EXPECT_EQ(told(hours{72}, 0), "up 100 % of 24 h");    // what is older is not counted
  EXPECT_EQ(told(hours{2}, 3'600'000), "up 50.00 % of 2 h");
}

TEST(Text, FitsOnAScreen) {
  EXPECT_EQ(fitted("one\ntwo\n", {3, 80}), "one\ntwo\n");
  EXPECT_EQ(fitted("one\ntwo\nthree\n", {3, 80}), "one\n… 2 more lines\n");
  EXPECT_EQ(fitted("one\ntwo\nthree\n", {4, 80}), "one\ntwo\nthree\n");
  EXPECT_EQ(fitted("abcdef\n", {9, 3}), "abc\n");
  EXPECT_EQ(fitted("a ↔ b\n", {9, 3}), "a ↔\n");
  EXPECT_EQ(fitted("\x1b[31mabcdef\x1b[0m!\n", {9, 3}), "\x1b[31mabc\x1b[0m\n");
  EXPECT_EQ(fitted("\x1b[31", {9, 3}), "\x1b[31\n") << "a colour that is cut off";
  EXPECT_EQ(fitted("", {1, 1}), "\n");
}

TEST(StatusView, ColoursOnlyWhenAsked) {
  EXPECT_EQ(status_tree(tcp_dropped(), plain()).find('\x1b'), std::string::npos);
  EXPECT_NE(status_tree(tcp_dropped(), {Paint(true), kNow}).find("\x1b[31m"), std::string::npos);
}

TEST(ExplainView, GoesHopByHop) {
  const auto way = [](const VpcPeering& peering) {
    const auto explanation = explain_path(peering, "app-server", "bangalore/db-server", {}, kNow);
    return explanation.ok() ? explanation_text(*explanation, Paint(false)) : explanation.error().message;
  };
  expect_golden(way(healthy()), "path-healthy.txt");
  expect_golden(way(tcp_dropped()), "path-tcp-dropped.txt");
  expect_golden(way(server_unreachable()), "path-unreachable.txt");
  expect_golden(way(being_made()), "path-being-made.txt");
}

struct Blamed {
  const char* reason;
  const char* hop;
  const char* at;
  const char* ticks;  ///< Of the five places from app-server to db-server.
  const char* conclusion;
};

void PrintTo(const Blamed& row, std::ostream* out) {
  *out << row.reason << ' ' << row.at;
}

class EdgeThatIsDown : public ::testing::TestWithParam<Blamed> {};

TEST_P(EdgeThatIsDown, IsBlamedOnTheRightPlaces) {
  VpcPeering peering = healthy();
  EdgeStatus& edge = peering.status.edges.front();
  edge.health = EdgeHealth::Down;
  edge.reason = GetParam().reason;
  edge.hop = GetParam().hop;
  edge.at = GetParam().at;
  const auto path = explain_path(peering, "app-server", "db-server", {}, kNow);
  ASSERT_TRUE(path.ok());
  std::string ticks;
  for (const Finding& finding : path->findings)
    ticks += finding.tick == Tick::Good ? '+' : finding.tick == Tick::Bad ? 'x' : '?';
  EXPECT_EQ(ticks, GetParam().ticks);
  EXPECT_EQ(path->conclusion, std::string("Broken at: ") + GetParam().conclusion);
  EXPECT_FALSE(is_good(*path)) << "an edge that is down is never good";
  const Explanation why = explain_readiness(peering, {}, kNow);
  EXPECT_FALSE(is_good(why));
  EXPECT_EQ(why.conclusion, path->conclusion) << "also while Ready does not say so yet";
}

INSTANTIATE_TEST_SUITE_P(
    ExplainView, EdgeThatIsDown,
    ::testing::Values(Blamed{"GatewayOff", "remote side", "bangalore", "++xx+", "remote side, bangalore"},
                      Blamed{"InterfaceMissing", "WireGuard interface", "amsterdam", "+xx++",
                             "WireGuard interface, amsterdam"},
                      Blamed{"TunnelDead", "tunnel", "", "++x++", "tunnel"},
                      Blamed{"OneWayPath", "path between the regions", "bangalore to amsterdam", "++x++",
                             "path between the regions, bangalore to amsterdam"},
                      Blamed{"ForwardingOff", "forwarding", "bangalore", "+++x+", "forwarding, bangalore"},
                      Blamed{"GatewayVpcLinkDown", "VPC link", "amsterdam", "+x+++", "VPC link, amsterdam"},
                      Blamed{"TcpBlocked", "firewall on a gateway", "", "+?+?+", "firewall on a gateway"},
                      Blamed{"RoutedTcpBlocked", "firewall (routed), or a firewall on the servers", "",
                             "??+??", "firewall (routed), or a firewall on the servers"},
                      Blamed{"ServersCutOff", "server route, VPC link or a firewall on the servers", "",
                             "??+??", "server route, VPC link or a firewall on the servers"},
                      Blamed{"ServerRouteMissing", "server route", "bangalore", "++++?",
                             "server route, bangalore"},
                      Blamed{"ServerVpcLinkDown", "VPC link", "amsterdam", "?++++", "VPC link, amsterdam"},
                      Blamed{"OfANewerController", "a place", "amsterdam", "++x++", "a place, amsterdam"}));

/// Whatever a diagnosis gives as its reason, somebody is blamed for it.
TEST(ExplainView, KnowsEveryReasonOfADiagnosis) {
  std::set<std::string> reasons;
  const auto note = [&](const EdgeSymptoms& symptoms, const EndFinding& a, const EndFinding& b) {
    reasons.insert(diagnose(symptoms, a, b).reason);
  };
  for (const bool gateways : {true, false}) {
    for (const bool icmp : {true, false}) {
      EdgeSymptoms symptoms;
      (gateways ? (icmp ? symptoms.gateway_ping : symptoms.gateway_tcp)
                : (icmp ? symptoms.server_ping : symptoms.server_tcp)) = true;
      note(symptoms, {"a"}, {"b"});
      note(symptoms, {"a", false}, {"b", true});
      note(symptoms, {"a", true, {}, Flow::StandsStill}, {"b", true, {}, Flow::Grows});
      note(symptoms, {"a", true}, {"b", true});
      for (int cause = 0; cause <= static_cast<int>(Cause::ServerRouteCaptured); ++cause)
        note(symptoms, {"a", true, {static_cast<Cause>(cause)}}, {"b"});
    }
  }
  EXPECT_GE(reasons.size(), 26U);
  for (const std::string& reason : reasons) EXPECT_TRUE(blame_of(reason)) << reason;
}

TEST(ExplainView, SaysHowAnEdgeIsDegraded) {
  for (const auto& [reason, fact] : std::map<std::string, std::string>{
           {"LossHigh", "packets cross it, and too many are lost"},
           {"Asymmetric", "packets cross it, and too many of one direction are lost"},
           {"RttHigh", "packets cross it, and take too long"},
           {"MtuTooSmall", "small packets cross it, large ones do not"}}) {
    VpcPeering peering = healthy();
    peering.status.edges.front().health = EdgeHealth::Degraded;
    peering.status.edges.front().reason = reason;
    const auto path = explain_path(peering, "app-server", "db-server", {}, kNow);
    ASSERT_TRUE(path.ok());
    EXPECT_EQ(path->findings[2].tick, Tick::Poor);
    EXPECT_TRUE(path->findings[2].fact.starts_with(reason + ": " + fact)) << path->findings[2].fact;
    EXPECT_FALSE(path->findings[2].fix.empty());
    EXPECT_EQ(path->conclusion, "It works, and not as well as asked for: tunnel amsterdam ↔ bangalore");
    EXPECT_EQ(explain_readiness(peering, {}, kNow).conclusion, path->conclusion);
  }
}

TEST(ExplainView, AHubIsBlamedForEitherOfItsEdges) {
  VpcPeering peering = healthy();
  peering.spec = specs::three_sites();
  peering.spec.topology = {TopologyType::HubAndSpoke, "frankfurt", {}};
  peering.status.sites.push_back(site_of("frankfurt", "192.0.2.12", "172.16.3.3", "10.10.0.3"));
  peering.status.edges.resize(2);
  peering.status.edges[0].to = "frankfurt";
  peering.status.edges[1] = peering.status.edges[0];
  peering.status.edges[1].from = "bangalore";
  for (EdgeStatus& edge : peering.status.edges) {
    const EdgeHealth before = std::exchange(edge.health, EdgeHealth::Down);
    edge.reason = "ForwardingOff";
    edge.hop = "forwarding";
    edge.at = "frankfurt";
    const auto path = explain_path(peering, "app-server", "db-server", {}, kNow);
    ASSERT_TRUE(path.ok());
    EXPECT_EQ(path->findings[3].tick, Tick::Bad) << edge.from;
    EXPECT_EQ(path->findings[1].tick, Tick::Good) << edge.from;
    EXPECT_EQ(path->findings[5].tick, Tick::Good) << edge.from;
    edge.reason = "ServersCutOff";
    edge.at = "";
    const auto cut_off = explain_path(peering, "app-server", "db-server", {}, kNow);
    ASSERT_TRUE(cut_off.ok());
    const bool first = edge.from == "amsterdam";
    EXPECT_EQ(cut_off->findings.front().tick, first ? Tick::Unknown : Tick::Good)
        << "no end of this edge is blamed for it";
    EXPECT_EQ(cut_off->findings.back().tick, first ? Tick::Good : Tick::Unknown);
    edge.health = before;
  }
}

TEST(ExplainView, SaysWhyAPeeringIsNotReady) {
  const auto why = [](const VpcPeering& peering) {
    return explanation_text(explain_readiness(peering, {}, kNow), Paint(false));
  };
  expect_golden(why(healthy()), "why-healthy.txt");
  expect_golden(why(tcp_dropped()), "why-tcp-dropped.txt");
  expect_golden(why(being_made()), "why-being-made.txt");
  expect_golden(why(VpcPeering{}), "why-never-looked-at.txt");
}

TEST(ExplainView, AFightIsAnAlarmThoughPacketsCross) {
  VpcPeering fought = healthy();
  fought.status.conditions.push_back(
      condition_of("Fighting", ConditionStatus::True, "Fighting", "amsterdam/gateway-0: ForwardingOff"));
  const Explanation why = explain_readiness(fought, {}, kNow);
  EXPECT_FALSE(is_good(why));
  EXPECT_EQ(why.findings.back().tick, Tick::Bad);
  EXPECT_EQ(why.findings.back().fact, "Fighting: amsterdam/gateway-0: ForwardingOff");
  EXPECT_NE(status_tree(fought, plain()).find("✗ Fighting"), std::string::npos);
  fought.status.conditions[5].status = ConditionStatus::True;
  EXPECT_NE(status_tree(fought, plain()).find("✗ HostIdentityChanged"), std::string::npos);
  fought.status.conditions[5].status = ConditionStatus::False;
  const auto way = explain_path(fought, "app-server", "db-server", {}, kNow);
  EXPECT_TRUE(way.ok() && is_good(*way));
}

TEST(ExplainView, CallsNothingBrokenThatIsBeingMade) {
  EXPECT_TRUE(is_good(explain_readiness(being_made(), {}, kNow)));
  VpcPeering planned = being_made();
  planned.status.conditions[6].reason = "Planned";
  EXPECT_TRUE(explain_readiness(planned, {}, kNow).conclusion.starts_with("Not ready: "));
}

/// Nobody is to wait for a controller that was told to do nothing.
TEST(ExplainView, SaysWhoActsAndWhoDoesNot) {
  const auto fixes = [](const VpcPeering& peering) {
    std::set<std::string> out;
    for (const Finding& finding : explain_readiness(peering, {}, kNow).findings) {
      EXPECT_TRUE(peering.spec.suspend == false || finding.tick != Tick::Moving) << finding.what;
      out.insert(finding.fix);
    }
    return out;
  };
  VpcPeering peering = being_made();
  EXPECT_TRUE(fixes(peering).contains("wait: the controller is at it"));
  peering.spec.suspend = true;
  EXPECT_FALSE(fixes(peering).contains("wait: the controller is at it"));
  EXPECT_TRUE(fixes(peering).contains("nothing is done while spec.suspend is true: vpcpctl resume ams-blr"));
  EXPECT_FALSE(explain_readiness(peering, {}, kNow).conclusion.starts_with("Not ready yet, the controller"));
  peering.meta.deletion_timestamp = kNow;  // is carried out all the same
  peering.spec.suspend = false;
  peering.spec.mode = Mode::Plan;
  EXPECT_TRUE(fixes(peering).contains("wait: the controller is at it"));
  peering.meta.deletion_timestamp.reset();
  EXPECT_TRUE(fixes(peering).contains("nothing is done in mode Plan: set spec.mode to Reconcile"));
}

TEST(ExplainView, SaysWhoRepairsWhatALookFound) {
  LaneLooks looks;
  looks["bangalore/gateway-0"].differences = {{"net.ipv4.ip_forward is 0", "Turn forwarding on"}};
  VpcPeering peering = healthy();
  const auto fix = [&] { return explain_readiness(peering, looks, kNow).findings.back().fix; };
  EXPECT_EQ(fix(), "Turn forwarding on (the controller does it in its next pass)");
  peering.spec.repair_policy = RepairPolicy::Warn;
  EXPECT_EQ(fix(), "Turn forwarding on (spec.repair.policy is Warn: the controller leaves it to you)");
  peering.spec.mode = Mode::Plan;
  EXPECT_EQ(fix(), "Turn forwarding on (nothing is done in mode Plan: set spec.mode to Reconcile)");
}

TEST(ExplainView, GivesNoAllClearForWhatNobodyHasLookedAt) {
  VpcPeering unseen = healthy();
  unseen.status = {};
  EXPECT_TRUE(is_blind(explain_readiness(unseen, {}, kNow)));
  EXPECT_TRUE(is_blind(*explain_path(unseen, "app-server", "db-server", {}, kNow)));
  VpcPeering unreadable = unseen;
  unreadable.status.conditions = {
      condition_of("Ready", ConditionStatus::Unknown, "StateUnreadable", "its status cannot be read")};
  EXPECT_TRUE(is_blind(explain_readiness(unreadable, {}, kNow)));
  EXPECT_FALSE(is_blind(explain_readiness(healthy(), {}, kNow)));
  EXPECT_FALSE(is_blind(explain_readiness(being_made(), {}, kNow)));
}

TEST(ExplainView, OfAStatusThatIsNotToBeBelievedOnlyALookIsGood) {
  VpcPeering old = healthy();
  const SystemTime seen = kNow - hours{72};
  for (EdgeStatus& edge : old.status.edges) edge.availability = EdgeAvailability{seen - hours{1}, seen, {}};
  EXPECT_FALSE(is_blind(explain_readiness(old, {}, kNow)));
  old.status = believable_status(old, kNow);
  const Explanation why = explain_readiness(old, {}, kNow);
  EXPECT_TRUE(is_blind(why));
  EXPECT_THAT(why.findings.front().fact, HasSubstr("StatusOutdated: the edges were last looked at on "));
  EXPECT_THAT(why.findings.front().fix, HasSubstr("start vpc-peering-controller"));
  EXPECT_THAT(why.conclusion, HasSubstr("Not known to be ready"));
  EXPECT_TRUE(is_blind(*explain_path(old, "app-server", "db-server", {}, kNow)));
  const LaneLooks looks{{"amsterdam/app-server", {}}};
  const auto looked = explain_path(old, "app-server", "db-server", looks, kNow);
  ASSERT_TRUE(looked.ok());
  EXPECT_FALSE(is_blind(*looked));
  EXPECT_EQ(std::ranges::count(looked->findings, Tick::Good, &Finding::tick), 1);
  const LaneLooks elsewhere{{"dam/app-server", {}}};
  EXPECT_TRUE(is_blind(*explain_path(old, "app-server", "db-server", elsewhere, kNow))) << "of another site";
  EXPECT_THAT(status_tree(old, {Paint(false), kNow}), HasSubstr("? StatusOutdated"));
}

TEST(ExplainView, ProbesAreOnTheirWayAlsoWhereNothingElseIsDone) {
  VpcPeering peering = healthy();
  peering.spec.suspend = true;
  peering.status.edges[0].health = EdgeHealth::Unknown;
  peering.status.edges[0].reason = "NotProbedYet";
  const Explanation why = explain_readiness(peering, {}, kNow);
  const auto finding = std::ranges::find(why.findings, Tick::Unknown, &Finding::tick);
  ASSERT_NE(finding, why.findings.end());
  EXPECT_THAT(finding->fix, HasSubstr("the first probes are on their way"));
}

TEST(ExplainView, BelievesALookMoreThanTheStatus) {
  LaneLooks looks;
  looks["bangalore/gateway-0"].differences = {{"net.ipv4.ip_forward is 0", "Turn forwarding on"}};
  const auto path = explain_path(healthy(), "app-server", "db-server", looks, kNow);
  ASSERT_TRUE(path.ok());
  EXPECT_FALSE(is_good(*path));
  EXPECT_EQ(path->conclusion, "Broken at: gateway bangalore/gateway-0");
}

TEST(ExplainView, CallsNothingGoodThatNobodySaw) {
  VpcPeering peering = healthy();
  peering.spec.sites[0].server_selector = ServerSelector{};
  const auto first = [&](const std::string& from, const LaneLooks& looks = {}) {
    return explain_path(peering, from, "db-server", looks, kNow)->findings.front();
  };
  EXPECT_EQ(first("app-server").tick, Tick::Good);
  EXPECT_EQ(first("amsterdam/typo").tick, Tick::Unknown);
  EXPECT_EQ(first("amsterdam/web", {{"amsterdam/web", {}}}).tick, Tick::Good);
  EXPECT_EQ(first("amsterdam/typo", {{"amsterdam/web", {}}}).fact,
            "no server of this name was found in the site");
  // More are not routed than the status has room to name: it may be any.
  peering.status.sites[0].servers = {40, 15};
  EXPECT_EQ(first("app-server").tick, Tick::Unknown);
}

TEST(ExplainView, AKnownFaultStaysOneWhereNothingCanBeSeen) {
  VpcPeering peering = healthy();
  peering.status.conditions[5] =
      condition_of("HostIdentityChanged", ConditionStatus::True, "HostIdentityChanged",
                   "amsterdam/gateway-0: it shows another host key");
  LaneLooks looks;
  looks["amsterdam/gateway-0"].problem = "it shows another host key";
  looks["bangalore/gateway-0"].problem = "no route to host";
  const auto path = explain_path(peering, "app-server", "db-server", looks, kNow);
  ASSERT_TRUE(path.ok());
  EXPECT_FALSE(is_good(*path));
  EXPECT_EQ(path->findings[1].tick, Tick::Bad);
  EXPECT_EQ(path->findings[3].tick, Tick::Unknown) << "what was good is not known to be so any more";
}

TEST(ExplainView, FollowsAHub) {
  VpcPeering peering = healthy();
  peering.spec = specs::three_sites();
  peering.spec.topology = {TopologyType::HubAndSpoke, "frankfurt", {}};
  const auto path = explain_path(peering, "app-server", "db-server", {}, kNow);
  ASSERT_TRUE(path.ok());
  std::vector<std::string> hops;
  for (const Finding& finding : path->findings) hops.push_back(finding.what);
  EXPECT_EQ(hops, (std::vector<std::string>{"server amsterdam/app-server", "gateway amsterdam/gateway-0",
                                            "tunnel amsterdam ↔ frankfurt", "gateway frankfurt/gateway-0",
                                            "tunnel frankfurt ↔ bangalore", "gateway bangalore/gateway-0",
                                            "server bangalore/db-server"}));
}

TEST(ExplainView, RefusesServersAndPathsThatAreNot) {
  const auto refusal = [](const PeeringSpec& spec, const char* from, const char* to) {
    VpcPeering peering = healthy();
    peering.spec = spec;
    const auto path = explain_path(peering, from, to, {}, kNow);
    return path.ok() ? "" : path.error().message;
  };
  EXPECT_EQ(refusal(specs::ams_blr(), "web", "db-server"),
            "network/ams-blr has no server web: take one of amsterdam/app-server, bangalore/db-server");
  PeeringSpec apart = specs::three_sites();
  apart.topology = {TopologyType::Custom, {}, {{"amsterdam", "frankfurt"}}};
  EXPECT_EQ(
      refusal(apart, "app-server", "db-server"),
      "the topology does not join amsterdam and bangalore: add an edge between them, or use FullMesh or "
      "HubAndSpoke");
}

TEST(GraphView, DrawsTheNetwork) {
  VpcPeering peering = tcp_dropped();
  peering.spec.sites[0].name = peering.status.sites[0].name = "amst\"er<d>am";
  peering.status.edges[0].from = peering.spec.sites[0].name;
  expect_golden(graph_dot(peering), "graph.dot");
  expect_golden(graph_mermaid(peering), "graph.mmd");
  expect_golden(graph_svg(peering), "graph.svg");
}

TEST(LedgerView, SaysHowManyMoreAreOpen) {
  VpcPeering peering = tcp_dropped();
  peering.status.more_drift = 30;
  EXPECT_THAT(drift_table(peering, Width::Narrow, plain()),
              HasSubstr("\nAnd 30 more, open: the controller's"));
  const std::size_t all = peering.status.drift.size() + 30;
  EXPECT_THAT(status_tree(peering, plain()), HasSubstr(" of " + std::to_string(all)));
  EXPECT_THAT(drift_text(peering, TextForm::Yaml), HasSubstr("moreDrift: 30"));
}

TEST(LedgerView, ListsDriftAndEvents) {
  expect_golden(drift_table(tcp_dropped(), Width::Narrow, plain()), "drift.txt");
  expect_golden(drift_table(tcp_dropped(), Width::Wide, plain()), "drift-wide.txt");
  const ObjectKey about{"network", "ams-blr"};
  const std::vector<EventLine> events{{kNow - seconds{5}, about, false, "Repaired", "two\nlines", 1},
                                      {kNow - minutes{5}, about, true, "HostUnreachable", "no answer", 12}};
  expect_golden(event_table(events, Width::Narrow, plain()), "events.txt");
  expect_golden(event_table(events, Width::Wide, plain()), "events-wide.txt");
  expect_golden(event_text(events, TextForm::Json), "events.json");
  EXPECT_EQ(event_text({}, TextForm::Yaml), "events:\n  []\n");
}

std::vector<Orphan> two_orphans() {
  const std::string uid = "11111111-2222-4333-8444-555555555555";
  return {{Orphan::Kind::Instance, "i-1", "Old\nGateway", "ams", uid, 5, kNow - hours{48}},
          {Orphan::Kind::FirewallGroup, "g-1", "vpcp-" + uid, "", uid, 0, SystemTime{}}};
}

TEST(CostView, ListsOrphans) {
  expect_golden(orphan_table(two_orphans(), Width::Narrow, plain()), "orphans.txt");
  expect_golden(orphan_table(two_orphans(), Width::Wide, plain()), "orphans-wide.txt");
  expect_golden(orphan_text(two_orphans(), {}, TextForm::Yaml), "orphans.yaml");
  EXPECT_EQ(orphan_table({}, Width::Wide, plain()),
            "Every resource with a mark of ours belongs to an object of this store.\n");
}

TEST(CostView, BillsWhatIsNeededAndWhatIsNot) {
  VpcPeering fresh = healthy();
  fresh.meta.name = "just-declared";
  fresh.status.monthly_cost_usd.reset();
  const Bill bill{{healthy(), fresh}, two_orphans()};
  expect_golden(bill_table(bill, Width::Narrow, plain()), "cost.txt");
  expect_golden(bill_table(bill, Width::Wide, plain()), "cost-wide.txt");
  expect_golden(bill_text(bill, TextForm::Json), "cost.json");
}

TEST(CostView, TellsNothingNeededFromNobodyLooked) {
  const auto end_of = [](const Bill& bill) {
    const std::string text = bill_table(bill, Width::Narrow, plain());
    return text.substr(text.find("\n\n") + 2);
  };
  EXPECT_EQ(end_of({{healthy()}, std::vector<Orphan>{}}),
            "Nothing of ours in the cloud is no longer needed.\n");
  EXPECT_EQ(end_of({{healthy()}, {}}),
            "What is ours but no longer needed was not looked for: it is shown with VULTR_API_KEY in the "
            "environment.\n");
  EXPECT_EQ(bill_text({{healthy()}, {}}, TextForm::Json).find("orphans"), std::string::npos);
}

TEST(Text, SpeaksOfTimesAsPeopleDo) {
  EXPECT_EQ(ago(SystemTime{}, kNow), "never");
  EXPECT_EQ(ago(kNow, kNow), "now");
  EXPECT_EQ(ago(kNow - seconds{9}, kNow), "9 s ago");
  EXPECT_EQ(ago(kNow - seconds{119}, kNow), "119 s ago");
  EXPECT_EQ(ago(kNow - minutes{5}, kNow), "5 min ago");
  EXPECT_EQ(ago(kNow - hours{47}, kNow), "47 h ago");
  EXPECT_EQ(ago(kNow - hours{48}, kNow), "2 d ago");
  EXPECT_EQ(short_time(milliseconds{-5}), "0 ms");
  EXPECT_EQ(span_text(kNow, kNow), "under 1 s");
  EXPECT_EQ(span_text(kNow - seconds{1}, kNow), "1 s");
  EXPECT_EQ(span_text(kNow - minutes{5}, kNow), "5 min");
}

TEST(Text, LetsNobodyMoveTheCursor) {
  EXPECT_EQ(one_line("a\nb\x1b[2Jc\xc2\x9b"), "a b?[2Jc?");
  EXPECT_EQ(display_width("↔ ✓"), 3U);
}

}  // namespace
}  // namespace vpcp::testing
