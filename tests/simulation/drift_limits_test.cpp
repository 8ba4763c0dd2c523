#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "support/simulation.h"
#include "vpcp/ports/metric_list.h"

/// Where repair ends: what is only reported, what must not be touched, and what somebody else changes back.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

class DriftLimits : public ::testing::Test {
 protected:
  void SetUp() override { begin(reference_spec()); }
  void begin(const PeeringSpec& spec) {
    sim.declare(spec);
    ASSERT_TRUE(sim.run_until([&] { return sim.peered(); })) << sim.story();
    sim.run_for(2min);
    sim.world.effects.forget();
  }
  void on(const std::string& label, const std::function<void(FakeHost&)>& happens) {
    sim.world.hosts.on(sim.world.instance(label), happens);
  }
  bool is(const std::string& label, const std::function<bool(const FakeHost&)>& holds) {
    return sim.world.hosts.on(sim.world.instance(label), holds);
  }
  /// Of the VPC in Amsterdam, in the cloud.
  void change_network(const char* cidr) {
    sim.world.cloud.world([cidr](CloudWorld& world) {
      for (auto& [id, vpc] : world.vpcs) {
        if (vpc.region == "ams") vpc.cidr = *Cidr::parse(cidr);
      }
    });
  }
  PeeringStatus status() { return sim.world.store.object(kReferenceKey)->status; }
  std::string reason(const char* type) {
    const PeeringStatus now = status();
    const Condition* found = find_condition(now, type);
    return found == nullptr ? "" : found->reason;
  }
  /// The last entry of that kind.
  DriftEntry entry(const std::string& what) {
    DriftEntry last;
    for (const DriftEntry& e : status().drift) {
      if (e.what == what) last = e;
    }
    return last;
  }
  std::size_t effects(const std::string& with) {
    const auto done = sim.world.effects.done();
    return static_cast<std::size_t>(std::count_if(done.begin(), done.end(), [&](const std::string& effect) {
      return effect.find(with) != std::string::npos;
    }));
  }
  Simulation sim;
};

TEST_F(DriftLimits, TheLedgerSaysWhatWasExpectedAndHowLongItTook) {
  on("Gateway-A", [](FakeHost& h) { h.ip_forward = false; });
  ASSERT_TRUE(sim.run_until([&] { return entry("ForwardingOff").repaired_at.has_value(); }, 1min))
      << sim.story();
  const DriftEntry found = entry("ForwardingOff");
  EXPECT_EQ(found.where, "amsterdam/gateway-0");
  EXPECT_EQ(found.expected, "net.ipv4.ip_forward is 1");
  EXPECT_EQ(found.detail, "net.ipv4.ip_forward is 0");
  EXPECT_TRUE(found.took && *found.took > 0ms && *found.took < 10s);
}

TEST_F(DriftLimits, AnEdgeIsDownAsSoonAsOneOfItsGatewaysIsFoundBroken) {
  const LabelValues edge{kReferenceKey.ns, kReferenceKey.name, "amsterdam", "bangalore"};
  const auto health = [&] { return status().edges.at(0).health; };
  ASSERT_EQ(health(), EdgeHealth::Up);
  sim.world.hosts.probes_fail = true;  // what they lose plays no part
  on("Gateway-A", [](FakeHost& h) { h.ip_forward = false; });
  ASSERT_TRUE(sim.run_until([&] { return health() == EdgeHealth::Down; }, 10s)) << sim.story();
  EXPECT_EQ(status().edges.at(0).reason, "ForwardingOff");
  EXPECT_EQ(status().edges.at(0).at, "amsterdam");
  EXPECT_EQ(sim.world.metrics.value_of(metric::kEdgeUp, edge), 0);
  EXPECT_EQ(reason(condition::kTunnelsUp), "ForwardingOff");
  EXPECT_TRUE(is("Gateway-A", [](const FakeHost& h) { return h.ip_forward; })) << "it is being put right";
  sim.run_for(5s);
  EXPECT_EQ(health(), EdgeHealth::Down) << "nothing has crossed since";
  sim.world.hosts.probes_fail = false;
  EXPECT_TRUE(sim.run_until([&] { return health() == EdgeHealth::Up && sim.peered(); }, 10s)) << sim.story();
  EXPECT_EQ(sim.world.metrics.value_of(metric::kEdgeUp, edge), 1);
}

