#include "domain/host/file_check.h"
#include "domain/host_samples.h"

namespace vpcp::testing {
namespace {

TEST(HostFiles, AreAsWritten) {
  init_crypto();
  EXPECT_EQ(sysctl_file().content.reveal(), read_golden("99-vpcp.conf"));
  EXPECT_EQ(mss_file().content.reveal(), read_golden("mss.nft"));
  EXPECT_EQ(netplan_file("enp6s0", app_server().routes).content.reveal(), read_golden("60-vpcp.yaml"));
  EXPECT_EQ(cloud_network_file().content.reveal(), read_golden("99-disable-network-config.cfg"));
}

TEST(HostFiles, WithKeysOrRoutesAreRootsAlone) {
  EXPECT_EQ(tunnel_config_file(gateway_a()).mode, "600");
  EXPECT_EQ(netplan_file("enp6s0", {}).mode, "600");
}

TEST(HostFiles, DifferByAbsenceContentOrPermissions) {
  const HostFile file = sysctl_file();
  HostFacts facts = any_host();
  EXPECT_EQ(file_difference(file, facts), "/etc/sysctl.d/99-vpcp.conf is missing");
  put(facts, file);
  EXPECT_EQ(file_difference(file, facts), std::nullopt);
  facts.files[file.path].mode = "666";
  EXPECT_EQ(file_difference(file, facts), "/etc/sysctl.d/99-vpcp.conf has other permissions");
  facts.files[file.path].sha256 = std::string(64, '0');
  EXPECT_EQ(file_difference(file, facts), "/etc/sysctl.d/99-vpcp.conf has other content");
}

TEST(HostCommands, CarryContentOnlyOnStandardInput) {
  const HostFile file = tunnel_config_file(gateway_a());
  const Command command = write_file_command(file);
  EXPECT_EQ(command_name(command), "vpcp-write-file");
  EXPECT_EQ(command.input, file.content);
  for (const std::string& word : command.argv) EXPECT_EQ(word.find("private-key"), std::string::npos);
}

}  // namespace
}  // namespace vpcp::testing
