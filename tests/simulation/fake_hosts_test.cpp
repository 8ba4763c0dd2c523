#include "support/fake_hosts.h"

#include <gtest/gtest.h>

#include "domain/desired/user_data.h"
#include "domain/host/commands.h"
#include "domain/host/host_files.h"
#include "domain/host/look.h"
#include "domain/wireguard/config.h"
#include "support/fake_wireguard.h"
#include "support/fake_world.h"

/// The fakes are held to what the real hosts were seen to do, so that the simulation means something.
namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

const Cidr kTunnelNetwork = *Cidr::parse("10.10.0.0/24");

class FakeHostsTest : public ::testing::Test {
 protected:
  struct Site {
    std::string region;
    Cidr cidr;
    Ipv4 tunnel_address;
    InstanceId gateway;
    InstanceId server;
    WireGuardKeyPair keys = new_wireguard_key_pair();
  };

  void SetUp() override {
    for (Site* site : {&ams, &blr}) {
      const Vpc vpc = world.cloud.create_vpc({}, {site->region, "", site->cidr}).value();
      site->gateway = create(vpc, "gateway-" + site->region);
      site->server = create(vpc, "server-" + site->region);
    }
    world.clock.advance(2min);
  }
  InstanceId create(const Vpc& vpc, const std::string& label) {
    NewInstance instance;
    instance.region = vpc.region;
    instance.plan = "vc2-1c-1gb";
    instance.os = "Ubuntu 22.04 LTS x64";
    instance.label = label;
    instance.vpc = vpc.id;
    instance.user_data =
        bootstrap_user_data(host_key.private_key, host_key.public_key, client_key.public_key);
    return world.cloud.create_instance({}, instance).value().id;
  }
  HostLogin login(const InstanceId& id) {
    HostLogin login;
    login.name = id.value;
    login.address = *world.hosts.on(id, [](const FakeHost& host) { return host.public_address; });
    login.private_key = client_key.private_key;
    login.pinned = {host_key.public_key};
    return login;
  }
  CommandOutput run(const InstanceId& id, const Command& command) {
    const auto answer = world.hosts.run({}, login(id), command);
    return answer.ok() ? answer->output : CommandOutput{-1, "", answer.error().reason};
  }
  void expect_done(const InstanceId& id, const Command& command) {
    const CommandOutput output = run(id, command);
    EXPECT_EQ(output.exit_status, 0) << command_name(command) << ": " << output.err;
  }
  HostFacts look(const InstanceId& id, HostRole role) {
    const auto facts = parse_host_report(run(id, look_command(role)).out);
    EXPECT_TRUE(facts.ok()) << (facts.ok() ? "" : facts.error().message);
    return facts.ok() ? *facts : HostFacts{};
  }
  DesiredGateway desired(const Site& own, const Site& other) {
    DesiredGateway gateway;
    gateway.ref = {own.region, 0};
    gateway.private_key = own.keys.private_key;
    gateway.public_key = own.keys.public_key;
    gateway.tunnel_address = own.tunnel_address;
    gateway.tunnel_network = kTunnelNetwork;
    const Ipv4 remote =
        *world.hosts.on(other.gateway, [](const FakeHost& host) { return host.public_address; });
    gateway.peers = {{other.region,
                      other.keys.public_key,
                      psk,
                      Endpoint{remote, 51820},
                      {Cidr::host(other.tunnel_address), other.cidr}}};
    return gateway;
  }
  /// The manual by hand, with the controller's own commands.
  void set_up(const Site& own, const Site& other) {
    expect_done(own.gateway, start_bootstrap_command(Bootstrap::Gateway));
    world.clock.advance(1min);
    const DesiredGateway gateway = desired(own, other);
    for (const HostFile& file : {sysctl_file(), mss_file(), tunnel_config_file(gateway)}) {
      expect_done(own.gateway, write_file_command(file));
    }
    expect_done(own.gateway, forwarding_on_command());
    expect_done(own.gateway, allow_port_command("ufw-port", RulePlace::Last, 51820));
    expect_done(own.gateway, allow_routed_command("ufw-in", RulePlace::Last, Direction::In));
    expect_done(own.gateway, allow_routed_command("ufw-out", RulePlace::Last, Direction::Out));
    for (const char* token : {"ufw-port", "ufw-in", "ufw-out"})
      expect_done(own.gateway, confirm_command(token));
    expect_done(own.gateway, enable_tunnel_command());
    expect_done(own.gateway, restart_tunnel_command());
    const Ipv4 via = address(own.gateway);
    const std::vector<DesiredRoute> routes{{kTunnelNetwork, via}, {other.cidr, via}};
    expect_done(own.server, write_netplan_command(netplan_file(FakeHost::kVpcNic, routes)));
    for (const DesiredRoute& route : routes) {
      expect_done(own.server, server_route_command(route.destination, route.via, FakeHost::kVpcNic));
    }
  }
  Ipv4 address(const InstanceId& id) {
    return *world.hosts.on(id, [](const FakeHost& host) { return host.vpc_address; });
  }
  bool crosses(Traffic traffic = Traffic::Tcp) {
    return world.hosts.crosses(ams.server, address(blr.server), traffic);
  }

  FakeWorld world;
  Secret psk = new_preshared_key();
  SshKeyPair host_key = new_ssh_key_pair();
  SshKeyPair client_key = new_ssh_key_pair();
  Site ams{"ams", *Cidr::parse("172.16.1.0/24"), *Ipv4::parse("10.10.0.1"), {}, {}};
  Site blr{"blr", *Cidr::parse("172.16.2.0/24"), *Ipv4::parse("10.10.0.2"), {}, {}};
};