class ManyDrifts : public DriftLimits {
 protected:
  static constexpr int kServers = 24;
  void SetUp() override {
    PeeringSpec spec = reference_spec();
    for (int i = 0; i < kServers; ++i) {
      ServerSpec server = spec.sites[0].servers[0];
      server.name = "s" + std::to_string(i);
      server.create->label = server.name;
      spec.sites[0].servers.push_back(server);
    }
    spec.repair_policy = RepairPolicy::Warn;
    begin(spec);
  }
  /// On every server but the first: its route to the other site.
  void routes(bool there) {
    for (int i = 0; i < kServers; ++i) {
      on("s" + std::to_string(i), [&](FakeHost& host) {
        if (!there) kept_routes.push_back(std::exchange(host.routes, {}));
        if (there) host.routes = kept_routes[static_cast<std::size_t>(i)];
      });
    }
  }
  /// Log lines with that message about a lost route, and the hosts that they name.
  std::pair<std::size_t, std::size_t> logged(const std::string& message) {
    std::size_t lines = 0;
    std::set<std::string> hosts;
    for (const FakeLog::Line& line : sim.log->lines()) {
      if (line.message != message || line.field("drift") != "ServerRouteMissing") continue;
      ++lines;
      hosts.insert(line.field("lane"));
    }
    return {lines, hosts.size()};
  }
  std::vector<std::vector<FakeRoute>> kept_routes;
};

TEST_F(ManyDrifts, AreAllInTheLogAndTheMetricsAndTheStatusSaysHowManyItLeavesOut) {
  const LabelValues kind{kReferenceKey.ns, kReferenceKey.name, "ServerRouteMissing"};
  routes(false);
  sim.run_for(3min);
  const std::pair<std::size_t, std::size_t> all{kServers, kServers};
  EXPECT_EQ(logged("Drift found"), all) << "each one once";
  EXPECT_EQ(sim.world.metrics.value_of(metric::kDriftDetected, kind), kServers);
  EXPECT_EQ(status().drift.size(), 20U);
  EXPECT_EQ(status().more_drift, kServers - 20U);
  routes(true);
  sim.run_for(3min);
  EXPECT_EQ(logged("Drift is gone"), all);
  EXPECT_EQ(status().more_drift, 0U);
}

TEST_F(DriftLimits, AFileThatCannotBeWrittenIsNamedAndHoldsUpNothingElse) {
  on("Gateway-A", [](FakeHost& h) {
    h.write_status = 91;
    h.files["/etc/wireguard/wg0.conf"].content += "#";
  });
  ASSERT_TRUE(sim.run_until([&] { return reason(condition::kGatewaysReady) == "HostFileImmutable"; }, 1min))
      << sim.story();
  on("Gateway-A", [](FakeHost& h) { h.ip_forward = h.unit_enabled = false; });
  EXPECT_TRUE(sim.run_until(
      [&] { return is("Gateway-A", [](auto& h) { return h.ip_forward && h.unit_enabled; }); }, 30s))
      << sim.story();
  EXPECT_NE(entry("ConfigFileChanged").note.find("it cannot be written"), std::string::npos);
  on("Gateway-A", [](FakeHost& h) { h.write_status = 0; });
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 1min)) << sim.story();
}

TEST_F(DriftLimits, AChangeThatIsNotConfirmedOverANewConnectionIsUndone) {
  const auto is_there = [](const FakeHost& h) { return !h.defaults.empty(); };
  sim.world.hosts.new_connections_fail = true;
  on("Gateway-B", [](FakeHost& h) { h.defaults = {{*Ipv4::parse("172.16.2.77"), h.vpc_nic}}; });
  ASSERT_TRUE(sim.run_until([&] { return !is("Gateway-B", is_there); }, 1min)) << sim.story();
  EXPECT_TRUE(sim.run_until([&] { return is("Gateway-B", is_there); }, 30s)) << "undone within 30 s";
  EXPECT_TRUE(sim.run_until([&] { return reason(condition::kGatewaysReady) == "ChangeUndone"; }, 1min))
      << sim.story();
  sim.world.hosts.new_connections_fail = false;
  EXPECT_TRUE(sim.run_until([&] { return sim.peered() && !is("Gateway-B", is_there); }, 5min)) << sim.story();
  sim.run_for(1min);
  EXPECT_FALSE(is("Gateway-B", is_there)) << "what was confirmed stays";
}

