#include "domain/plan/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/desired/desired.h"
#include "domain/host/gateway_plan.h"
#include "domain/host/host_key.h"
#include "domain/host/read_files.h"
#include "domain/host_samples.h"
#include "domain/plan/interruption.h"
#include "domain/plan/reroute.h"
#include "domain/specs.h"

namespace vpcp::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const SystemTime kNow = from_rfc3339("2026-11-22T21:50:00Z");

VpcPeering declared(const PeeringSpec& spec) {
  VpcPeering peering;
  peering.meta.ns = "network";
  peering.meta.name = "ams-blr";
  peering.meta.uid = "11111111-2222-4333-8444-555555555555";
  peering.spec = spec;
  return peering;
}

std::vector<std::string> summaries(const Forecast& forecast) {
  std::vector<std::string> out;
  for (const Step& step : forecast.cloud) out.push_back(step.lane + ": " + step.summary);
  return out;
}

class ForecastTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { init_crypto(); }
  Forecast ahead(const VpcPeering& peering, const CloudSnapshot& cloud) {
    extend_record(record, peering.spec, kNow);
    prepare_record(record, lay_out(peering, record, std::make_shared<const CloudSnapshot>(cloud)), kNow);
    return forecast(peering, {record, keyed, cloud, {}}, kNow);
  }
  std::set<SitePair> keyed;
  PeeringRecord record;
};

TEST_F(ForecastTest, GoesOnUntilEverythingIsThere) {
  const Forecast all = ahead(declared(specs::ams_blr()), {});
  EXPECT_THAT(all.new_hosts, ::testing::UnorderedElementsAre("amsterdam/gateway-0", "amsterdam/app-server",
                                                             "bangalore/gateway-0", "bangalore/db-server"));
  const auto steps = summaries(all);
  EXPECT_THAT(steps, ::testing::Contains("amsterdam: Create VPC 172.16.1.0/24 in ams"));
  EXPECT_THAT(steps, ::testing::Contains(HasSubstr("bangalore/db-server: Create db-server")));
  EXPECT_EQ(std::ranges::count_if(all.cloud, [](const Step& s) { return !pending_key(s).empty(); }),
            2 + 4 + 3)
      << "VPCs, instances, firewall groups";
  for (const LaidSite& site : all.after.sites) EXPECT_TRUE(site.next_hop().has_value());
  EXPECT_THAT(all.blocked, IsEmpty());
  EXPECT_THAT(all.waiting, IsEmpty());
}

/// After a lost answer nothing is due for a while, and yet not everything is as declared.
TEST_F(ForecastTest, TellsOfACreateThatIsNotVisibleYet) {
  record.pending["instance/amsterdam/gateway-0"] = {kNow, ""};
  EXPECT_THAT(ahead(declared(specs::ams_blr()), {}).waiting,
              ElementsAre(HasSubstr("amsterdam/gateway-0: a create was sent at 2026-11-22T21:50:00Z")));
}

TEST_F(ForecastTest, NamesWhatTheAddressesStandFor) {
  const Forecast all = ahead(declared(specs::ams_blr()), {});
  std::vector<std::string> names;
  for (const auto& [text, name] : all.stand_ins) names.push_back(name);
  EXPECT_THAT(names, ::testing::IsSupersetOf({"(public address of amsterdam/gateway-0)",
                                              "(VPC address of bangalore/db-server)",
                                              "(public key of bangalore/gateway-0)"}));
}

/// The key that a plan holds is thrown away with it; its fingerprint would be found nowhere.
TEST_F(ForecastTest, SaysThatAKeyIsNewOnlyWhereItIs) {
  ahead(declared(specs::ams_blr()), {});
  const auto& [edge, key] = *record.preshared_keys.begin();
  const std::string shown = without_keys("PresharedKey = " + std::string(key.reveal()));
  const std::string fingerprint = shown.substr(shown.find('('));
  EXPECT_THAT(ahead(declared(specs::ams_blr()), {}).stand_ins,
              ::testing::Contains(::testing::Pair(fingerprint, "(a new key)")));
  keyed = {edge};
  EXPECT_THAT(ahead(declared(specs::ams_blr()), {}).stand_ins,
              Not(::testing::Contains(::testing::Key(fingerprint))));
}

