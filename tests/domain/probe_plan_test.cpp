#include "domain/plan/probe_plan.h"

#include <gtest/gtest.h>

#include "domain/cloud_samples.h"

namespace vpcp {
namespace {

using namespace samples;

std::string text(const ProbeAim& aim) {
  std::string out = aim.edge.first + '-' + aim.edge.second + " from " + aim.what.from_site;
  out += aim.what.path == ProbePath::Gateways ? " gateways " : " servers ";
  if (aim.target.kind == ProbeTarget::Kind::Icmp) return out + "icmp " + aim.target.address.str();
  return out + "tcp " + aim.target.address.str() + ':' + std::to_string(aim.target.port);
}

using Lines = std::vector<std::string>;
const SitePair kSpoke{"amsterdam", "frankfurt"};

class PlanProbes : public ::testing::Test {
 protected:
  std::map<std::string, Lines> plan(std::uint64_t round = 0) {
    return plan(ProbeTurn{.round = round, .only = {}});
  }
  std::map<std::string, Lines> plan(const ProbeTurn& turn) {
    std::map<std::string, Lines> out;
    const Layout layout = lay_out(peering(spec), {}, std::make_shared<const CloudSnapshot>(cloud));
    for (const auto& [lane, aims] : plan_probes(spec, layout, tunnel, turn)) {
      for (const ProbeAim& aim : aims) out[lane].push_back(text(aim));
    }
    return out;
  }
  void add_server_in_bangalore() {
    spec.sites[1].servers.push_back(specs::created("web"));
    cloud.instances.push_back(part("web", "bangalore", "web", "vpc-b", "172.16.2.5"));
  }