TEST_F(DriftLimits, AFirewallRuleThatIsNotConfirmedIsUndoneToo) {
  const UfwRule deny{true, "deny", "in on wg0"};
  const auto denies = [&](const FakeHost& h) { return h.ufw_rules.front() == deny; };
  sim.world.hosts.new_connections_fail = true;
  on("Gateway-B", [&](FakeHost& h) { h.ufw_rules.insert(h.ufw_rules.begin(), deny); });
  ASSERT_TRUE(sim.run_until([&] { return !is("Gateway-B", denies); }, 1min)) << sim.story();
  EXPECT_TRUE(sim.run_until([&] { return is("Gateway-B", denies); }, 30s)) << "undone within 30 s";
  sim.world.hosts.new_connections_fail = false;
  EXPECT_TRUE(sim.run_until([&] { return sim.peered() && !is("Gateway-B", denies); }, 5min)) << sim.story();
  sim.run_for(1min);
  EXPECT_FALSE(is("Gateway-B", denies)) << "what was confirmed stays";
}

/// Of a process that was killed between the change and its confirmation.
TEST_F(DriftLimits, AChangeThatWaitsToBeUndoneIsConfirmedByTheNextProcess) {
  const auto waits = [](const FakeHost& h) { return !h.undos.empty(); };
  const auto rules = [&] {
    return sim.world.hosts.on(sim.world.instance("Gateway-A"), [](auto& h) { return h.ufw_rules; });
  };
  const auto before = rules();
  on("Gateway-A", [&](FakeHost& h) {
    h.undos["ufw-in"] = {.due = sim.world.clock.now() + 1min, .added = UfwRule{true, "allow", "in on wg0"}};
  });
  EXPECT_TRUE(sim.run_until([&] { return !is("Gateway-A", waits); }, 50s)) << sim.story();
  sim.run_for(2min);
  EXPECT_EQ(rules(), before);
  EXPECT_TRUE(sim.peered());
  EXPECT_TRUE(status().drift.empty()) << "it is no drift";
}

TEST_F(DriftLimits, AHostThatTookAChangeBackIsLetInByTheCloudAtOnceAndThenTriedAgain) {
  const auto is_there = [](const FakeHost& h) { return !h.defaults.empty(); };
  sim.world.hosts.new_connections_fail = true;
  on("Gateway-B", [](FakeHost& h) { h.defaults = {{*Ipv4::parse("172.16.2.77"), h.vpc_nic}}; });
  ASSERT_TRUE(sim.run_until([&] { return reason(condition::kGatewaysReady) == "ChangeUndone"; }, 1min))
      << sim.story();
  ASSERT_TRUE(sim.run_until([&] { return is("Gateway-B", is_there); }, 30s)) << "taken back";
  const InstanceId id = sim.world.instance("Gateway-B");
  std::size_t rules = 0;
  sim.world.cloud.world([&](CloudWorld& world) {
    auto& group = world.groups.at(*world.machines.at(id).facts.firewall_group);
    rules = group.rules.size();
    group.rules.pop_back();
  });
  sim.world.hosts.new_connections_fail = false;
  EXPECT_TRUE(sim.run_until([&] { return sim.peered() && !is("Gateway-B", is_there); }, 50s)) << sim.story();
  sim.world.cloud.world([&](CloudWorld& world) {
    auto& group = world.groups.at(*world.machines.at(id).facts.firewall_group);
    EXPECT_EQ(group.rules.size(), rules);
  });
}