TEST_F(ForecastTest, StopsWhereNothingMayBeTouched) {
  PeeringSpec spec = specs::ams_blr();
  spec.sites[0].vpc = {VpcId{"v1"}, std::nullopt, ""};
  CloudSnapshot cloud;
  cloud.vpcs = {{{"v1"}, "fra", "theirs", *Cidr::parse("172.16.1.0/24"), kNow, false}};
  const Forecast none = ahead(declared(spec), cloud);
  EXPECT_TRUE(none.unsafe);
  EXPECT_THAT(none.cloud, IsEmpty());
  EXPECT_THAT(none.blocked, ElementsAre(::testing::Field(&LaneBlock::reason, "VpcInOtherRegion")));
}

std::vector<std::string> texts(const std::vector<Interruption>& all) {
  std::vector<std::string> out;
  for (const Interruption& one : all) out.push_back(one.what + ": " + one.how_long);
  return out;
}

/// Of the steps that the planner makes of a gateway that is changed so.
std::vector<std::string> costs_of(void (*change)(HostFacts&)) {
  HostFacts facts = healthy_gateway();
  change(facts);
  const HostPlan plan = plan_gateway_host(gateway_a(), facts, "ams/gateway-0");
  EXPECT_THAT(plan.steps, Not(IsEmpty()));
  std::vector<Interruption> all;
  for (const Step& step : plan.steps) {
    if (auto found = interruption_of(step)) all.push_back(*std::move(found));
  }
  return texts(all);
}

TEST(Interruptions, OfARunningGatewayAreThoseThatWereMeasured) {
  const std::string traffic = "traffic between ams and the other sites: ";
  EXPECT_THAT(costs_of([](HostFacts& f) { f.tunnel->public_key = "another"; }),
              ElementsAre(traffic + "up to 1.2 s"));
  EXPECT_THAT(costs_of([](HostFacts& f) { f.tunnel->listen_port = 1234; }),
              ElementsAre(traffic + "one round trip, about 0.2 s"));
  EXPECT_THAT(costs_of([](HostFacts& f) {
                f.tunnel->listen_port = 1234;
                f.tunnel->peers.push_back(f.tunnel->peers[0]);
                f.tunnel->peers[1].public_key = "foreign";
                f.tunnel->peers[1].allowed_ips.clear();
              }),
              ElementsAre(traffic + "one round trip, about 0.2 s"));
  EXPECT_THAT(costs_of([](HostFacts& f) { f.tunnel.reset(); }),
              ElementsAre(traffic + "nothing passes now; back within 2 s"));
  EXPECT_THAT(costs_of([](HostFacts& f) { f.tunnel->peers.clear(); }), IsEmpty());
  EXPECT_THAT(costs_of([](HostFacts& f) { f.ip_forward = false; }), IsEmpty());
}

TEST(Interruptions, OfOtherStepsAreThoseThatWereMeasured) {
  const auto told = [](DriftKind kind, Action action, std::string lane) {
    const auto found = interruption_of({std::move(lane), kind, std::move(action), "", "", false});
    return found ? found->what + ": " + found->how_long : std::string("none");
  };
  const std::string gateway = "amsterdam/gateway-0";
  EXPECT_EQ(told(DriftKind::ServerRouteMissing, HostChange{}, "amsterdam/app-server"), "none");
  EXPECT_EQ(told(DriftKind::NetplanChanged, HostChange{}, "amsterdam/app-server"), "none");
  EXPECT_EQ(told(DriftKind::InstanceMissing, CreateInstance{}, gateway), "none");
  EXPECT_EQ(told(DriftKind::InstanceDetached, DeleteInstance{}, gateway),
            "traffic between amsterdam and the other sites: until its replacement is set up, some minutes");
  EXPECT_EQ(told(DriftKind::RebootRequired, HostChange{}, "amsterdam/app-server"),
            "all traffic of amsterdam/app-server: while it reboots, up to a minute");
}

