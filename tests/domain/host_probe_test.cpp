#include "domain/host/host_key.h"
#include "domain/host/probe.h"
#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

using Kind = ProbeTarget::Kind;
using Outcome = ProbeResult::Outcome;

TEST(Probe, NamesEachTargetAsAnArgument) {
  const Command command = probe_command({{Kind::Icmp, ip("10.10.0.2"), 0}, {Kind::Tcp, ip("172.16.2.4"), 22}},
                                        {.limit = milliseconds{400}});
  EXPECT_EQ(command.argv.front(), "bash");
  EXPECT_EQ(command_name(command), "vpcp-probe");
  const auto arguments = command_arguments(command);
  EXPECT_EQ(std::vector<std::string>(arguments.begin(), arguments.end()),
            (std::vector<std::string>{"0.400", "7", "1", "icmp:10.10.0.2", "tcp:172.16.2.4:22"}));
}

TEST(Probe, WaitsWhenTold) {
  const Command command =
      probe_command({{Kind::Icmp, ip("10.10.0.2"), 0}}, {.connections = 7, .pause = milliseconds{1250}});
  const auto arguments = command_arguments(command);
  EXPECT_EQ(std::vector<std::string>(arguments.begin(), arguments.end()),
            (std::vector<std::string>{"1.500", "7", "7", "after:1.250", "icmp:10.10.0.2"}));
}

TEST(Probe, ReportIsReadAndForeignLinesAreSkipped) {
  const auto results = parse_probe_report(
      "hello there\n"
      "tcp:172.16.2.4:22 ok 144.719\n"
      "tcp:172.16.1.4:9 refused 1.690\n"
      "icmp:172.16.1.99 timeout - 7 0\n"
      "icmp:172.16.1.4 ok 144.1 7 5 0.250\n"
      "icmp:172.16.1.4 ok 144.1 2 3 0.250\n"  // a reply came twice
      "icmp:172.16.1 ok 1\ntcp:1.2.3.4 ok 1\nicmp:1.2.3.4 perhaps\nicmp:1.2.3.4 ok 1 x 1\nicmp:1.2.3.4 ok 1 "
      "1 -1\n");
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(*results,
            (std::vector<ProbeResult>{{{Kind::Tcp, ip("172.16.2.4"), 22}, Outcome::Ok, 144.719, 1, 1, {}},
                                      {{Kind::Tcp, ip("172.16.1.4"), 9}, Outcome::Refused, 1.690, 1, 0, {}},
                                      {{Kind::Icmp, ip("172.16.1.99"), 0}, Outcome::Timeout, {}, 7, 0, {}},
                                      {{Kind::Icmp, ip("172.16.1.4"), 0}, Outcome::Ok, 144.1, 7, 5, 0.25},
                                      {{Kind::Icmp, ip("172.16.1.4"), 0}, Outcome::Ok, 144.1, 2, 2, 0.25}}));
}

TEST(Probe, ReportOfNothingIsAnError) {
  EXPECT_EQ(parse_probe_report("bash: not found\n").error().reason, "ProbeReportUnreadable");
}

TEST(HostKey, IsReadWithoutItsComment) {
  const std::string key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIObhZ3sRffSIWDV5h2n9xxJA438md44W0apIhKFB0NPk";
  EXPECT_EQ(parse_host_key(key + " root@hpg\n"), key);
  EXPECT_EQ(parse_host_key("motd\n" + key + "\n"), key);
}

TEST(HostKey, OfAnotherKindOrCutShortIsNone) {
  for (const char* text :
       {"", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIObh",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIObhZ3sRffSIWDV5h2n9xxJA438md44W0apIhKFB0N"}) {
    EXPECT_EQ(parse_host_key(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace vpcp::testing
