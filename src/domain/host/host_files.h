#pragma once
#include <string>
#include <vector>

#include "domain/desired/desired_host.h"
#include "domain/host/commands.h"

namespace vpcp {

HostFile sysctl_file();
HostFile mss_file();
HostFile tunnel_config_file(const DesiredGateway& gateway);
/// A netplan drop-in that merges with the NIC's own definition, by its name.
HostFile netplan_file(const std::string& nic, const std::vector<DesiredRoute>& routes);
/// Keeps cloud-init from writing its netplan file anew at each boot.
HostFile cloud_network_file();

}  // namespace vpcp
