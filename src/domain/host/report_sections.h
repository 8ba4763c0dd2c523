#pragma once
#include <string_view>

#include "domain/host/host_facts.h"

/// Lines of the report's sections. Each returns false for a line that it cannot read. Internal to this
/// folder.
namespace vpcp {

bool read_tunnel(std::string_view rest, HostFacts& facts);       ///< PUBLIC-KEY PORT
bool read_tunnel_peer(std::string_view rest, HostFacts& facts);  ///< `wg show dump` without the secrets
bool read_clamp(std::string_view line, HostFacts& facts);        ///< `nft list table`
bool read_ufw(std::string_view line, HostFacts& facts);          ///< ufw.conf and user.rules
bool read_filter_rule(std::string_view line, HostFacts& facts);  ///< `iptables -S`
bool read_digest(std::string_view line, HostFacts& facts);       ///< `sha256sum`
bool read_permissions(std::string_view line, HostFacts& facts);  ///< `stat`
bool read_network(std::string_view line, HostFacts& facts);      ///< `ip -j`: links, then routes

}  // namespace vpcp
