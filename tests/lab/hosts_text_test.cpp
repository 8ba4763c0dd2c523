#include <gtest/gtest.h>

#include "lab/hosts/cgroup.h"
#include "lab/hosts/names.h"
#include "lab/hosts/process.h"
#include "lab/hosts/seed.h"
#include "lab/hosts/wan_switch.h"

namespace vpcp::lab {
namespace {

HostSpec gateway() {
  HostSpec spec;
  spec.instance_id = "4f0f12e5-1111-4222-8333-944444444444";
  spec.hostname = "gateway-a";
  spec.region = "ams";
  spec.os_name = "Ubuntu 22.04 LTS x64";
  PublicNic nic;
  nic.ipv4 = Ipv4::parse("192.0.2.10");
  nic.gateway = *Ipv4::parse("192.0.2.1");
  nic.mac = "56:00:00:00:00:01";
  spec.public_nic = nic;
  VpcNic vpc;
  vpc.vpc_id = "aaaaaaaa-1111-4000-8000-000000000000";
  vpc.cidr = *Cidr::parse("172.16.1.0/24");
  vpc.ipv4 = *Ipv4::parse("172.16.1.3");
  vpc.mac = "5a:00:00:00:00:01";
  spec.vpc_nics.push_back(vpc);
  return spec;
}

TEST(Wire, CarriesIpPacketsUpToItsMtu) {
  constexpr std::size_t kHeader = 14;
  const WireQuality narrow{.mtu = 1400};
  EXPECT_TRUE(narrow.fits(kHeader + 1400));
  EXPECT_FALSE(narrow.fits(kHeader + 1401));
  EXPECT_TRUE(WireQuality{}.fits(kHeader + 1500));
}

TEST(NetworkConfig, GivesAGatewayBothNicsByMac) {
  EXPECT_EQ(render_network_config(gateway()), R"(version: 1
config:
  - type: physical
    name: enp1s0
    mac_address: "56:00:00:00:00:01"
    subnets:
      - type: static
        address: 192.0.2.10/24
        gateway: 192.0.2.1
  - type: physical
    name: enp6s0
    mac_address: "5a:00:00:00:00:01"
    mtu: 1450
    subnets:
      - type: static
        address: 172.16.1.3/24
)");
}

TEST(NetworkConfig, LeadsAHostWithoutPublicNicThroughTheNatGateway) {
  HostSpec spec = gateway();
  spec.public_nic.reset();
  spec.vpc_nics[0].nat_gateway = Ipv4::parse("172.16.1.2");
  EXPECT_EQ(render_network_config(spec), R"(version: 1
config:
  - type: physical
    name: enp6s0
    mac_address: "5a:00:00:00:00:01"
    mtu: 1450
    subnets:
      - type: static
        address: 172.16.1.3/24
        gateway: 172.16.1.2
)");
}

TEST(NetworkConfig, LeavesAPublicNicWithoutAddressesAlone) {
  HostSpec spec = gateway();
  spec.public_nic->ipv4.reset();
  EXPECT_NE(render_network_config(spec).find("- type: manual"), std::string::npos);
}

TEST(NetworkConfig, IsEmptyForAHostWithoutNics) {
  HostSpec spec = gateway();
  spec.public_nic.reset();
  spec.vpc_nics.clear();
  EXPECT_EQ(render_network_config(spec), "version: 1\nconfig: []\n");
}

TEST(MetaData, TellsAReinstalledHostFromTheOneBefore) {
  EXPECT_NE(render_meta_data(gateway(), 1), render_meta_data(gateway(), 2));
}

TEST(MetaData, KeepsHostileTextInsideItsValue) {
  HostSpec spec = gateway();
  spec.hostname = "a\"\nlocal-hostname: b";
  spec.ssh_keys = {"ssh-ed25519 AAAA me\n  - \"evil"};
  EXPECT_EQ(render_meta_data(spec, 1), R"(instance-id: "4f0f12e5-1111-4222-8333-944444444444-1"
local-hostname: "a-local-hostname-b"
public-keys:
  - "ssh-ed25519 AAAA me\u000a  - \"evil"
)");
}

struct OsRow {
  const char* name;
  const char* os_name;
  const char* id;
  const char* version;
};
class OsRelease : public testing::TestWithParam<OsRow> {};
TEST_P(OsRelease, SaysWhatWasAskedFor) {
  const std::string text = render_os_release(GetParam().os_name);
  EXPECT_NE(text.find(std::string("\nID=") + GetParam().id + "\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("VERSION_ID=\"" + std::string(GetParam().version) + "\"") != std::string::npos,
            *GetParam().version != '\0')
      << text;
}
INSTANTIATE_TEST_SUITE_P(Systems, OsRelease,
                         testing::Values(OsRow{"Jammy", "Ubuntu 22.04 LTS x64", "ubuntu", "22.04"},
                                         OsRow{"Noble", "Ubuntu 24.04 LTS x64", "ubuntu", "24.04"},
                                         OsRow{"Bookworm", "Debian 12 x64 (bookworm)", "debian", "12"},
                                         OsRow{"Centos", "CentOS 9 Stream x64", "centos", "9"},
                                         OsRow{"Unheard", "Plan 9", "linux", ""}),
                         [](const auto& row) { return row.param.name; });

struct RuleRow {
  const char* name;
  InboundRule rule;
  const char* line;
};
class Firewall : public testing::TestWithParam<RuleRow> {};
TEST_P(Firewall, AcceptsWhatTheRuleSays) {
  const std::string script = render_firewall(gateway().instance_id, std::vector{GetParam().rule});
  EXPECT_NE(script.find(std::string("add rule bridge lab in-4f0f12e5111 ") + GetParam().line + "\n"),
            std::string::npos)
      << script;
}
INSTANTIATE_TEST_SUITE_P(
    Rules, Firewall,
    testing::Values(RuleRow{"SshFromAnywhere",
                            {false, "tcp", 22, 22, "0.0.0.0/0"},
                            "meta protocol ip tcp dport 22-22 accept"},
                    RuleRow{"WireguardFromOneAddress",
                            {false, "udp", 51820, 51820, "192.0.2.11/32"},
                            "meta protocol ip ip saddr 192.0.2.11/32 udp dport 51820-51820 accept"},
                    RuleRow{"PingOverIpv6",
                            {true, "icmp", 0, 65535, "::/0"},
                            "meta protocol ip6 meta l4proto ipv6-icmp accept"},
                    RuleRow{"Gre",
                            {false, "gre", 0, 65535, "10.0.0.0/8"},
                            "meta protocol ip ip saddr 10.0.0.0/8 meta l4proto gre accept"}),
    [](const auto& row) { return row.param.name; });

TEST(FirewallOfAnEmptyGroup, LetsRepliesInAndDropsTheRest) {
  EXPECT_TRUE(
      render_firewall(gateway().instance_id, std::vector<InboundRule>{})
          .ends_with(
              "add rule bridge lab in-4f0f12e5111 jump replies\nadd rule bridge lab in-4f0f12e5111 drop\n"));
}

TEST(FirewallWithoutAGroup, IsTakenAway) {
  const std::string script = render_firewall(gateway().instance_id, std::nullopt);
  EXPECT_TRUE(script.ends_with("delete chain bridge lab in-4f0f12e5111\n")) << script;
  EXPECT_EQ(script.find("drop"), std::string::npos);
}

struct CgroupRow {
  const char* name;
  const char* mountinfo;
  std::vector<std::string> folders;
};
class Cgroups : public testing::TestWithParam<CgroupRow> {};
TEST_P(Cgroups, AreFoundByWhatIsMounted) {
  EXPECT_EQ(CgroupRoots::parse(GetParam().mountinfo).folders, GetParam().folders);
}
INSTANTIATE_TEST_SUITE_P(
    Machines, Cgroups,
    testing::Values(
        CgroupRow{"Unified",
                  "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
                  {"/sys/fs/cgroup"}},
        CgroupRow{"Hybrid",
                  "31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
                  "32 30 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
                  "33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n",
                  {"/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"}},
        CgroupRow{"None", "garbage\n", {}}),
    [](const auto& row) { return row.param.name; });

TEST(Names, FitIntoAnInterfaceName) {
  const std::string id = gateway().instance_id;
  EXPECT_EQ(fabric_port(id, 'p'), "p-4f0f12e5111");
  EXPECT_LE(vpc_bridge(id).size(), 15U);
  EXPECT_EQ(vpc_nic(1), "enp7s0");
}

TEST(Hostname, HoldsOnlyWhatAHostNameMay) {
  EXPECT_EQ(valid_hostname("gateway-a"), "gateway-a");
  EXPECT_EQ(valid_hostname("Web_Server 2!"), "Web-Server-2");
  EXPECT_EQ(valid_hostname("--"), "host");
  EXPECT_EQ(valid_hostname(std::string(80, 'a')).size(), 63U);
}

TEST(RunProgram, GivesBackWhatTheProgramWrote) {
  EXPECT_EQ(run_program({"cat"}, "hello").value(), "hello");
}

TEST(RunProgram, QuotesTheLastLineOfAFailure) {
  const auto result = run_program({"sh", "-c", "echo first; echo the reason >&2; exit 3"});
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().message.ends_with("failed: the reason")) << result.error().message;
}

TEST(RunProgram, KillsWhatIsNotDoneInTime) {
  EXPECT_FALSE(run_program({"sleep", "60"}, {}, milliseconds{50}).ok());
}

}  // namespace
}  // namespace vpcp::lab
