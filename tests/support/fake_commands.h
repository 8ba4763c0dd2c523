#pragma once
#include <span>
#include <string>

#include "domain/host/commands.h"
#include "support/fake_host.h"
#include "support/fake_wireguard.h"

/// What the commands of domain/host do to a FakeHost. An unknown command fails with status 127, as on a host.
namespace vpcp::testing {

inline CommandOutput succeeded(std::string out = "") {
  return {0, std::move(out), ""};
}
inline CommandOutput failed(std::string why, int status = 1) {
  return {status, "", std::move(why)};
}

/// Boots the host anew: only what lies on its disk is left.
inline void reboot_host(FakeHost& host, SystemTime now) {
  ++host.boots;
  host.booted_at = now;
  host.reboot_required = false;
  host.unit_active = false;
  host.clamp_loaded = false;
  host.bootstrap_began.reset();
  host.routes.clear();
  host.vpc_nic = FakeHost::kVpcNic;
  host.vpc_nic_up = true;
  host.rp_filter = 2;
  host.loopback.clear();
  host.defaults.clear();
  host.undos.clear();
  drop_tunnel(host);
  const std::string sysctl = host.text("/etc/sysctl.d/99-vpcp.conf");
  host.ip_forward = sysctl.find("net.ipv4.ip_forward=1") != std::string::npos ||
                    sysctl.find("net.ipv4.ip_forward = 1") != std::string::npos;
  // The netplan drop-in: "to:" and "via:" lines, in pairs.
  std::istringstream lines(host.text("/etc/netplan/60-vpcp.yaml"));
  std::optional<Cidr> to;
  for (std::string word; lines >> word;) {
    std::string value;
    if (word == "to:" && lines >> value) to = Cidr::parse(value);
    if (word == "via:" && lines >> value && to) {
      host.routes.push_back({*to, Ipv4::parse(value), FakeHost::kVpcNic});
    }
  }
  if (host.unit_enabled) start_tunnel(host);
}

/// Lets what runs on the host by itself get as far as it would have by now.
inline void let_time_pass(FakeHost& host, SystemTime now) {
  std::erase_if(host.undos, [&](const auto& entry) {
    const FakeUndo& undo = entry.second;
    if (undo.due > now) return false;
    host.routes.insert(host.routes.begin(), undo.routes.begin(), undo.routes.end());
    host.defaults.insert(host.defaults.begin(), undo.defaults.begin(), undo.defaults.end());
    if (undo.added) std::erase(host.ufw_rules, *undo.added);
    for (const UfwRule& rule : undo.taken_out)
      host.ufw_rules.insert(rule.verb == "allow" ? host.ufw_rules.end() : host.ufw_rules.begin(), rule);
    return true;
  });
  if (!host.bootstrap_began || *host.bootstrap_began + host.bootstrap_takes > now) return;
  host.bootstrap_began.reset();
  const bool server = host.bootstrap_kind == "server";
  if (!host.mirror_reachable && !server) {
    host.bootstrap_failed = "0\nE: Failed to fetch the package lists\n";
    return;
  }
  if (!server) host.wireguard_installed = true;
  const bool reboot = host.update_asks_for_reboot && host.bootstrap_kind != "install" && host.boots == 1;
  host.reboot_required = host.reboot_required || reboot;
  host.bootstrap_done = std::string(host.mirror_reachable ? "ok " : "errors ") + host.boot_id() +
                        (host.reboot_required ? " yes\n" : " no\n");
}

/// One command on one host.
class CommandRun {
 public:
  CommandRun(FakeHost& host, const Command& command, SystemTime now)
      : host_(host), name_(command_name(command)), args_(command_arguments(command)), now_(now) {
    if (!command.input.empty()) input_ = command.input.reveal();
  }