TEST_F(DriftLimits, WhatCannotLetUsInDoesNotEndThePauseAfterAChangeWasTakenBack) {
  const auto is_there = [](const FakeHost& h) { return !h.defaults.empty(); };
  sim.world.hosts.new_connections_fail = true;
  on("Gateway-B", [](FakeHost& h) { h.defaults = {{*Ipv4::parse("172.16.2.77"), h.vpc_nic}}; });
  ASSERT_TRUE(sim.run_until([&] { return reason(condition::kGatewaysReady) == "ChangeUndone"; }, 1min))
      << sim.story();
  ASSERT_TRUE(sim.run_until([&] { return is("Gateway-B", is_there); }, 30s)) << "taken back";
  sim.world.effects.forget();
  const InstanceId id = sim.world.instance("Gateway-B");
  const auto tags = [&] {
    std::size_t count = 0;
    sim.world.cloud.world([&](CloudWorld& world) { count = world.machines.at(id).facts.tags.size(); });
    return count;
  };
  const std::size_t before = tags();
  sim.world.cloud.world([&](CloudWorld& world) { world.machines.at(id).facts.tags.clear(); });
  EXPECT_TRUE(sim.run_until([&] { return tags() == before; }, 30s)) << "the cloud is looked after";
  sim.run_for(30s);
  EXPECT_EQ(effects("host: "), 0u) << "and the host is left alone";
}

TEST_F(DriftLimits, WhatComesBackAgainAndAgainIsRepairedSlowly) {
  const auto somebody_else = [&] { on("Gateway-A", [](FakeHost& h) { h.ip_forward = false; }); };
  const auto repaired = [&] { return is("Gateway-A", [](auto& h) { return h.ip_forward; }); };
  const auto told = [&] {  // to Prometheus; the alert DriftFighting is about it
    return sim.world.metrics.observed(metric::kPeeringCondition,
                                      {kReferenceKey.ns, kReferenceKey.name, condition::kFighting, "True"});
  };
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(sim.condition(condition::kFighting), "");
    EXPECT_EQ(told(), std::vector<double>{0});
    somebody_else();
    ASSERT_TRUE(sim.run_until(repaired, 1min)) << sim.story();
  }
  ASSERT_TRUE(sim.run_until([&] { return sim.condition(condition::kFighting) == "True"; }, 1min))
      << sim.story();
  EXPECT_EQ(told(), std::vector<double>{1});
  EXPECT_NE(find_condition(status(), condition::kFighting)->message.find("net.ipv4.ip_forward is 0"),
            std::string::npos);
  sim.world.effects.forget();
  for (int i = 0; i < 60; ++i) {
    somebody_else();
    sim.run_for(10s);
  }
  EXPECT_GE(effects("sysctl"), 3u) << "it is repaired on";
  EXPECT_LE(effects("sysctl"), 6u) << "but slowly";
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 3min)) << sim.story();
  EXPECT_TRUE(sim.run_until([&] { return sim.condition(condition::kFighting).empty(); }, 15min))
      << sim.story();
  EXPECT_EQ(told(), std::vector<double>{0});
}

TEST_F(DriftLimits, AWrongClockIsReportedAndTheHandshakesStayTrue) {
  on("Gateway-A", [](FakeHost& h) { h.clock_ahead = -3h; });
  ASSERT_TRUE(sim.run_until([&] { return entry("ClockWrong").what == "ClockWrong"; }, 1min)) << sim.story();
  sim.run_for(5min);
  EXPECT_TRUE(sim.peered()) << sim.story();
  EXPECT_EQ(entry("ClockWrong").repaired_at, std::nullopt);
  EXPECT_NE(entry("ClockWrong").note.find("timedatectl"), std::string::npos);
  EXPECT_EQ(effects("host: "), 0u) << "nothing was touched";
}

TEST_F(DriftLimits, AClockThatIsSetLeavesTheAgeOfHandshakesTrue) {
  for (const seconds set : {seconds(-3h), seconds(3h), seconds(0h)}) {
    on("Gateway-A", [&](FakeHost& h) { h.clock_ahead = set; });
    for (int i = 0; i < 20; ++i) {
      sim.run_for(10s);
      for (const EdgeStatus& edge : status().edges) {
        ASSERT_TRUE(edge.last_handshake);
        const auto age = sim.world.clock.now() - *edge.last_handshake;
        // A status with new figures alone is written once a minute, and a host is looked at every 30 s.
        EXPECT_TRUE(age >= 0s && age <= 2min + 1min + 40s)
            << std::chrono::duration_cast<seconds>(age).count();
      }
    }
  }
  EXPECT_TRUE(sim.peered()) << sim.story();
}

