#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/host/host_facts.h"
#include "vpcp/api/host.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"
#include "vpcp/base/secret.h"

/// Every command that changes a host is made here. Each is idempotent: run twice, or killed anywhere and run
/// again, it leaves the host the same. A script is `sh -c TEXT NAME ARGUMENT…`, where NAME
/// ("vpcp-write-file") tells it from others in logs and process lists.
namespace vpcp {

/// What a command is: NAME of a script, else its program.
std::string_view command_name(const Command& command);
/// What follows the name.
std::span<const std::string> command_arguments(const Command& command);

/// As `sleep` takes it: "0.250".
std::string in_seconds(milliseconds duration);

/// A script as a command.
Command script_command(std::string_view text, std::string_view name, std::vector<std::string> arguments);

/// A file with its permissions, owned by root.
struct HostFile {
  std::string path;
  std::string mode;  ///< Octal, as chmod takes it: "600".
  Secret content;
  std::string sha256;  ///< Of the content.
};
/// vpcp-write-file PATH MODE SHA256, content on stdin: the file is replaced whole or not at all, also when
/// the input is cut short.
Command write_file_command(const HostFile& file);
/// vpcp-write-netplan PATH SHA256, content on stdin: the same, after `netplan generate` has accepted a copy
/// of all netplan files with this one in it. Runs no `netplan apply`: that costs packets.
Command write_netplan_command(const HostFile& file);

/// nft -f PATH
Command load_nft_command(const std::string& path);
/// sysctl -qw net.ipv4.ip_forward=1
Command forwarding_on_command();
/// sysctl -qw net.ipv4.conf.wg0.rp_filter=2
Command loose_reverse_path_command();
/// ip link set dev NIC up
Command link_up_command(const std::string& nic);
/// vpcp-drop-routes TOKEN DESTINATION KEEP-DEV METRIC: deletes the routes to exactly this destination
/// ("default" for all) that leave by another interface ("-": by any) and whose metric is not above. Arms an
/// undo before, which puts them back 20 s later unless confirm_command comes first: somebody, we ourselves
/// perhaps, may reach the host by them.
Command drop_routes_command(const std::string& token, const std::string& destination,
                            const std::string& keep_dev, std::uint32_t metric);
/// vpcp-confirm TOKEN: the undo is called off; fails when it has fired. For a new connection: one that is
/// open already proves nothing.
Command confirm_command(const std::string& token);

enum class Direction { In, Out };
/// Where our rule of ufw goes: First where another one denies what it allows.
enum class RulePlace { Last, First };
/// vpcp-ufw-allow TOKEN last|first input PORT/udp: our rule is taken out, in whichever form it is there, and
/// added. Arms an undo before, as drop_routes_command does.
Command allow_port_command(const std::string& token, RulePlace place, std::uint16_t port);
/// vpcp-ufw-allow TOKEN last|first route in|out on wg0
Command allow_routed_command(const std::string& token, RulePlace place, Direction direction);

/// vpcp-sync-tunnel wg0 SHA256 [SECONDS], render_syncconf on stdin: of its sections only those are set that
/// differ from what runs, and peers that it lacks go. The others keep their sessions and lose no packet.
/// Waits for so long before.
Command sync_tunnel_command(const Secret& syncconf, milliseconds pause = milliseconds{0});
/// vpcp-restart-tunnel wg0 [SECONDS]: only for an interface that does not work, since it drops all sessions.
/// Waits for so long before it starts.
Command restart_tunnel_command(milliseconds pause = milliseconds{0});
/// systemctl enable wg-quick@wg0.service
Command enable_tunnel_command();
/// vpcp-unmask-unit UNIT
Command unmask_tunnel_command();
/// ip address replace ADDRESS/PREFIX dev wg0
Command tunnel_address_command(Ipv4 address, int prefix);
/// vpcp-delete-address ADDRESS/PREFIX DEV
Command delete_address_command(const InterfaceAddress& address, const std::string& dev);
/// ip link set dev wg0 mtu MTU up
Command tunnel_mtu_command(int mtu);
/// ip route replace DESTINATION dev wg0
Command tunnel_route_command(const Cidr& destination);
/// vpcp-delete-route DESTINATION wg0
Command delete_tunnel_route_command(const Cidr& destination);

/// ip route replace DESTINATION via VIA dev NIC
Command server_route_command(const Cidr& destination, Ipv4 via, const std::string& nic);
/// vpcp-claim UID: notes in the state folder which VPCPeering changes this server.
Command claim_command(const std::string& owner);
/// vpcp-keep-routes DESTINATION…: notes in the state folder what routes to these destinations there were,
/// once.
Command keep_routes_command(const std::vector<Cidr>& destinations);
/// vpcp-return-routes DESTINATION…: puts back what keep_routes noted, or deletes the route; forgets the note.
Command return_routes_command(const std::vector<Cidr>& destinations);
/// vpcp-keep-files PATH…: copies the files, or notes their absence, once.
Command keep_files_command(const std::vector<std::string>& paths);
/// vpcp-restore-files: puts back what keep_files copied, content, mode, owner and times; deletes what was
/// absent.
Command restore_files_command();
/// vpcp-forget: removes the state folder, which is the last step of a removal.
Command forget_command();

enum class Bootstrap { Gateway, Server, InstallOnly };
/// vpcp-start-bootstrap gateway|server|install: starts bootstrap.h's script detached, so that it outlives the
/// connection and us. Does nothing while one runs.
Command start_bootstrap_command(Bootstrap what);
/// vpcp-reboot: answers before the host goes down.
Command reboot_command();

}  // namespace vpcp