  CommandOutput run() {
    host_.state_folder = host_.state_folder || name_.starts_with("vpcp-keep") || name_ == "vpcp-claim" ||
                         name_ == "vpcp-start-bootstrap";
    if (name_ == "vpcp-write-file" || name_ == "vpcp-write-netplan") return write_file();
    if (name_ == "vpcp-keep-files") return keep_files();
    if (name_ == "vpcp-restore-files") return restore_files();
    if (name_ == "vpcp-claim") return host_.owner = args_[0], succeeded();
    if (name_ == "vpcp-keep-routes") return keep_routes();
    if (name_ == "vpcp-return-routes") return return_routes();
    if (name_ == "vpcp-forget") return forget();
    if (name_ == "vpcp-start-bootstrap") return start_bootstrap();
    if (name_ == "vpcp-reboot") return reboot_host(host_, now_), succeeded();
    if (name_ == "vpcp-make-host-key") return make_host_key();
    if (name_ == "vpcp-activate-host-key") return activate_host_key();
    if (name_ == "nft") return load_clamp();
    if (name_ == "sysctl") return set_kernel_value();
    if (name_ == "vpcp-drop-routes") return drop_routes();
    if (name_ == "vpcp-confirm")
      return host_.undos.erase(args_[0]) > 0 ? succeeded() : failed("not loaded", 5);
    if (name_ == "vpcp-ufw-allow") return allow_in_ufw();
    if (name_ == "systemctl") return enable_unit();
    if (name_ == "vpcp-unmask-unit") return host_.unit_masked = false, succeeded();
    if (name_ == "vpcp-sync-tunnel")
      return digest_fits(1) && sync_tunnel(host_, input_) ? succeeded() : failed("wg: no");
    if (name_ == "vpcp-restart-tunnel") return restart_tunnel();
    if (name_ == "vpcp-delete-address") return delete_address();
    if (name_ == "vpcp-delete-route") return delete_tunnel_route();
    if (name_ == "ip") return ip();
    return failed("sh: not found: " + name_, 127);
  }