TEST_F(DriftLimits, AfterARestartAWrongClockTellsNoHandshakeUntilTheNextOne) {
  on("Gateway-A", [](FakeHost& h) { h.clock_ahead = 3h; });
  sim.restart();
  bool unknown = false;
  bool known = false;
  for (int i = 0; i < 24; ++i) {
    sim.run_for(10s);
    for (const EdgeStatus& edge : status().edges) {
      known = edge.last_handshake.has_value();
      unknown |= !known;
      EXPECT_LE(std::chrono::abs(sim.world.clock.now() - edge.last_handshake.value_or(sim.world.clock.now())),
                4min);
    }
  }
  EXPECT_TRUE(unknown && known);
}

TEST_F(DriftLimits, AReinstalledHostIsLeftToAPerson) {
  on("App-Server", [](FakeHost& h) { h.host_key = new_ssh_key_pair().public_key; });
  ASSERT_TRUE(sim.run_until([&] { return sim.condition(condition::kHostIdentityChanged) == "True"; }, 1min))
      << sim.story();
  sim.run_for(10min);
  EXPECT_EQ(effects("app-server"), 0u);
  EXPECT_EQ(effects("cloud:"), 0u);
}

TEST_F(DriftLimits, ANetworkThatChangedInTheCloudIsNamedAndNothingIsTouched) {
  change_network("172.16.9.0/24");
  ASSERT_TRUE(sim.run_until([&] { return reason(condition::kNetworksReady) == "VpcCidrChanged"; }, 1min))
      << sim.story();
  sim.run_for(5min);
  EXPECT_EQ(reason(condition::kNetworksReady), "VpcCidrChanged") << "it stays what is wrong";
  EXPECT_EQ(effects("host: "), 0u);
  EXPECT_EQ(effects("cloud:"), 0u);
  change_network("172.16.1.0/24");
  EXPECT_TRUE(sim.run_until([&] { return sim.condition(condition::kReady) == "True"; }, 1min)) << sim.story();
}

TEST_F(DriftLimits, TheSpecMayBeCorrectedToTheNetworkThatTheCloudHas) {
  change_network("172.16.9.0/24");
  ASSERT_TRUE(sim.run_until([&] { return reason(condition::kNetworksReady) == "VpcCidrChanged"; }, 1min))
      << sim.story();
  sim.run_for(1min);
  PeeringSpec spec = reference_spec();
  spec.sites.at(0).vpc.cidr = *Cidr::parse("172.16.9.0/24");
  sim.declare(spec);
  EXPECT_TRUE(sim.run_until([&] { return sim.condition(condition::kNetworksReady) == "True"; }, 1min))
      << sim.story();
  EXPECT_EQ(sim.condition(condition::kAccepted), "True");
}

TEST_F(DriftLimits, AClosedSshPortIsUnknownUntilOurGroupIsRightAgain) {
  sim.world.cloud.world([](CloudWorld& world) {
    for (auto& [id, group] : world.groups)
      std::erase_if(group.rules, [](const FirewallRule& r) { return r.rule.port == "22"; });
  });
  std::set<EdgeHealth> seen;
  EXPECT_TRUE(sim.run_until(
      [&] {
        for (const EdgeStatus& edge : status().edges) seen.insert(edge.health);
        return sim.peered() && effects("add-firewall-rule") + effects("firewall") > 0;
      },
      3min))
      << sim.story();
  EXPECT_FALSE(seen.contains(EdgeHealth::Down));
}

TEST_F(DriftLimits, AServerWhoseOnlyWayInIsDownIsUnknownAndNotReplaced) {
  on("DB-Server", [](FakeHost& h) { h.vpc_nic_up = false; });
  const auto unreachable = [&] {
    const auto object = sim.world.store.object(kReferenceKey);
    const auto& servers = object->status.unhealthy_servers;
    return std::any_of(servers.begin(), servers.end(), [](const UnhealthyServer& server) {
      return server.name == "db-server" && server.reason == "HostUnreachable";
    });
  };
  ASSERT_TRUE(sim.run_until(unreachable, 1min)) << sim.story();
  sim.run_for(10min);
  EXPECT_EQ(effects("cloud:"), 0u);
  on("DB-Server", [](FakeHost& h) { h.vpc_nic_up = true; });
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 5min)) << sim.story();
}