PeeringSpec joined(TopologySpec topology, PeeringSpec spec = specs::three_sites()) {
  spec.topology = std::move(topology);
  return spec;
}
PeeringSpec renumbered(PeeringSpec spec) {
  spec.tunnel.cidr = *Cidr::parse("10.20.0.0/24");
  return spec;
}
TopologySpec hub(const char* name) {
  return {TopologyType::HubAndSpoke, name, {}};
}

/// The gateways as a controller leaves them with that spec.
std::map<std::string, HostFacts> running(const PeeringSpec& spec, const PeeringRecord& record) {
  std::map<std::string, HostFacts> out;
  const Layout layout = lay_out(declared(spec), record, std::make_shared<const CloudSnapshot>());
  const DesiredHosts desired(spec, layout, record);
  for (const SiteSpec& site : spec.sites) {
    const GatewayRef ref{site.name, 0};
    const DesiredGateway gateway = desired.gateway(ref).value();
    TunnelFacts tunnel;
    tunnel.public_key = gateway.public_key;
    for (const DesiredPeer& peer : gateway.peers) {
      tunnel.peers.emplace_back();
      tunnel.peers.back().public_key = peer.public_key;
      tunnel.peers.back().allowed_ips = peer.allowed_ips;
    }
    out[ref.str()].tunnel = std::move(tunnel);
  }
  return out;
}

struct RerouteRow {
  const char* name;
  PeeringSpec before;
  PeeringSpec after;
  void (*change)(std::map<std::string, HostFacts>&);  ///< Of what is seen.
  std::vector<std::string> interruptions;
};

class Reroute : public ForecastTest, public ::testing::WithParamInterface<RerouteRow> {};

TEST_P(Reroute, InterruptsWhatChangesItsWay) {
  extend_record(record, specs::three_sites(), kNow);
  auto facts = running(GetParam().before, record);
  if (GetParam().change != nullptr) GetParam().change(facts);
  record.hosts["frankfurt/gateway-0"];  // so that its keys are known while it is there, declared or not
  extend_record(record, GetParam().after, kNow);
  const Forecast ahead = forecast(declared(GetParam().after), {record, {}, {}, facts}, kNow);
  EXPECT_EQ(texts(ahead.interruptions), GetParam().interruptions);
}

const std::string kNewTunnels = ": until its new tunnels stand, some seconds";
const RerouteRow kRerouteRows[] = {
    {"NothingChanges", joined(hub("amsterdam")), joined(hub("amsterdam")), nullptr, {}},
    {"AnotherHub",
     joined(hub("amsterdam")),
     joined(hub("bangalore")),
     nullptr,
     {"traffic between amsterdam and frankfurt, bangalore and frankfurt" + kNewTunnels}},
    {"AnotherHubAndOtherTunnelAddresses",
     joined(hub("amsterdam")),
     renumbered(joined(hub("bangalore"))),
     nullptr,
     {"traffic between amsterdam and frankfurt, bangalore and frankfurt" + kNewTunnels}},
    {"AnotherHubWhileOneGatewayIsNotSeen",
     joined(hub("amsterdam")),
     joined(hub("bangalore")),
     [](std::map<std::string, HostFacts>& facts) { facts.erase("frankfurt/gateway-0"); },
     {"traffic between amsterdam and frankfurt, bangalore and frankfurt" + kNewTunnels}},
    {"HubToMesh",
     joined(hub("amsterdam")),
     joined({}),
     nullptr,
     {"traffic between bangalore and frankfurt" + kNewTunnels}},
    {"MeshToHub",
     joined({}),
     joined(hub("amsterdam")),
     nullptr,
     {"traffic between bangalore and frankfurt: a packet or two, while it moves to other tunnels"}},
    {"AnEdgeGoes",
     joined({}),
     joined({TopologyType::Custom, {}, {{"amsterdam", "bangalore"}, {"amsterdam", "frankfurt"}}}),
     nullptr,
     {"traffic between bangalore and frankfurt: for good"}},
    {"ASiteComes", specs::ams_blr(), joined({}), nullptr, {}},
    {"ASiteGoes",
     joined({}),
     specs::ams_blr(),
     [](std::map<std::string, HostFacts>& facts) { facts.erase("frankfurt/gateway-0"); },
     {"traffic between amsterdam and frankfurt, bangalore and frankfurt: for good"}},
    {"WhatDoesNotPassIsNotInterrupted",
     joined(hub("amsterdam")),
     joined(hub("bangalore")),
     [](std::map<std::string, HostFacts>& facts) { facts["frankfurt/gateway-0"].tunnel->peers.clear(); },
     {}},
};
INSTANTIATE_TEST_SUITE_P(Rows, Reroute, ::testing::ValuesIn(kRerouteRows),
                         [](const auto& row) { return row.param.name; });

