#include "domain/host/host_files.h"

#include "domain/host/paths.h"
#include "domain/wireguard/config.h"

namespace vpcp {
namespace {

using namespace host_paths;

constexpr char kOurs[] = "# Written by vpc-peering-controller. Edits are replaced.\n";

HostFile public_file(const char* path, const char* mode, std::string text) {
  return {path, mode, Secret::take(kOurs + std::move(text))};
}

}  // namespace

HostFile sysctl_file() {
  return public_file(kSysctlFile, "644",
                     "# This host forwards packets between its VPC and the tunnel.\n"
                     "net.ipv4.ip_forward = 1\n");
}

HostFile mss_file() {
  // The first two lines make loading it again replace the table.
  return public_file(kMssFile, "644",
                     "# TCP through the tunnel must fit its MTU, also where ICMP is filtered.\n"
                     "table inet vpcp\n"
                     "delete table inet vpcp\n"
                     "table inet vpcp {\n"
                     "  chain forward {\n"
                     "    type filter hook forward priority mangle; policy accept;\n"
                     "    oifname \"wg0\" tcp flags syn tcp option maxseg size set rt mtu\n"
                     "  }\n"
                     "}\n");
}

HostFile tunnel_config_file(const DesiredGateway& gateway) {
  return {kTunnelConfig, "600", render_config(gateway)};
}

HostFile netplan_file(const std::string& nic, const std::vector<DesiredRoute>& routes) {
  std::string text = "network:\n  version: 2\n  ethernets:\n    " + nic + ":\n      routes:\n";
  for (const DesiredRoute& route : routes) {
    text += "        - to: " + route.destination.str() + "\n          via: " + route.via.str() + "\n";
  }
  return public_file(kNetplanFile, "600", std::move(text));
}

HostFile cloud_network_file() {
  return public_file(kCloudNetworkFile, "644", "network: {config: disabled}\n");
}

}  // namespace vpcp
