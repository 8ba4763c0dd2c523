#include "domain/host/look.h"
#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

HostFacts golden_facts() {
  HostFacts facts;
  facts.boot_id = "88c10489-5003-4140-b98e-2c795782b0a6";
  facts.os_id = "debian";
  facts.os_version = "12";
  facts.clock = seconds{1795387149};
  facts.cloud_init = CloudInit::Done;
  facts.bootstrap = {BootstrapFacts::State::DoneWithErrors, facts.boot_id, true, seconds{0},
                     "E: Failed to fetch; E: ?no luck"};
  facts.netplan_installed = true;
  facts.cloud_config_folder = true;
  facts.ip_forward = true;
  facts.host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIObhZ3sRffSIWDV5h2n9xxJA438md44W0apIhKFB0NPk";
  facts.state_folder = true;
  facts.files["/etc/wireguard/wg0.conf"] = {
      "4e811402436ac9c845869798c43e68dc684fba309b9ddd8f7f211dd116379639", "600", "0:0"};
  facts.links = {{"lo", "00:00:00:00:00:00", 65536, true, {{ip("127.0.0.1"), 8}}},
                 {"enp6s0", "5a:00:00:00:00:01", 1450, false, {}, false}};
  facts.routes = {{Cidr{}, ip("192.0.2.1"), "eth0", 100},
                  {net("172.16.9.9/32"), {}, "wg0", 0, true},
                  {net("172.16.4.0/24"), {}, "", 0},
                  {net("172.16.5.0/24"), {}, "", 0}};
  facts.wireguard_installed = true;
  facts.unit = {true, true, false};
  facts.mss_clamp_loaded = true;
  facts.rp_filter = 2;
  return facts;
}

TunnelFacts golden_tunnel() {
  return {"y33veUhsbp3VTjde6oM3q3ooA24Zn9A/qQqlj3eV1zY=",
          51820,
          {{"BcGBgJMrzZH5ZCgIIgpbWPkT7hRYsMD5QoCwXt3PJEU=",
            Endpoint{ip("192.0.2.9"), 51820},
            {net("10.10.0.2/32"), net("172.16.2.0/24")},
            seconds{25},
            seconds{1795387140},
            10,
            20,
            true},
           {"+ODW1GnhdstirJe1Y49tte4zYNCfg9RGAIK8fefB7hs=", {}, {}, seconds{0}, seconds{0}, 0, 0, false}},
          "877263101f627a39f6cb578d1d681de3ab7c643f3c06331e77fdf145ddd4686a"};
}

UfwFacts golden_ufw() {
  using Chain = FilterRule::Chain;
  using Verdict = FilterRule::Verdict;
  return {true,
          true,
          {{Chain::Forward, Verdict::Deny, "", "wg0", "tcp", net("172.16.1.0/24"), {}, {}, true},
           {Chain::Forward, Verdict::Accept, "wg0", "", "", {}, {}, {}, false},
           {Chain::Forward, Verdict::Deny, "", "", "", net("10.0.0.0/8"), {}, {}, false},
           {Chain::Input, Verdict::Accept, "", "", "udp", {}, {}, 51820, false}},
          {"allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in", "route:allow any any 0.0.0.0/0 any 0.0.0.0/0 in_wg0"}};
}

TEST(HostReport, OfAGatewayIsReadWhole) {
  HostFacts wanted = golden_facts();
  wanted.tunnel = golden_tunnel();
  wanted.ufw = golden_ufw();
  const auto facts = parse_host_report(read_golden("gateway.report"));
  ASSERT_TRUE(facts.ok()) << facts.error().message;
  EXPECT_EQ(*facts->tunnel, *wanted.tunnel);
  EXPECT_EQ(*facts->ufw, *wanted.ufw);
  EXPECT_EQ(facts->links, wanted.links);
  EXPECT_EQ(facts->routes, wanted.routes);
  EXPECT_EQ(facts->bootstrap, wanted.bootstrap);
  EXPECT_EQ(*facts, wanted);
}

