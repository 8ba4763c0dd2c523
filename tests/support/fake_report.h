#pragma once
#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "support/fake_host.h"
#include "vpcp/base/secret.h"

/// What `vpcp-look` prints on a FakeHost.
namespace vpcp::testing {

class FakeReport {
 public:
  /// `lasting`: without what changes all the time (the clock, handshakes, counters), and files as they are.
  FakeReport(const FakeHost& host, SystemTime now, bool lasting)
      : host_(host), now_(now), lasting_(lasting) {}

  std::string all() {
    plain();
    gateway_part();
    netplan_nic();
    files({"/etc/wireguard/wg0.conf", "/etc/sysctl.d/99-vpcp.conf", "/etc/vpcp/mss.nft",
           "/etc/netplan/60-vpcp.yaml", "/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg"});
    network();
    return out_;
  }
  std::string text(bool gateway) {
    line("vpcp-report 1");
    plain();
    if (gateway) {
      gateway_part();
      files({"/etc/wireguard/wg0.conf", "/etc/sysctl.d/99-vpcp.conf", "/etc/vpcp/mss.nft"});
    } else {
      netplan_nic();
      files({"/etc/netplan/60-vpcp.yaml", "/etc/cloud/cloud.cfg.d/99-disable-network-config.cfg"});
    }
    network();
    line("@end");
    return out_;
  }

