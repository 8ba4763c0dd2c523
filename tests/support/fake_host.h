#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "vpcp/api/host.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"

namespace vpcp::testing {

struct FakeFile {
  std::string content;
  std::string mode{"644"};
  friend bool operator==(const FakeFile&, const FakeFile&) = default;
};

/// "ufw allow 51820/udp" is {false, "allow", "51820/udp"}; "ufw route deny in on wg0" {true, "deny", "in on
/// wg0"}.
struct UfwRule {
  bool routed{false};
  std::string verb;
  std::string match;
  friend bool operator==(const UfwRule&, const UfwRule&) = default;
};

struct FakePeer {
  std::string public_key;
  std::string preshared_key;
  std::optional<Endpoint> endpoint;
  std::vector<Cidr> allowed_ips;
  int keepalive{0};
  SystemTime handshake{};  ///< By the host's own clock as it was then.
  SystemTime began{};      ///< The session of that handshake, in truth.
  SystemTime carried{};    ///< When it was last seen to carry traffic.
};

struct FakeTunnel {
  std::string private_key;
  std::string public_key;
  int port{0};
  int mtu{1420};
  std::vector<Cidr> addresses;  ///< Host bits kept: see with_host_bits.
  std::vector<FakePeer> peers;
};

struct FakeRoute {
  Cidr destination;
  std::optional<Ipv4> via;
  std::string dev;
  friend auto operator<=>(const FakeRoute&, const FakeRoute&) = default;
};

/// A default route in the place of the one that belongs there.
struct FakeDefault {
  Ipv4 via;
  std::string dev;
  friend bool operator==(const FakeDefault&, const FakeDefault&) = default;
};

/// What the host puts back by itself when nobody confirms.
struct FakeUndo {
  SystemTime due;
  std::vector<FakeRoute> routes{};
  std::vector<FakeDefault> defaults{};
  std::optional<UfwRule> added{};  ///< Goes.
  std::vector<UfwRule> taken_out{};
};

/// The state of one Linux host, as far as the controller's commands see and change it. What survives a reboot
/// and what does not is the point of it.
struct FakeHost {
  static constexpr const char* kPublicNic = "enp1s0";
  static constexpr const char* kVpcNic = "enp8s0";

  // Who it is
  std::string os_id{"ubuntu"};
  std::string os_version{"22.04"};
  HostKeyLine host_key;
  std::string new_host_key;    ///< Made, not yet active.
  HostKeyLine authorized_key;  ///< Of root.
  std::optional<Ipv4> public_address;
  std::optional<Ipv4> vpc_address;
  Cidr vpc;

  // On disk
  std::map<std::string, FakeFile> files;
  std::map<std::string, std::optional<FakeFile>>
      kept_files;                                  ///< As before our first change; nullopt: absent.
  std::map<std::string, std::string> kept_routes;  ///< By destination, as `ip route` writes them.
  bool state_folder{false};
  std::string owner;
  bool ufw_installed{true};
  bool ufw_enabled{true};
  std::vector<UfwRule> ufw_rules{{false, "allow", "22/tcp"}};
  bool netplan{true};
  bool wireguard_installed{false};
  bool unit_enabled{false};
  bool unit_masked{false};
  std::string bootstrap_done;    ///< "ok BOOT-ID yes|no"
  std::string bootstrap_failed;  ///< Text of the file, as bootstrap.failed has it.
  int host_keys_made{0};

  // Until the next boot
  int boots{1};
  SystemTime booted_at{};
  bool powered{true};
  bool ip_forward{false};
  bool reboot_required{false};
  bool unit_active{false};
  bool clamp_loaded{false};
  std::optional<FakeTunnel> tunnel;
  std::string vpc_nic{kVpcNic};
  bool vpc_nic_up{true};
  int rp_filter{2};
  std::vector<Cidr> loopback;         ///< Addresses that somebody put there; host bits kept.
  std::vector<FakeDefault> defaults;  ///< Those that win over the public interface's.
  std::map<std::string, FakeUndo> undos;
  std::vector<FakeRoute> routes;  ///< Beside those of its own networks.
  std::optional<SystemTime> bootstrap_began;
  std::string bootstrap_kind;

  // How it behaves
  seconds clock_ahead{0};
  int write_status{0};  ///< With which every write to /etc/wireguard fails.
  milliseconds boot_takes{15000};
  milliseconds cloud_init_takes{20000};
  milliseconds bootstrap_takes{15000};
  bool update_asks_for_reboot{true};
  bool mirror_reachable{true};

  [[nodiscard]] std::string boot_id() const {
    return "b0070000-0000-4000-8000-" + std::string(12 - std::to_string(boots).size(), '0') +
           std::to_string(boots);
  }
  [[nodiscard]] bool up(SystemTime now) const { return booted_at + boot_takes <= now; }

  /// A file's content, or "".
  [[nodiscard]] std::string text(const std::string& path) const {
    const auto file = files.find(path);
    return file == files.end() ? "" : file->second.content;
  }
  /// A session with the peer carries traffic; WireGuard begins a new one every two minutes.
  void shake_hands(FakePeer& peer, SystemTime now) const {
    peer.carried = now;
    if (now - peer.began < minutes{2}) return;
    peer.began = now;
    peer.handshake = now + clock_ahead;
  }
  /// What a person edits, or a test looks at: the decisive rule wins, as in iptables.
  [[nodiscard]] bool ufw_lets(bool routed, const std::vector<std::string>& matches) const {
    if (!ufw_installed || !ufw_enabled) return true;
    for (const UfwRule& rule : ufw_rules) {
      const bool hits = std::find(matches.begin(), matches.end(), rule.match) != matches.end();
      if (rule.routed == routed && hits) return rule.verb == "allow";
    }
    return false;
  }
  [[nodiscard]] const FakeRoute* route_to(Ipv4 address) const {
    const FakeRoute* best = nullptr;
    for (const FakeRoute& route : routes) {
      if (!route.destination.contains(address)) continue;
      if (best == nullptr || route.destination.prefix > best->destination.prefix) best = &route;
    }
    return best;
  }
};

}  // namespace vpcp::testing