TEST(Interruptions, OfManySitesAreTold) {
  Ways before;
  for (const char* site : {"a", "b", "c", "d", "e", "f"}) {
    before.known.insert(site);
    before.hops[{site, "hub"}] = "hub";
    before.hops[{"hub", site}] = site;
  }
  EXPECT_THAT(texts(interruptions_between(before, {})),
              ElementsAre("traffic between a and hub, b and hub, c and hub, d and hub, and 2 more pairs of "
                          "sites: for good"));
}

TEST(HostKeyRotation, IsDueOnceAHostThatWeCreatedIsSetUp) {
  LaidHost host;
  host.lane = "amsterdam/gateway-0";
  PeeringRecord record;
  EXPECT_FALSE(host_key_rotation(host, {}, record)) << "a host that is not known";
  HostRecord& known = record.hosts[host.lane];
  const auto due = host_key_rotation(host, {}, record);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->kind, DriftKind::HostKeyNotRotated);
  EXPECT_EQ(due->lane, host.lane);

  HostPlan plan;
  plan.waiting_for = "package update";
  EXPECT_FALSE(host_key_rotation(host, plan, record));
  plan = {};
  plan.steps.push_back(*due);
  EXPECT_FALSE(host_key_rotation(host, plan, record));
  plan = {};
  plan.blocked = {"UnsupportedSystem", ""};
  EXPECT_FALSE(host_key_rotation(host, plan, record));

  host.origin = HostOrigin::Existing;
  EXPECT_FALSE(host_key_rotation(host, {}, record)) << "its key is its owner's";
  host.origin = HostOrigin::Created;
  known.rotated = true;
  EXPECT_FALSE(host_key_rotation(host, {}, record));
}

TEST(ReadFiles, ShowNoKeyWhereverItStands) {
  const std::string key = base64_encode(std::string(32, 'k'));
  const std::string text = "[Interface]\nprivatekey=" + key + "\n# old: " + key + "\nPostUp = echo " + key +
                           " | wg set\n[Peer]\nPublicKey = " + key + "\nMTU = 1420\n";
  const std::string shown = without_keys(text);
  EXPECT_EQ(shown.find(key), shown.find("PublicKey = ") + 12);
  EXPECT_EQ(shown.rfind(key), shown.find(key));
  EXPECT_THAT(shown, HasSubstr("privatekey=(key "));
  EXPECT_THAT(shown, HasSubstr("MTU = 1420\n"));
}

TEST(ReadFiles, AreParsedByPath) {
  const auto files = parse_read_files("/etc/a " + base64_encode("one\ntwo\n") + "\n/etc/b " +
                                      base64_encode("") + "\nnonsense\n/etc/c ???\n");
  EXPECT_EQ(files, (std::map<std::string, std::string>{{"/etc/a", "one\ntwo\n"}, {"/etc/b", ""}}));
}

}  // namespace
}  // namespace vpcp::testing