TEST_F(FakeHostsTest, AHostThatHasNotBootedDoesNotAnswer) {
  const InstanceId late =
      create(*world.cloud.create_vpc({}, {"sgp", "", *Cidr::parse("172.16.3.0/24")}), "late");
  HostLogin early = login(ams.server);
  early.address = *world.hosts.on(late, [](const FakeHost& host) { return host.public_address; });
  EXPECT_EQ(world.hosts.run({}, early, look_command(HostRole::Server)).error().reason, "HostUnreachable");
  world.clock.advance(2min);
  EXPECT_TRUE(world.hosts.run({}, early, look_command(HostRole::Server)).ok());
}

TEST_F(FakeHostsTest, OnlyThePinnedHostAndTheRightKeyGetThrough) {
  HostLogin wrong_pin = login(ams.server);
  wrong_pin.pinned = {new_ssh_key_pair().public_key};
  EXPECT_EQ(world.hosts.run({}, wrong_pin, look_command(HostRole::Server)).error().reason,
            "HostIdentityChanged");
  HostLogin wrong_key = login(ams.server);
  wrong_key.private_key = new_ssh_key_pair().private_key;
  EXPECT_EQ(world.hosts.run({}, wrong_key, look_command(HostRole::Server)).error().reason,
            "HostLoginRefused");
}

TEST_F(FakeHostsTest, ABareHostGivesAReport) {
  const HostFacts facts = look(ams.gateway, HostRole::Gateway);
  EXPECT_EQ(facts.os_id, "ubuntu");
  EXPECT_EQ(facts.cloud_init, CloudInit::Done);
  EXPECT_EQ(facts.host_key, host_key.public_key);
  EXPECT_TRUE(facts.ufw && facts.ufw->active);
  EXPECT_NE(find_link_with(facts, address(ams.gateway)), nullptr);
  EXPECT_FALSE(facts.tunnel);
}

TEST_F(FakeHostsTest, TheManualMakesTrafficCross) {
  EXPECT_FALSE(crosses());
  set_up(ams, blr);
  EXPECT_FALSE(crosses()) << "one side is not enough";
  set_up(blr, ams);
  EXPECT_TRUE(crosses());
  const HostFacts facts = look(ams.gateway, HostRole::Gateway);
  ASSERT_TRUE(facts.tunnel);
  ASSERT_EQ(facts.tunnel->peers.size(), 1u);
  EXPECT_GT(facts.tunnel->peers[0].latest_handshake, 0s);
  EXPECT_TRUE(facts.mss_clamp_loaded);
}

TEST_F(FakeHostsTest, AConfiguredSiteComesBackAfterReboots) {
  set_up(ams, blr);
  set_up(blr, ams);
  for (const InstanceId& id : {ams.gateway, blr.gateway, blr.server}) world.hosts.reboot(id);
  EXPECT_FALSE(crosses()) << "they are booting";
  world.clock.advance(1min);
  EXPECT_TRUE(crosses());
}

TEST_F(FakeHostsTest, UfwThatDeniesRoutedTrafficStopsTcpButNotPing) {
  set_up(ams, blr);
  set_up(blr, ams);
  world.hosts.on(blr.gateway, [](FakeHost& host) {
    host.ufw_rules.insert(host.ufw_rules.begin(), {true, "deny", "in on wg0"});
  });
  EXPECT_TRUE(crosses(Traffic::Ping));
  EXPECT_FALSE(crosses(Traffic::Tcp));
  expect_done(blr.gateway, allow_routed_command("ufw-in", RulePlace::First, Direction::In));
  EXPECT_TRUE(crosses(Traffic::Tcp));
}

TEST_F(FakeHostsTest, EachMissingPieceStopsTraffic) {
  set_up(ams, blr);
  set_up(blr, ams);
  const std::vector<std::pair<InstanceId, std::function<void(FakeHost&)>>> faults{
      {blr.server, [](FakeHost& host) { host.routes.clear(); }},
      {blr.gateway, [](FakeHost& host) { host.ip_forward = false; }},
      {blr.gateway, [](FakeHost& host) { drop_tunnel(host); }},
      {ams.gateway, [](FakeHost& host) { host.tunnel->peers.clear(); }},
      {ams.gateway, [](FakeHost& host) { host.tunnel->peers[0].preshared_key = "other"; }},
      {ams.gateway,
       [](FakeHost& host) { std::erase_if(host.routes, [](auto& r) { return r.dev == "wg0"; }); }}};
  for (const auto& [id, fault] : faults) {
    const FakeHost before = world.hosts.on(id, [](const FakeHost& host) { return host; });
    world.hosts.on(id, fault);
    EXPECT_FALSE(crosses());
    world.hosts.on(id, [&](FakeHost& host) { host = before; });
    EXPECT_TRUE(crosses());
  }
}

TEST_F(FakeHostsTest, FilesCutShortAreNotWritten) {
  Command cut = write_file_command(sysctl_file());
  cut.input = Secret::copy_of("# Written by");
  EXPECT_NE(run(ams.gateway, cut).exit_status, 0);
  EXPECT_TRUE(look(ams.gateway, HostRole::Gateway).files.empty());
}

}  // namespace
}  // namespace vpcp::testing