 private:
  [[nodiscard]] bool digest_fits(std::size_t arg) const {
    return args_.size() > arg && sha256_hex(input_) == args_[arg];
  }
  CommandOutput write_file() {
    const bool netplan = name_ == "vpcp-write-netplan";
    if (!digest_fits(netplan ? 1 : 2)) return failed("the input was cut short");
    if (host_.write_status != 0 && args_[0].starts_with("/etc/wireguard/"))
      return failed("it cannot be written", host_.write_status);
    host_.files[args_[0]] = {input_, netplan ? "600" : args_[1]};
    return succeeded();
  }
  CommandOutput keep_files() {
    for (const std::string& path : args_) {
      if (host_.kept_files.contains(path)) continue;
      const auto file = host_.files.find(path);
      host_.kept_files[path] = file == host_.files.end() ? std::nullopt : std::optional(file->second);
    }
    return succeeded();
  }
  CommandOutput restore_files() {
    for (const auto& [path, file] : host_.kept_files) {
      host_.files.erase(path);
      if (file) host_.files[path] = *file;
    }
    return succeeded();
  }
  CommandOutput keep_routes() {
    for (const std::string& destination : args_) {
      if (host_.kept_routes.contains(destination)) continue;
      std::string& note = host_.kept_routes[destination];
      for (const FakeRoute& route : host_.routes) {
        if (route.destination.str() != destination) continue;
        note = destination + (route.via ? " via " + route.via->str() : "") + " dev " + route.dev;
      }
    }
    return succeeded();
  }
  CommandOutput return_routes() {
    std::vector<std::string> chosen(args_.begin(), args_.end());
    if (chosen.empty()) {
      for (const auto& [destination, note] : host_.kept_routes) chosen.push_back(destination);
    }
    for (const std::string& destination : chosen) {
      const auto note = host_.kept_routes.find(destination);
      if (note == host_.kept_routes.end()) continue;
      std::erase_if(host_.routes, [&](const FakeRoute& r) { return r.destination.str() == destination; });
      const std::vector<std::string> words = split(note->second, ' ');
      if (words.size() == 5)
        host_.routes.push_back({*Cidr::parse(words[0]), Ipv4::parse(words[2]), words[4]});
      host_.kept_routes.erase(note);
    }
    return succeeded();
  }
  CommandOutput forget() {
    host_.kept_files.clear();
    host_.kept_routes.clear();
    host_.owner.clear();
    host_.bootstrap_done.clear();
    host_.bootstrap_failed.clear();
    host_.state_folder = false;
    return succeeded();
  }
  CommandOutput start_bootstrap() {
    if (host_.bootstrap_began) return succeeded();
    host_.bootstrap_done.clear();
    host_.bootstrap_failed.clear();
    host_.bootstrap_kind = args_[0];
    host_.bootstrap_began = now_;
    return succeeded();
  }
  CommandOutput make_host_key() {
    if (host_.new_host_key.empty()) {
      host_.new_host_key = new_ssh_key_pair().public_key;
      ++host_.host_keys_made;
    }
    return succeeded(host_.new_host_key + " vpcp\n");
  }
  CommandOutput activate_host_key() {
    if (!host_.new_host_key.empty()) host_.host_key = std::exchange(host_.new_host_key, "");
    return succeeded();
  }
  CommandOutput load_clamp() {
    if (!host_.files.contains(args_[1])) return failed("nft: no such file");
    host_.clamp_loaded = true;
    return succeeded();
  }
  /// What there is of our rule goes, and it is added, before all others or after them.
  CommandOutput allow_in_ufw() {
    UfwRule rule{args_[2] == "route", "allow", ""};
    for (const std::string& word : args_.subspan(3)) rule.match += (rule.match.empty() ? "" : " ") + word;
    FakeUndo undo{.due = now_ + seconds{20}, .added = rule};
    auto& rules = host_.ufw_rules;
    std::erase_if(rules, [&](const UfwRule& r) {
      const bool goes = r.routed == rule.routed && r.match == rule.match;
      if (goes) undo.taken_out.push_back(r);
      return goes;
    });
    rules.insert(args_[1] == "first" ? rules.begin() : rules.end(), rule);
    if (const auto armed = host_.undos.find(args_[0]); armed != host_.undos.end()) {
      armed->second.due = undo.due;  // it knows what was there before a run that was cut short
    } else {
      host_.undos[args_[0]] = std::move(undo);
    }
    return succeeded();
  }
  CommandOutput enable_unit() {
    if (args_[0] != "enable") return failed("systemctl: unknown verb " + args_[0]);
    if (host_.unit_masked) return failed("the unit is masked");
    host_.unit_enabled = true;
    return succeeded();
  }
  CommandOutput restart_tunnel() {
    drop_tunnel(host_);
    host_.unit_active = false;
    return start_tunnel(host_) ? succeeded() : failed("wg-quick: no");
  }
  CommandOutput set_kernel_value() {
    if (args_[1] == "net.ipv4.ip_forward=1") return host_.ip_forward = true, succeeded();
    if (args_[1] == "net.ipv4.conf.wg0.rp_filter=2") return host_.rp_filter = 2, succeeded();
    return failed("sysctl: " + args_[1]);
  }
  CommandOutput drop_routes() {
    FakeUndo undo{.due = now_ + seconds{20}};
    if (args_[1] == "default") std::swap(undo.defaults, host_.defaults);
    std::erase_if(host_.routes, [&](const FakeRoute& r) {
      const bool goes = r.destination.str() == args_[1] && r.dev != args_[2];
      if (goes) undo.routes.push_back(r);
      return goes;
    });
    host_.undos[args_[0]] = std::move(undo);
    return succeeded();
  }
  CommandOutput delete_address() {
    const auto address = parse_address(args_[0]);
    if (address && args_[1] == "lo") std::erase(host_.loopback, *address);
    if (host_.tunnel && address) std::erase(host_.tunnel->addresses, *address);
    return succeeded();
  }
  CommandOutput delete_tunnel_route() {
    std::erase_if(host_.routes,
                  [&](const FakeRoute& r) { return r.dev == args_[1] && r.destination.str() == args_[0]; });
    return succeeded();
  }
  CommandOutput ip() {
    if (args_[0] == "route") return replace_route();
    if (args_[0] == "link" && args_[3] == host_.vpc_nic) return host_.vpc_nic_up = true, succeeded();
    if (!host_.tunnel) return failed("Cannot find device \"wg0\"");
    if (args_[0] == "link") {
      host_.tunnel->mtu = std::stoi(args_[5]);
      return succeeded();
    }
    const auto address = parse_address(args_[2]);
    if (!address) return failed("ip: not an address");
    std::erase(host_.tunnel->addresses, *address);
    host_.tunnel->addresses.push_back(*address);
    add_tunnel_route(host_, network_of(*address));
    return succeeded();
  }
  CommandOutput replace_route() {
    const auto destination = Cidr::parse(args_[2]);
    const std::string& dev = args_.back();
    if (!destination || (dev == "wg0" && !host_.tunnel)) return failed("Cannot find device");
    if (dev != "wg0" && dev != host_.vpc_nic) return failed("Cannot find device");
    if (dev == host_.vpc_nic && !host_.vpc_nic_up) return failed("Network is down");
    FakeRoute route{*destination, std::nullopt, dev};
    if (args_[3] == "via") route.via = Ipv4::parse(args_[4]);
    std::erase_if(host_.routes, [&](const FakeRoute& r) { return r.destination == *destination; });
    host_.routes.push_back(route);
    return succeeded();
  }

  FakeHost& host_;
  std::string name_;
  std::span<const std::string> args_;
  std::string input_;
  SystemTime now_;
};

}  // namespace vpcp::testing