TEST(HostReport, CutShortAnywhereIsRefused) {
  const std::string text = read_golden("gateway.report");
  const auto end = text.rfind("@end") + 4;
  for (std::size_t length = 0; length < end; ++length) {
    const auto facts = parse_host_report(std::string_view(text).substr(0, length));
    ASSERT_FALSE(facts.ok()) << length;
    ASSERT_EQ(facts.error().kind, ErrorKind::Transient);
    ASSERT_EQ(facts.error().reason, "HostReportUnreadable");
  }
}

TEST(HostReport, WithAnyByteChangedIsReadOrRefused) {
  const std::string text = read_golden("gateway.report");
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'\n', '"', '\xff'}) {
      std::string changed = text;
      changed[i] = c;
      const auto facts = parse_host_report(changed);
      ASSERT_TRUE(facts.ok() || facts.error().reason == "HostReportUnreadable") << i;
    }
  }
}

std::string report(const std::string& lines) {
  return "vpcp-report 1\nboot_id b\nclock 1\n" + lines + "@end\n";
}

struct Row {
  const char* name;
  std::string lines;
  bool readable;
};

class ReadLines : public ::testing::TestWithParam<Row> {};

TEST_P(ReadLines, OrRefuseThem) {
  EXPECT_EQ(parse_host_report(report(GetParam().lines)).ok(), GetParam().readable);
}

const Row kRows[] = {
    {"None", "", true},
    {"AnUnknownWord", "wonder\n", false},
    {"APeerWithoutATunnel", "peer k (none) (none) off 0 0 0 open\n", false},
    {"APortOutOfRange", "tunnel k 65536\n", false},
    {"ACounterThatOverflows", "tunnel k 1\npeer k (none) (none) off 0 99999999999999999999 0 open\n", false},
    {"AFilterRuleWithoutUfw", "@filter\n-N ufw-user-forward\n", false},
    {"JsonThatIsNone", "@network\n[{\n", false},
    {"JsonOfAnotherShape",
     "@network\n[{\"ifname\":1,\"mtu\":\"x\",\"flags\":{},\"addr_info\":[1,{\"family\":[]}]}]\n", true},
    {"DeepJson", "@network\n" + std::string(100'000, '[') + "\n", false},
    {"AKeptRouteThatIsNoNetwork", "kept_route x\t\n", false},
};
INSTANTIATE_TEST_SUITE_P(Table, ReadLines, ::testing::ValuesIn(kRows), ByName{});

TEST(HostReport, TellsWhatWasKept) {
  const auto facts =
      parse_host_report(report("owner uid-1\nkept_file absent /a\nkept_file file /b\n"
                               "kept_route 10.0.0.0/8\t\n"
                               "kept_route 172.16.2.0/24\t172.16.2.0/24 via 172.16.1.9 dev e \n"));
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->owner, "uid-1");
  EXPECT_EQ(facts->kept_files, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(facts->kept_routes,
            (std::vector<KeptRoute>{{net("10.0.0.0/8"), ""},
                                    {net("172.16.2.0/24"), "172.16.2.0/24 via 172.16.1.9 dev e"}}));
}

TEST(HostReport, TellsOfAFailedBootstrap) {
  const auto facts = parse_host_report(report("bootstrap_failed 77\nbootstrap_failed E: x\n"));
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->bootstrap,
            (BootstrapFacts{BootstrapFacts::State::Failed, "", false, seconds{77}, "E: x"}));
}

TEST(Look, IsOneCommandThatHasNoInput) {
  EXPECT_EQ(command_name(look_command(HostRole::Gateway)), "vpcp-look");
  EXPECT_EQ(command_arguments(look_command(HostRole::Server))[0], "server");
  EXPECT_TRUE(look_command(HostRole::Server).input.empty());
}

}  // namespace
}  // namespace vpcp::testing
