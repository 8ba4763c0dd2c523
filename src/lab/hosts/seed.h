#pragma once
#include <string>

#include "lab/backend.h"

namespace vpcp::lab {

// What a host is told by its cloud, as text. Pure.

/// cloud-init's NoCloud meta-data. `generation` tells a reinstalled host from the one before.
std::string render_meta_data(const HostSpec& spec, int generation);

/// cloud-init's network-config: NICs matched by MAC address, VPC NICs with MTU 1450.
std::string render_network_config(const HostSpec& spec);

/// An os-release that says what the instance was asked to be. An imitation: the userland is Debian 12
/// whatever it says.
std::string render_os_release(const std::string& os_name);

/// The nft script that makes `inbound` hold for the host's public port, replacing what held before.
std::string render_firewall(const std::string& instance_id, const Inbound& inbound);

/// The nft script for the empty firewall of a new fabric.
std::string render_firewall_base();

/// The text as a quoted YAML scalar (JSON's escapes).
std::string yaml_quoted(const std::string& text);

}  // namespace vpcp::lab