TEST_F(DriftLimits, ARenamedInterfaceIsFollowed) {
  on("App-Server", [](FakeHost& h) {
    h.vpc_nic = "eth9";
    std::erase_if(h.routes, [](auto& r) { return r.dev == FakeHost::kVpcNic; });
  });
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 1min)) << sim.story();
  EXPECT_EQ(entry("VpcNicRenamed").detail, "the interface enp8s0 is now called eth9");
  sim.world.hosts.reboot(sim.world.instance("App-Server"));
  EXPECT_TRUE(sim.run_until([&] { return sim.peered(); }, 2min)) << "and back: " << sim.story();
}

class WarnOnly : public DriftLimits {
  void SetUp() override {
    PeeringSpec spec = reference_spec();
    spec.repair_policy = RepairPolicy::Warn;
    begin(spec);
  }
};

TEST_F(WarnOnly, ReportsEverythingAndTouchesNothing) {
  on("Gateway-A", [](FakeHost& h) {
    h.ip_forward = false;
    h.files["/etc/wireguard/wg0.conf"].content += "#";
    h.routes.push_back({*Cidr::parse("172.16.2.0/25"), Ipv4::parse("172.16.1.99"), h.vpc_nic});
  });
  sim.run_for(5min);
  for (const char* what : {"ForwardingOff", "ConfigFileChanged", "RouteCaptured"}) {
    EXPECT_EQ(entry(what).note, "not repaired: spec.repair.policy is Warn") << what;
    EXPECT_EQ(entry(what).repaired_at, std::nullopt) << what;
  }
  EXPECT_EQ(effects("host: "), 0u);
  EXPECT_EQ(effects("cloud:"), 0u);
}

TEST_F(WarnOnly, ReportsWhatIsWrongInTheCloudAndTouchesNothing) {
  const InstanceId gateway = sim.world.instance("Gateway-A");
  const InstanceId other = sim.world.instance("Gateway-B");
  sim.world.cloud.world([&](CloudWorld& world) {
    world.machines.at(gateway).facts.tags.clear();
    world.machines.at(gateway).facts.firewall_group.reset();
    world.machines.at(other).facts.power = PowerState::Stopped;
    for (auto& [id, vpc] : world.vpcs) {
      if (vpc.region == "ams") vpc.description = "by hand";
    }
  });
  sim.run_for(5min);
  for (const char* what :
       {"TagsChanged", "FirewallGroupDetached", "InstanceStopped", "VpcDescriptionChanged"}) {
    EXPECT_EQ(entry(what).note, "not repaired: spec.repair.policy is Warn") << what;
    EXPECT_EQ(entry(what).repaired_at, std::nullopt) << what;
  }
  EXPECT_EQ(effects("host: "), 0u);
  EXPECT_EQ(effects("cloud:"), 0u);
}

TEST_F(WarnOnly, DriftThatStopsTrafficIsSeenOnTheEdgeBeforeItsTurn) {
  const auto health = [&] { return status().edges.at(0).health; };
  const UfwRule deny{true, "deny", "in on wg0"};
  for (int round = 0; round < 5; ++round) {
    ASSERT_TRUE(sim.run_until([&] { return health() == EdgeHealth::Up; }, 2min)) << sim.story();
    sim.run_for(12s + round * 2s);  // at different times before its next turn, which comes every 10 s
    on("Gateway-A", [&](FakeHost& h) { h.ufw_rules.insert(h.ufw_rules.begin(), deny); });
    EXPECT_TRUE(sim.run_until([&] { return health() == EdgeHealth::Down; }, 4s)) << sim.story();
    on("Gateway-A", [&](FakeHost& h) { h.ufw_rules.erase(h.ufw_rules.begin()); });
  }
}

}  // namespace
}  // namespace vpcp::testing
