#pragma once
#include <string>

#include "support/fake_host.h"
#include "vpcp/base/secret.h"

/// What `vpcp-look` prints on a FakeHost.
namespace vpcp::testing {

class FakeReport {
 public:
  FakeReport(const FakeHost& host, SystemTime now) : host_(host), now_(now) {}

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
  void line(const std::string& text) { out_ += text + "\n"; }
  void flag(bool is_set, const std::string& text) {
    if (is_set) line(text);
  }
  void lines(const std::string& prefix, const std::string& text) {
    std::istringstream in(text);
    for (std::string one; std::getline(in, one);) line(prefix + " " + one);
  }
  static std::string epoch(SystemTime time) {
    return std::to_string(std::chrono::duration_cast<seconds>(time.time_since_epoch()).count());
  }

  void plain() {
    line("boot_id " + host_.boot_id());
    line(std::string("ip_forward ") + (host_.ip_forward ? "1" : "0"));
    line("os " + host_.os_id + " " + host_.os_version);
    line("clock " + epoch(now_ + host_.clock_ahead));
    line("cloud_init_enabled");
    flag(host_.boots > 1 || host_.booted_at + host_.cloud_init_takes <= now_, "cloud_init_done");
    line("cloud_config");
    flag(host_.reboot_required, "reboot_required");
    flag(host_.netplan, "netplan");
    flag(host_.state_folder, "state_folder");
    flag(host_.bootstrap_began.has_value(), "bootstrap_running");
    lines("bootstrap_done", host_.bootstrap_done);
    lines("bootstrap_failed", host_.bootstrap_failed);
    if (!host_.owner.empty()) line("owner " + host_.owner);
    for (const auto& [path, file] : host_.kept_files)
      line("kept_file " + std::string(file ? "file " : "absent ") + path);
    for (const auto& [destination, note] : host_.kept_routes) line("kept_route " + destination + "\t" + note);
    line("host_key " + host_.host_key + " root@host");
    for (const auto& [token, undo] : host_.undos) line("undo " + token);
  }

  void gateway_part() {
    flag(host_.wireguard_installed, "wireguard_installed");
    flag(host_.unit_active, "unit_active");
    flag(host_.unit_enabled, "unit_enabled");
    flag(host_.unit_masked, "unit_masked");
    line("rp_filter 0");
    line("rp_filter " + std::to_string(host_.rp_filter));
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
    line("netplan_nic " + text);
  }

  void tunnel(const FakeTunnel& tunnel) {
    line("tunnel " + tunnel.public_key + " " + std::to_string(tunnel.port));
    std::string keys;
    for (const FakePeer& peer : tunnel.peers) {
      std::string allowed;
      for (const Cidr& network : peer.allowed_ips) allowed += (allowed.empty() ? "" : ",") + network.str();
      line("peer " + peer.public_key + " " + (peer.endpoint ? peer.endpoint->str() : "(none)") + " " +
           (allowed.empty() ? "(none)" : allowed) + " " +
           (peer.keepalive == 0 ? "off" : std::to_string(peer.keepalive)) + " " + epoch(peer.handshake) +
           " " + traffic(peer) + " " + traffic(peer) + (peer.preshared_key.empty() ? " open" : " psk"));
      keys += (peer.preshared_key.empty() ? "(none)" : peer.preshared_key) + "\n";
    }
    line("preshared " + sha256_hex(keys) + "  -");
  }
  /// Some hundred bytes a second since the boot, as long as there is a session.
  [[nodiscard]] std::string traffic(const FakePeer& peer) const {
    if (peer.carried == SystemTime{}) return "0";
    return std::to_string(100 * std::chrono::duration_cast<seconds>(peer.carried - host_.booted_at).count());
  }

  void ufw() {
    line("@ufw");
    line(std::string("ENABLED=") + (host_.ufw_enabled ? "yes" : "no"));
    for (const UfwRule& rule : host_.ufw_rules) line("### tuple ### " + tuple(rule));
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
      digests += sha256_hex(file->second.content) + "  " + path + "\n";
      permissions += file->second.mode + " 0:0 " + path + "\n";
    }
    if (!digests.empty()) out_ += "@digests\n" + digests + "@permissions\n" + permissions;
  }

  void network() {
    line("@network");
    std::string loopback = address_json(Cidr{{0x7f000001}, 8});
    for (const Cidr& address : host_.loopback) loopback += "," + address_json(address);
    std::string links = link_json("lo", 65536, loopback, true);
    std::string routes;
    const auto add_link = [&](const std::string& name, const std::optional<Ipv4>& address, int prefix,
                              int mtu, bool up) {
      if (!address) return;
      const Cidr own{*address, static_cast<std::uint8_t>(prefix)};
      links += "," + link_json(name, mtu, address_json(own), up);
      if (!up) return;
      routes += (routes.empty() ? "" : ",") + route(network_of(own).str(), "", name, "kernel");
    };
    add_link(FakeHost::kPublicNic, host_.public_address, 23, 1500, true);
    add_link(host_.vpc_nic, host_.vpc_address, host_.vpc.prefix, 1450, host_.vpc_nic_up);
    for (const FakeDefault& d : host_.defaults)
      routes += (routes.empty() ? "" : ",") + route("default", d.via.str(), d.dev, "boot");
    if (host_.public_address)
      routes += (routes.empty() ? "" : ",") + route("default", "198.19.0.1", FakeHost::kPublicNic, "dhcp");
    if (host_.tunnel) links += "," + tunnel_link(*host_.tunnel);
    for (const FakeRoute& r : host_.routes) {
      routes += (routes.empty() ? "" : ",") +
                route(r.destination.str(), r.via ? r.via->str() : "", r.dev, r.via ? "static" : "boot");
    }
    line("[" + links + "]");
    line("[" + routes + "]");
  }
  static std::string quoted(const std::string& text) { return "\"" + text + "\""; }
  static std::string address_json(const Cidr& address) {
    return "{\"family\":\"inet\",\"local\":" + quoted(address.network.str()) +
           ",\"prefixlen\":" + std::to_string(address.prefix) + "}";
  }
  static std::string link_json(const std::string& name, int mtu, const std::string& addresses,
                               bool up = true) {
    return "{\"ifname\":" + quoted(name) + ",\"flags\":[" + (up ? "\"UP\",\"LOWER_UP\"" : "") +
           "],\"mtu\":" + std::to_string(mtu) +
           ",\"operstate\":\"UP\",\"address\":\"5a:00:00:00:00:01\",\"addr_info\":[" + addresses + "]}";
  }
  static std::string tunnel_link(const FakeTunnel& tunnel) {
    std::string addresses;
    for (const Cidr& address : tunnel.addresses)
      addresses += (addresses.empty() ? "" : ",") + address_json(address);
    return link_json("wg0", tunnel.mtu, addresses);
  }
  static std::string route(const std::string& destination, const std::string& via, const std::string& dev,
                           const std::string& protocol) {
    return "{\"dst\":" + quoted(destination) + (via.empty() ? "" : ",\"gateway\":" + quoted(via)) +
           ",\"dev\":" + quoted(dev) + ",\"protocol\":" + quoted(protocol) + ",\"flags\":[]}";
  }

  const FakeHost& host_;
  SystemTime now_;
  std::string out_;
};

}  // namespace vpcp::testing
