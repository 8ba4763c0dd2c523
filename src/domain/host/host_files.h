#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/desired/desired_host.h"
#include "domain/host/commands.h"
#include "domain/host/host_facts.h"

namespace vpcp {

const HostFile& sysctl_file();
const HostFile& mss_file();
HostFile tunnel_config_file(const DesiredGateway& gateway);
/// A netplan drop-in that merges with the NIC's own definition, by its name.
HostFile netplan_file(const std::string& nic, const std::vector<DesiredRoute>& routes);

/// What differs about these two on the host, for people; nullopt when nothing does. Most passes ask only
/// this.
std::optional<std::string> tunnel_config_difference(const DesiredGateway& gateway, const HostFacts& facts);
std::optional<std::string> netplan_difference(const std::string& nic, const std::vector<DesiredRoute>& routes,
                                              const HostFacts& facts);
/// Keeps cloud-init from writing its netplan file anew at each boot.
const HostFile& cloud_network_file();

}  // namespace vpcp
