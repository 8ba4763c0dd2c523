#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"

/// What one look at a host found. Values only; no secret is among them.
namespace vpcp {

enum class CloudInit { Absent, Running, Done };

struct BootstrapFacts {
  enum class State { None, Running, Done, DoneWithErrors, Failed };
  State state{State::None};
  /// Done: the boot in which it ended, and whether the update asks for a reboot of that boot.
  std::string boot_id;
  bool wants_reboot{false};
  seconds failed_at{0};  ///< Failed: on the host's clock, since the epoch.
  std::string tail;      ///< Failed, DoneWithErrors: the end of the log, for people.
  friend bool operator==(const BootstrapFacts&, const BootstrapFacts&) = default;
};

/// A regular file that exists.
struct FileFacts {
  std::string sha256;
  std::string mode;   ///< Octal: "600".
  std::string owner;  ///< "uid:gid".
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};

struct TunnelPeerFacts {
  std::string public_key;
  std::optional<Endpoint> endpoint;
  std::vector<Cidr> allowed_ips;  ///< Sorted.
  seconds keepalive{0};           ///< 0: off.
  seconds latest_handshake{0};    ///< On the host's clock, since the epoch; 0: never.
  std::uint64_t received{0};
  std::uint64_t sent{0};
  bool has_preshared_key{false};
  friend bool operator==(const TunnelPeerFacts&, const TunnelPeerFacts&) = default;
};

/// A WireGuard interface that answers.
struct TunnelFacts {
  std::string public_key;
  std::uint16_t listen_port{0};
  std::vector<TunnelPeerFacts> peers;  ///< In the interface's own order.
  /// SHA-256 of the preshared keys of `peers` in their order, each (or "(none)") followed by a newline.
  std::string preshared_digest;
  friend bool operator==(const TunnelFacts&, const TunnelFacts&) = default;
};

struct UnitFacts {
  bool active{false};
  bool enabled{false};
  bool masked{false};
  friend bool operator==(const UnitFacts&, const UnitFacts&) = default;
};

struct InterfaceAddress {
  Ipv4 address;
  int prefix{0};
  friend auto operator<=>(const InterfaceAddress&, const InterfaceAddress&) = default;
};

struct LinkFacts {
  std::string name;
  std::string mac;
  int mtu{0};
  bool up{false};  ///< Administratively, and with a carrier.
  std::vector<InterfaceAddress> addresses;
  bool enabled{true};  ///< Administratively.
  friend bool operator==(const LinkFacts&, const LinkFacts&) = default;
};

/// A route of the main table. `via` and `dev` are absent for what has no single next hop (multipath,
/// blackhole).
struct RouteFacts {
  Cidr destination;
  std::optional<Ipv4> via;
  std::string dev;
  std::uint32_t metric{0};
  bool of_kernel{false};  ///< Its protocol is "kernel": it comes and goes with an address.
  friend bool operator==(const RouteFacts&, const RouteFacts&) = default;
};

/// A rule of one of ufw's own chains, in the kernel's order.
struct FilterRule {
  enum class Chain { Input, Forward };
  enum class Verdict { Accept, Deny, Other };
  Chain chain{Chain::Input};
  Verdict verdict{Verdict::Other};
  std::string in_interface;  ///< Empty: any.
  std::string out_interface;
  std::string protocol;             ///< Empty: any.
  std::optional<Cidr> source;       ///< Absent: any.
  std::optional<Cidr> destination;  ///< Absent: any.
  std::optional<std::uint16_t> port;
  bool narrowed{false};  ///< It has matches that are not in the fields above.
  friend bool operator==(const FilterRule&, const FilterRule&) = default;
};

struct UfwFacts {
  bool active{false};                   ///< Its chains are in the kernel now.
  bool enabled{false};                  ///< It comes back after a reboot.
  std::vector<FilterRule> rules;        ///< Now.
  std::vector<std::string> rules_kept;  ///< After a reboot: ufw's tuples, "allow udp 51820 0.0.0.0/0 any …".
  friend bool operator==(const UfwFacts&, const UfwFacts&) = default;
};

/// A route of ours on a server, and what was there before it: `ip route` words, empty for nothing.
struct KeptRoute {
  Cidr destination;
  std::string before;
  friend bool operator==(const KeptRoute&, const KeptRoute&) = default;
};

struct HostFacts {
  std::string boot_id;
  std::string os_id;       ///< As in os-release: "ubuntu", "debian".
  std::string os_version;  ///< "22.04", "12".
  seconds clock{0};        ///< The host's wall clock, since the epoch.
  CloudInit cloud_init{CloudInit::Absent};
  BootstrapFacts bootstrap;
  bool reboot_required{false};  ///< The system says so now. What counts is bootstrap.wants_reboot.
  bool netplan_installed{false};
  bool cloud_config_folder{false};  ///< cloud-init reads /etc/cloud/cloud.cfg.d.
  bool ip_forward{false};
  std::string host_key;  ///< "ssh-ed25519 AAAA…", without comment.
  bool state_folder{false};
  std::string owner;                    ///< Of an existing server: uid of the VPCPeering that has changed it.
  std::vector<std::string> kept_files;  ///< Paths whose originals are kept.
  std::vector<KeptRoute> kept_routes;
  std::vector<std::string> undos;  ///< Tokens of changes that the host takes back unless they are confirmed.
  std::map<std::string, FileFacts, std::less<>> files;  ///< Those of our files that exist.
  std::vector<LinkFacts> links;
  std::vector<RouteFacts> routes;
  std::string netplan_nic;  ///< Of a server: the interface that our netplan file is about.
  // Only on gateways:
  int rp_filter{0};                 ///< That counts for wg0: 0 off, 1 strict, 2 loose.
  bool wireguard_installed{false};  ///< wg, wg-quick and nft.
  UnitFacts unit;
  std::optional<TunnelFacts> tunnel;
  std::optional<UfwFacts> ufw;   ///< Absent: not installed.
  bool mss_clamp_loaded{false};  ///< Known only where the file exists.
  friend bool operator==(const HostFacts&, const HostFacts&) = default;
};

/// The link that has the address.
const LinkFacts* find_link_with(const HostFacts& facts, Ipv4 address);
const LinkFacts* find_link(const HostFacts& facts, const std::string& name);

}  // namespace vpcp
