#include "domain/host/commands.h"

#include <algorithm>

#include "domain/host/paths.h"
#include "domain/host/scripts.h"

namespace vpcp {
namespace {

using namespace host_paths;

/// Systemd, ufw and netplan take their time on a small or busy host.
constexpr seconds kSlowCommand{60};

bool is_script(const Command& command) {
  const auto& argv = command.argv;
  return argv.size() >= 4 && (argv[0] == "sh" || argv[0] == "bash") && argv[1] == "-c";
}

Command plain(std::vector<std::string> argv) {
  Command command;
  command.argv = std::move(argv);
  return command;
}

std::vector<std::string> texts(const std::vector<Cidr>& networks) {
  std::vector<std::string> out;
  out.reserve(networks.size());
  for (const Cidr& network : networks) out.push_back(network.str());
  return out;
}

std::string word(Direction direction) {
  switch (direction) {
    case Direction::In:
      return "in";
    case Direction::Out:
      return "out";
  }
  return {};
}

std::string word(RulePlace place) {
  switch (place) {
    case RulePlace::Last:
      return "last";
    case RulePlace::First:
      return "first";
  }
  return {};
}

std::string word(Bootstrap what) {
  switch (what) {
    case Bootstrap::Gateway:
      return "gateway";
    case Bootstrap::Server:
      return "server";
    case Bootstrap::InstallOnly:
      return "install";
  }
  return {};
}

std::string with_prefix(Ipv4 address, int prefix) {
  return address.str() + "/" + std::to_string(prefix);
}

/// One that arms an undo before it changes anything.
Command guarded_script(const char* text, std::string_view name, std::vector<std::string> arguments) {
  return script_command(std::string(scripts::kArmUndo) + text, name, std::move(arguments));
}

}  // namespace

std::string in_seconds(milliseconds duration) {
  const std::string thousandths = std::to_string(1000 + duration.count() % 1000).substr(1);
  return std::to_string(duration.count() / 1000) + '.' + thousandths;
}

std::string_view command_name(const Command& command) {
  if (command.argv.empty()) return {};
  return is_script(command) ? command.argv[3] : command.argv[0];
}

std::span<const std::string> command_arguments(const Command& command) {
  const std::span<const std::string> all(command.argv);
  return all.subspan(std::min<std::size_t>(is_script(command) ? 4 : 1, all.size()));
}

Command script_command(std::string_view text, std::string_view name, std::vector<std::string> arguments) {
  Command command;
  command.argv = {"sh", "-c", std::string(text), std::string(name)};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

Command write_file_command(const HostFile& file) {
  return script_command(std::string(scripts::kWhyNot) + scripts::kWriteFile, "vpcp-write-file",
                        {file.path, file.mode, file.sha256})
      .with_input(file.content);
}

Command write_netplan_command(const HostFile& file) {
  return script_command(std::string(scripts::kWhyNot) + scripts::kWriteNetplan, "vpcp-write-netplan",
                        {file.path, file.sha256})
      .with_input(file.content)
      .with_limit(kSlowCommand);
}

Command load_nft_command(const std::string& path) {
  return plain({"nft", "-f", path});
}

Command forwarding_on_command() {
  return plain({"sysctl", "-qw", "net.ipv4.ip_forward=1"});
}

Command allow_port_command(const std::string& token, RulePlace place, std::uint16_t port) {
  return guarded_script(scripts::kUfwAllow, "vpcp-ufw-allow",
                        {token, word(place), "input", std::to_string(port) + "/udp"})
      .with_limit(kSlowCommand);
}

Command allow_routed_command(const std::string& token, RulePlace place, Direction direction) {
  return guarded_script(scripts::kUfwAllow, "vpcp-ufw-allow",
                        {token, word(place), "route", word(direction), "on", kTunnelInterface})
      .with_limit(kSlowCommand);
}

Command sync_tunnel_command(const Secret& syncconf, milliseconds pause) {
  std::vector<std::string> arguments{kTunnelInterface, sha256_hex(syncconf.reveal())};
  if (pause.count() > 0) arguments.push_back(in_seconds(pause));
  return script_command(scripts::kSyncTunnel, "vpcp-sync-tunnel", std::move(arguments)).with_input(syncconf);
}

Command restart_tunnel_command(milliseconds pause) {
  std::vector<std::string> arguments{kTunnelInterface};
  if (pause.count() > 0) arguments.push_back(in_seconds(pause));
  return script_command(scripts::kRestartTunnel, "vpcp-restart-tunnel", std::move(arguments))
      .with_limit(kSlowCommand);
}

Command enable_tunnel_command() {
  return plain({"systemctl", "enable", "--quiet", kTunnelUnit}).with_limit(kSlowCommand);
}

Command unmask_tunnel_command() {
  return script_command(scripts::kUnmaskUnit, "vpcp-unmask-unit", {kTunnelUnit}).with_limit(kSlowCommand);
}

Command tunnel_address_command(Ipv4 address, int prefix) {
  return plain({"ip", "address", "replace", with_prefix(address, prefix), "dev", kTunnelInterface});
}

Command delete_address_command(const InterfaceAddress& address, const std::string& dev) {
  return script_command(scripts::kDeleteAddress, "vpcp-delete-address",
                        {with_prefix(address.address, address.prefix), dev});
}

Command loose_reverse_path_command() {
  return plain({"sysctl", "-qw", std::string("net.ipv4.conf.") + kTunnelInterface + ".rp_filter=2"});
}

Command link_up_command(const std::string& nic) {
  return plain({"ip", "link", "set", "dev", nic, "up"});
}

Command drop_routes_command(const std::string& token, const std::string& destination,
                            const std::string& keep_dev, std::uint32_t metric) {
  return guarded_script(scripts::kDropRoutes, "vpcp-drop-routes",
                        {token, destination, keep_dev, std::to_string(metric)});
}

Command confirm_command(const std::string& token) {
  return script_command(scripts::kConfirm, "vpcp-confirm", {token});
}

Command tunnel_mtu_command(int mtu) {
  return plain({"ip", "link", "set", "dev", kTunnelInterface, "mtu", std::to_string(mtu), "up"});
}

Command tunnel_route_command(const Cidr& destination) {
  return plain({"ip", "route", "replace", destination.str(), "dev", kTunnelInterface});
}

Command delete_tunnel_route_command(const Cidr& destination) {
  return script_command(scripts::kDeleteRoute, "vpcp-delete-route", {destination.str(), kTunnelInterface});
}

Command server_route_command(const Cidr& destination, Ipv4 via, const std::string& nic) {
  return plain({"ip", "route", "replace", destination.str(), "via", via.str(), "dev", nic});
}

Command claim_command(const std::string& owner) {
  return script_command(scripts::kClaim, "vpcp-claim", {owner});
}

Command keep_routes_command(const std::vector<Cidr>& destinations) {
  return script_command(scripts::kKeepRoutes, "vpcp-keep-routes", texts(destinations));
}

Command return_routes_command(const std::vector<Cidr>& destinations) {
  return script_command(scripts::kReturnRoutes, "vpcp-return-routes", texts(destinations));
}

Command keep_files_command(const std::vector<std::string>& paths) {
  return script_command(scripts::kKeepFiles, "vpcp-keep-files", paths);
}

Command restore_files_command() {
  return script_command(scripts::kRestoreFiles, "vpcp-restore-files", {}).with_limit(kSlowCommand);
}

Command forget_command() {
  return script_command(scripts::kForget, "vpcp-forget", {});
}

Command start_bootstrap_command(Bootstrap what) {
  return script_command(scripts::kStartBootstrap, "vpcp-start-bootstrap", {word(what), scripts::kBootstrap})
      .with_limit(kSlowCommand);
}

Command reboot_command() {
  return script_command(scripts::kReboot, "vpcp-reboot", {});
}

}  // namespace vpcp
