#include "domain/host/host_files.h"

#include "domain/host/file_check.h"
#include "domain/host/paths.h"
#include "domain/wireguard/config.h"

namespace vpcp {
namespace {

using namespace host_paths;

constexpr char kPrivate[] = "600";
constexpr char kOurs[] = "# Written by vpc-peering-controller. Edits are replaced.\n";

HostFile host_file(const char* path, const char* mode, Secret content) {
  std::string digest = sha256_hex(content.reveal());
  return {path, mode, std::move(content), std::move(digest)};
}

HostFile public_file(const char* path, const char* mode, std::string text) {
  return host_file(path, mode, Secret::take(kOurs + std::move(text)));
}

std::string netplan_text(const std::string& nic, const std::vector<DesiredRoute>& routes) {
  constexpr std::size_t kRoomForRoute = 72;
  std::string text = kOurs;
  text += "network:\n  version: 2\n  ethernets:\n    " + nic + ":\n      routes:\n";
  text.reserve(text.size() + kRoomForRoute * routes.size());
  for (const DesiredRoute& route : routes) {
    text.append("        - to: ").append(route.destination.str());
    text.append("\n          via: ").append(route.via.str()).append("\n");
  }
  return text;
}

}  // namespace

const HostFile& sysctl_file() {
  static const HostFile kFile = public_file(kSysctlFile, "644",
                                            "# This host forwards packets between its VPC and the tunnel.\n"
                                            "net.ipv4.ip_forward = 1\n");
  return kFile;
}

const HostFile& mss_file() {
  // The first two lines make loading it again replace the table.
  static const HostFile kFile =
      public_file(kMssFile, "644",
                  "# TCP through the tunnel must fit its MTU, also where ICMP is filtered.\n"
                  "table inet vpcp\n"
                  "delete table inet vpcp\n"
                  "table inet vpcp {\n"
                  "  chain forward {\n"
                  "    type filter hook forward priority mangle; policy accept;\n"
                  "    oifname \"wg0\" tcp flags syn tcp option maxseg size set rt mtu\n"
                  "  }\n"
                  "}\n");
  return kFile;
}

HostFile tunnel_config_file(const DesiredGateway& gateway) {
  return host_file(kTunnelConfig, kPrivate, render_config(gateway));
}

HostFile netplan_file(const std::string& nic, const std::vector<DesiredRoute>& routes) {
  return host_file(kNetplanFile, kPrivate, Secret::take(netplan_text(nic, routes)));
}

std::optional<std::string> tunnel_config_difference(const DesiredGateway& gateway, const HostFacts& facts) {
  return file_difference({kTunnelConfig, kPrivate, config_sha256(gateway)}, facts);
}

std::optional<std::string> netplan_difference(const std::string& nic, const std::vector<DesiredRoute>& routes,
                                              const HostFacts& facts) {
  struct Known {
    std::string nic;
    std::vector<DesiredRoute> routes;
    std::string sha256;
  };
  // The servers of a site come one after another, and most of them want the same file.
  thread_local std::optional<Known> last;
  if (!last || last->nic != nic || last->routes != routes)
    last = {nic, routes, sha256_hex(netplan_text(nic, routes))};
  return file_difference({kNetplanFile, kPrivate, last->sha256}, facts);
}

const HostFile& cloud_network_file() {
  static const HostFile kFile = public_file(kCloudNetworkFile, "644", "network: {config: disabled}\n");
  return kFile;
}

}  // namespace vpcp