  PeeringSpec spec = specs::ams_blr();
  CloudSnapshot cloud = samples::cloud();
  std::map<GatewayRef, Ipv4> tunnel{{{"amsterdam", 0}, ip("10.10.0.1")}, {{"bangalore", 0}, ip("10.10.0.2")}};
};

const Lines kToDbServer{"amsterdam-bangalore from amsterdam servers icmp 172.16.2.4",
                        "amsterdam-bangalore from amsterdam servers tcp 172.16.2.4:22"};
const Lines kToWeb{"amsterdam-bangalore from amsterdam servers icmp 172.16.2.5",
                   "amsterdam-bangalore from amsterdam servers tcp 172.16.2.5:22"};

TEST_F(PlanProbes, EveryHostProbesTheOtherSideByPingAndByTcp) {
  EXPECT_EQ(plan(), (std::map<std::string, Lines>{
                        {"amsterdam/gateway-0",
                         {"amsterdam-bangalore from amsterdam gateways icmp 10.10.0.2",
                          "amsterdam-bangalore from amsterdam gateways tcp 10.10.0.2:22"}},
                        {"amsterdam/app-server", kToDbServer},
                        {"bangalore/gateway-0",
                         {"amsterdam-bangalore from bangalore gateways icmp 10.10.0.1",
                          "amsterdam-bangalore from bangalore gateways tcp 10.10.0.1:22"}},
                        {"bangalore/db-server",
                         {"amsterdam-bangalore from bangalore servers icmp 172.16.1.4",
                          "amsterdam-bangalore from bangalore servers tcp 172.16.1.4:22"}}}));
}

TEST_F(PlanProbes, ServersTakeTurnsAsTargets) {
  add_server_in_bangalore();
  EXPECT_EQ(plan(0)["amsterdam/app-server"], kToDbServer);
  EXPECT_EQ(plan(1)["amsterdam/app-server"], kToWeb);
  EXPECT_EQ(plan(2)["amsterdam/app-server"], kToDbServer);
}

TEST_F(PlanProbes, ServersOfOneSiteAimAtDifferentTargets) {
  add_server_in_bangalore();
  spec.sites[0].servers.push_back(specs::created("second"));
  cloud.instances.push_back(part("second", "amsterdam", "second", "vpc-a", "172.16.1.5"));
  EXPECT_EQ(plan()["amsterdam/app-server"], kToDbServer);
  EXPECT_EQ(plan()["amsterdam/second"], kToWeb);
}

TEST_F(PlanProbes, AServerThatIsOffIsNoTargetAndSendsNothing) {
  add_server_in_bangalore();
  instance(cloud, "db").power = PowerState::Stopped;
  EXPECT_EQ(plan(0)["amsterdam/app-server"], kToWeb);
  EXPECT_FALSE(plan().contains("bangalore/db-server"));
}

TEST_F(PlanProbes, TheGatewayIsTheTargetInASiteWithoutServers) {
  spec.sites[1].servers.clear();
  EXPECT_EQ(plan()["amsterdam/app-server"].at(1),
            "amsterdam-bangalore from amsterdam servers tcp 172.16.2.3:22");
}

TEST_F(PlanProbes, AServerThatExistsIsProbedAtItsOwnSshPort) {
  ServerSpec server;
  server.name = "legacy";
  server.instance_id = InstanceId{"x"};
  server.ssh = SshAccess{"root", 2222, {}, {}};
  spec.sites[1].servers = {server};
  cloud.instances.push_back(foreign("x", "Legacy"));
  cloud.instances.back().vpcs = {{VpcId{"vpc-b"}, ip("172.16.2.9")}};
  EXPECT_EQ(plan()["amsterdam/app-server"].at(1),
            "amsterdam-bangalore from amsterdam servers tcp 172.16.2.9:2222");
}

TEST_F(PlanProbes, NothingIsAimedAtAnAddressThatIsNotGivenOutYet) {
  tunnel.clear();
  EXPECT_EQ(plan(), (std::map<std::string, Lines>{}));
}

TEST_F(PlanProbes, SpokesAreProbedAlongTheirEdgesOnly) {
  spec = specs::three_sites();
  spec.topology = {TopologyType::HubAndSpoke, "bangalore", {}};
  tunnel[{"frankfurt", 0}] = ip("10.10.0.3");
  EXPECT_EQ(plan()["frankfurt/gateway-0"],
            (Lines{"bangalore-frankfurt from frankfurt gateways icmp 10.10.0.2",
                   "bangalore-frankfurt from frankfurt gateways tcp 10.10.0.2:22"}));
  EXPECT_EQ(plan()["amsterdam/gateway-0"].size(), 2U);
  EXPECT_EQ(plan()["bangalore/gateway-0"].size(), 4U);
}

TEST_F(PlanProbes, EveryServerOfALargeSiteHasItsTurnInSixIntervals) {
  for (int i = 0; i < 39; ++i) {
    const std::string name = "s" + std::to_string(i);
    spec.sites[0].servers.push_back(specs::created(name));
    cloud.instances.push_back(
        part(name, "amsterdam", name, "vpc-a", ("172.16.1." + std::to_string(100 + i)).c_str()));
  }
  std::set<std::string> seen;
  for (std::uint64_t round = 100; round < 106; ++round) {
    std::size_t senders = 0;
    for (const auto& [lane, lines] : plan(round)) {
      if (lane.starts_with("amsterdam/") && lane != "amsterdam/gateway-0") {
        seen.insert(lane);
        ++senders;
      }
    }
    EXPECT_GE(senders, 4U);
    EXPECT_LE(senders, 7U);
  }
  EXPECT_EQ(seen.size(), 40U);
}

TEST_F(PlanProbes, ACloserLookIsAtItsEdgesOnly) {
  spec = specs::three_sites();
  tunnel[{"frankfurt", 0}] = ip("10.10.0.3");
  const auto closer = plan({.round = 0, .only = std::set<SitePair>{kSpoke}});
  EXPECT_EQ(closer.at("amsterdam/gateway-0").size(), 2U);
  EXPECT_FALSE(closer.contains("bangalore/gateway-0"));
}

TEST_F(PlanProbes, TheSlotsOfAnIntervalTogetherAreAllProbesOnce) {
  spec = specs::three_sites();
  tunnel[{"frankfurt", 0}] = ip("10.10.0.3");
  std::map<std::string, Lines> all;
  for (std::size_t slot = 0; slot < 2; ++slot) {
    for (const auto& [lane, lines] : plan({.round = 0, .slot = slot, .slots = 2, .only = {}})) {
      EXPECT_FALSE(all.contains(lane));
      all[lane] = lines;
    }
  }
  EXPECT_EQ(all, plan());
}

TEST(ProbeSlots, SpreadALargeMeshOverTheInterval) {
  EXPECT_EQ(probe_slots(2, seconds{10}), 1U);
  EXPECT_EQ(probe_slots(8, seconds{10}), 1U);
  EXPECT_EQ(probe_slots(64, seconds{10}), 8U);
  EXPECT_EQ(probe_slots(64, seconds{1}), 4U);
}

TEST(ProbePause, KeepsAnyTwoSitesApartInSomeOfTheNextRounds) {
  for (const std::size_t sites : {2U, 5U, 6U, 64U}) {
    for (std::size_t a = 0; a < sites; ++a) {
      for (std::size_t b = a + 1; b < sites; ++b) {
        // A WireGuard gateway may begin only every 5 s, so it may be every second or third round that counts.
        for (const std::uint64_t every : {1U, 2U, 3U}) {
          bool apart = false;
          for (std::uint64_t n = 1; n <= 10; ++n)
            apart |= probe_pause(a, sites, n * every) != probe_pause(b, sites, n * every);
          EXPECT_TRUE(apart) << a << " and " << b << " of " << sites << ", every " << every;
        }
      }
    }
  }
}

TEST(ProbePause, IsAtMostASecond) {
  for (std::size_t site = 0; site < 64; ++site) {
    for (std::uint64_t round = 0; round < 100; ++round)
      EXPECT_LE(probe_pause(site, 64, round), milliseconds{1000});
  }
}

constexpr SteadyTime kStart{seconds{1000}};

TEST(Patience, IsLittleMoreThanAHostHasNeeded) {
  HostPace pace;
  const auto reported_after = [&](milliseconds took) {
    note_report(pace, patience(pace, kStart), took, kStart);
    return patience(pace, kStart);
  };
  EXPECT_EQ(patience(pace, kStart), milliseconds{3000})
      << "nothing is known, and it may have to be connected to";
  EXPECT_EQ(reported_after(milliseconds{200}), milliseconds{450});
  EXPECT_EQ(reported_after(milliseconds{1000}), milliseconds{1650}) << "slower at once";
  EXPECT_EQ(reported_after(milliseconds{200}), milliseconds{1275}) << "faster by and by";
  for (int i = 0; i < 20; ++i) reported_after(milliseconds{-40});
  EXPECT_EQ(patience(pace, kStart), milliseconds{300});
  EXPECT_EQ(reported_after(milliseconds{60'000}), milliseconds{3000});
}

std::vector<milliseconds> given_to_a_silent_host(seconds interval, int rounds) {
  HostPace pace;
  SteadyTime now = kStart;
  note_report(pace, milliseconds{300}, milliseconds{100}, now);
  std::vector<milliseconds> given;
  for (int i = 0; i < rounds; ++i) {
    now += interval;
    given.push_back(patience(pace, now));
    note_report(pace, given.back(), std::nullopt, now);
  }
  return given;
}

TEST(Patience, GivesASilentHostTimeForAConnectionEveryFewSeconds) {
  const milliseconds little{300};
  const milliseconds much{3000};
  EXPECT_EQ(given_to_a_silent_host(seconds{1}, 8),
            (std::vector{little, much, little, little, little, little, much, little}));
  EXPECT_EQ(given_to_a_silent_host(seconds{10}, 4), (std::vector{little, much, much, much}))
      << "well before EdgeLimits::stale_after";
}

TEST_F(PlanProbes, ALaneThatIsSkippedSendsNothingAndIsStillAimedAt) {
  ProbeTurn turn{.round = 0, .only = {}};
  turn.skip = {"bangalore/gateway-0", "bangalore/db-server"};
  auto sent = plan(turn);
  EXPECT_EQ(sent.size(), 2U);
  EXPECT_EQ(sent["amsterdam/app-server"], kToDbServer);
}

}  // namespace
}  // namespace vpcp