 private:
  /// Reports are most of what a simulation does: no string is made that is only a part of another.
  template <class... Parts>
  void add(const Parts&... parts) {
    (out_ += ... += parts);
  }
  template <class... Parts>
  void line(const Parts&... parts) {
    add(parts..., '\n');
  }
  void flag(bool is_set, std::string_view text) {
    if (is_set) line(text);
  }
  void lines(std::string_view prefix, std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      line(prefix, " ", text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  [[nodiscard]] std::string digest(const std::string& text) const {
    return lasting_ ? text : sha256_hex(text);
  }
  static std::string epoch(SystemTime time) {
    return std::to_string(std::chrono::duration_cast<seconds>(time.time_since_epoch()).count());
  }

  void plain() {
    line("boot_id ", host_.boot_id());
    line("ip_forward ", host_.ip_forward ? "1" : "0");
    line("os ", host_.os_id, " ", host_.os_version);
    if (!lasting_) line("clock ", epoch(now_ + host_.clock_ahead));
    line("cloud_init_enabled");
    flag(host_.boots > 1 || host_.booted_at + host_.cloud_init_takes <= now_, "cloud_init_done");
    line("cloud_config");
    flag(host_.reboot_required, "reboot_required");
    flag(host_.netplan, "netplan");
    flag(host_.state_folder, "state_folder");
    flag(host_.bootstrap_began.has_value(), "bootstrap_running");
    lines("bootstrap_done", host_.bootstrap_done);
    lines("bootstrap_failed", host_.bootstrap_failed);
    if (!host_.owner.empty()) line("owner ", host_.owner);
    for (const auto& [path, file] : host_.kept_files) line("kept_file ", file ? "file " : "absent ", path);
    for (const auto& [destination, note] : host_.kept_routes) line("kept_route ", destination, "\t", note);
    line("host_key ", host_.host_key, " root@host");
    for (const auto& [token, undo] : host_.undos) line("undo ", token);
  }

  void gateway_part() {
    flag(host_.wireguard_installed, "wireguard_installed");
    flag(host_.unit_active, "unit_active");
    flag(host_.unit_enabled, "unit_enabled");
    flag(host_.unit_masked, "unit_masked");
    line("rp_filter 0");
    line("rp_filter ", std::to_string(host_.rp_filter));
    if (host_.tunnel) tunnel(*host_.tunnel);
    if (host_.files.contains("/etc/vpcp/mss.nft")) {
      line("@clamp");
      if (host_.clamp_loaded)
        line("oifname \"wg0\" tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu");
    }
    if (host_.ufw_installed) ufw();
  }

  void netplan_nic() {
    std::istringstream in(host_.text("/etc/netplan/60-vpcp.yaml"));
    std::string text;
    for (int i = 0; i < 5; ++i) {
      if (!std::getline(in, text)) return;
    }
    line("netplan_nic ", text);
  }

  void tunnel(const FakeTunnel& tunnel) {
    line("tunnel ", tunnel.public_key, " ", std::to_string(tunnel.port));
    std::string keys;
    for (const FakePeer& peer : tunnel.peers) {
      std::string allowed;
      for (const Cidr& network : peer.allowed_ips) allowed += (allowed.empty() ? "" : ",") + network.str();
      line("peer ", peer.public_key, " ", peer.endpoint ? peer.endpoint->str() : "(none)", " ",
           allowed.empty() ? "(none)" : allowed, " ",
           peer.keepalive == 0 ? "off" : std::to_string(peer.keepalive),
           lasting_ ? "" : " " + epoch(peer.handshake) + " " + traffic(peer) + " " + traffic(peer),
           peer.preshared_key.empty() ? " open" : " psk");
      keys += (peer.preshared_key.empty() ? "(none)" : peer.preshared_key) + "\n";
    }
    line("preshared ", digest(keys), "  -");
  }
  /// Some hundred bytes a second since the boot, as long as there is a session.
  [[nodiscard]] std::string traffic(const FakePeer& peer) const {
    if (peer.carried == SystemTime{}) return "0";
    return std::to_string(100 * std::chrono::duration_cast<seconds>(peer.carried - host_.booted_at).count());
  }

  void ufw() {
    line("@ufw");
    line("ENABLED=", host_.ufw_enabled ? "yes" : "no");
    for (const UfwRule& rule : host_.ufw_rules) line("### tuple ### ", tuple(rule));
    line("@filter");
    if (!host_.ufw_enabled) return;
    line("-N ufw-user-forward");
    for (const UfwRule& rule : host_.ufw_rules) line(filter(rule));
  }
  static std::string tuple(const UfwRule& rule) {
    if (!rule.routed) {
      const std::size_t slash = rule.match.find('/');
      return rule.verb + " " + rule.match.substr(slash + 1) + " " + rule.match.substr(0, slash) +
             " 0.0.0.0/0 any 0.0.0.0/0 in";
    }
    const bool in = rule.match.starts_with("in on ");
    const bool out = rule.match.starts_with("out on ");
    return "route:" + rule.verb + " any any 0.0.0.0/0 any 0.0.0.0/0" +
           (in    ? " in_" + rule.match.substr(6)
            : out ? " out_" + rule.match.substr(7)
                  : "");
  }
  static std::string filter(const UfwRule& rule) {
    const std::string target = rule.verb == "allow" ? " -j ACCEPT" : " -j DROP";
    if (!rule.routed) {
      const std::size_t slash = rule.match.find('/');
      const std::string protocol = rule.match.substr(slash + 1);
      return "-A ufw-user-input -p " + protocol + " -m " + protocol + " --dport " +
             rule.match.substr(0, slash) + target;
    }
    const bool in = rule.match.starts_with("in on ");
    const bool out = rule.match.starts_with("out on ");
    return "-A ufw-user-forward" +
           (in    ? " -i " + rule.match.substr(6)
            : out ? " -o " + rule.match.substr(7)
                  : "") +
           target;
  }

  void files(const std::vector<std::string>& paths) {
    std::string digests;
    std::string permissions;
    for (const std::string& path : paths) {
      const auto file = host_.files.find(path);
      if (file == host_.files.end()) continue;
      digests += digest(file->second.content) + "  " + path + "\n";
      permissions += file->second.mode + " 0:0 " + path + "\n";
    }
    if (!digests.empty()) out_ += "@digests\n" + digests + "@permissions\n" + permissions;
  }

  void network() {
    line("@network");
    add("[");
    const std::array<Cidr, 1> localhost{Cidr{{0x7f000001}, 8}};
    link("lo", 65536, true, localhost, host_.loopback);
    const auto nic = [&](std::string_view name, const std::optional<Ipv4>& address, std::uint8_t prefix,
                         int mtu, bool up) {
      if (address) add(","), link(name, mtu, up, std::array{Cidr{*address, prefix}});
    };
    nic(FakeHost::kPublicNic, host_.public_address, 23, 1500, true);
    nic(host_.vpc_nic, host_.vpc_address, host_.vpc.prefix, 1450, host_.vpc_nic_up);
    if (host_.tunnel) add(","), link("wg0", host_.tunnel->mtu, true, host_.tunnel->addresses);
    line("]");
    routes();
  }
  void routes() {
    add("[");
    const std::size_t first = out_.size();
    const auto route = [&](std::string_view destination, const std::optional<Ipv4>& via, std::string_view dev,
                           std::string_view protocol) {
      add(out_.size() == first ? "" : ",", "{\"dst\":\"", destination, "\"");
      if (via) add(",\"gateway\":\"", via->str(), "\"");
      add(",\"dev\":\"", dev, "\",\"protocol\":\"", protocol, "\",\"flags\":[]}");
    };
    const auto own = [&](Ipv4 address, std::uint8_t prefix, std::string_view dev) {
      route(network_of({address, prefix}).str(), {}, dev, "kernel");
    };
    if (host_.public_address) own(*host_.public_address, 23, FakeHost::kPublicNic);
    if (host_.vpc_address && host_.vpc_nic_up) own(*host_.vpc_address, host_.vpc.prefix, host_.vpc_nic);
    for (const FakeDefault& d : host_.defaults) route("default", d.via, d.dev, "boot");
    if (host_.public_address) route("default", Ipv4{0xc6130001}, FakeHost::kPublicNic, "dhcp");
    for (const FakeRoute& r : host_.routes)
      route(r.destination.str(), r.via, r.dev, r.via ? "static" : "boot");
    line("]");
  }
  /// As `ip -j address` has it, with the addresses of each list.
  template <class... Lists>
  void link(std::string_view name, int mtu, bool up, const Lists&... addresses) {
    add("{\"ifname\":\"", name, "\",\"flags\":[", up ? "\"UP\",\"LOWER_UP\"" : "",
        "],\"mtu\":", std::to_string(mtu),
        ",\"operstate\":\"UP\",\"address\":\"5a:00:00:00:00:01\",\"addr_info\":[");
    const std::size_t first = out_.size();
    const auto all = [&](const auto& list) {
      for (const Cidr& address : list) {
        add(out_.size() == first ? "" : ",", "{\"family\":\"inet\",\"local\":\"", address.network.str(),
            "\",\"prefixlen\":", std::to_string(address.prefix), "}");
      }
    };
    (all(addresses), ...);
    add("]}");
  }

  const FakeHost& host_;
  SystemTime now_;
  bool lasting_;
  std::string out_;
};

/// What `vpcp-look` prints.
inline std::string host_report(const FakeHost& host, SystemTime now, bool gateway) {
  return FakeReport(host, now, false).text(gateway);
}
/// Everything that a stream would tell the change of.
inline std::string lasting_report(const FakeHost& host, SystemTime now) {
  return FakeReport(host, now, true).all();
}

}  // namespace vpcp::testing
