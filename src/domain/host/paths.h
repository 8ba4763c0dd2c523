#pragma once

/// The names that we own on hosts.
namespace vpcp::host_paths {

inline constexpr char kTunnelInterface[] = "wg0";
inline constexpr char kTunnelUnit[] = "wg-quick@wg0.service";
inline constexpr char kTunnelConfig[] = "/etc/wireguard/wg0.conf";
inline constexpr char kSysctlFile[] = "/etc/sysctl.d/99-vpcp.conf";
inline constexpr char kMssFile[] = "/etc/vpcp/mss.nft";
inline constexpr char kNetplanFile[] = "/etc/netplan/60-vpcp.yaml";
inline constexpr char kCloudNetworkFile[] = "/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg";
/// What we remember on a host: bootstrap.*, before/ (files as they were), routes (routes as they were).
inline constexpr char kStateFolder[] = "/var/lib/vpcp";

}  // namespace vpcp::host_paths
