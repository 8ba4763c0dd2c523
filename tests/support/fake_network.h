#pragma once
#include <map>
#include <string>

#include "support/cloud_world.h"
#include "support/fake_host.h"
#include "support/fake_hosts.h"
#include "support/fake_wireguard.h"

namespace vpcp::testing {

/// Where packets get to between the fake hosts: VPC, WireGuard, routes, forwarding, ufw and the cloud's
/// firewall groups, each looked at as it is now. Values in, answer out.
class FakeNetwork {
 public:
  FakeNetwork(const std::map<InstanceId, FakeHost>& hosts, const CloudWorld& cloud, SystemTime now)
      : hosts_(hosts), cloud_(cloud), now_(now) {}

  /// A packet from `from` to `target` and its answer back.
  [[nodiscard]] bool crosses(const InstanceId& from, Ipv4 target, Traffic traffic) const {
    const FakeHost* sender = running(from);
    if (sender == nullptr) return false;
    const Arrival there = send(*sender, std::nullopt, target, traffic, kHops);
    if (there.host == nullptr) return false;
    const Arrival back = send(*there.host, target, there.source, traffic, kHops);
    return back.host == sender;
  }

  /// A session between the two ends of a peer entry can be, or is, established.
  [[nodiscard]] bool session(const FakeHost& host, const FakePeer& peer) const {
    const FakeHost* remote = owner_of(peer.public_key);
    if (remote == nullptr || !host.tunnel) return false;
    const FakePeer* mine = peer_of(*remote, host.tunnel->public_key);
    if (mine == nullptr || mine->preshared_key != peer.preshared_key) return false;
    return reaches(host, *remote, peer) || reaches(*remote, host, *mine);
  }

 private:
  static constexpr int kHops = 8;
  struct Arrival {
    const FakeHost* host{nullptr};
    Ipv4 source;
  };

  [[nodiscard]] const FakeHost* running(const InstanceId& id) const {
    const auto host = hosts_.find(id);
    return host != hosts_.end() && is_running(id, host->second) ? &host->second : nullptr;
  }
  [[nodiscard]] bool is_running(const InstanceId& id, const FakeHost& host) const {
    const auto machine = cloud_.machines.find(id);
    return machine != cloud_.machines.end() && machine->second.facts.power == PowerState::Running &&
           host.up(now_);
  }
  /// The running host for which `matches` holds.
  template <class F>
  [[nodiscard]] const FakeHost* find(F&& matches) const {
    for (const auto& [id, host] : hosts_) {
      if (matches(host) && is_running(id, host)) return &host;
    }
    return nullptr;
  }
  [[nodiscard]] const FakeHost* owner_of(const std::string& key) const {
    return find([&](const FakeHost& h) { return h.tunnel && h.tunnel->public_key == key; });
  }
  static const FakePeer* peer_of(const FakeHost& host, const std::string& key) {
    if (!host.tunnel) return nullptr;
    for (const FakePeer& peer : host.tunnel->peers) {
      if (peer.public_key == key) return &peer;
    }
    return nullptr;
  }
  static bool has_address(const FakeHost& host, Ipv4 address) {
    if (host.vpc_address == address || host.public_address == address) return true;
    const auto is_it = [&](const Cidr& a) { return a.network == address; };
    if (std::any_of(host.loopback.begin(), host.loopback.end(), is_it)) return true;
    if (!host.tunnel) return false;
    const auto& own = host.tunnel->addresses;
    return std::any_of(own.begin(), own.end(), is_it);
  }

  /// UDP from one gateway's public address to the endpoint that it knows of the other.
  [[nodiscard]] bool reaches(const FakeHost& from, const FakeHost& to, const FakePeer& peer) const {
    if (!from.defaults.empty()) return false;  // they leave by another way
    if (!peer.endpoint || !from.public_address || to.public_address != peer.endpoint->address) return false;
    if (to.tunnel->port != peer.endpoint->port) return false;
    const std::string port = std::to_string(peer.endpoint->port);
    return to.ufw_lets(false, {port + "/udp", port}) && group_lets(to, *from.public_address, port);
  }
  [[nodiscard]] bool group_lets(const FakeHost& to, Ipv4 source, const std::string& port) const {
    for (const auto& [id, machine] : cloud_.machines) {
      const Instance& instance = machine.facts;
      if (instance.public_ip != to.public_address || !instance.firewall_group) continue;
      const auto group = cloud_.groups.find(*instance.firewall_group);
      if (group == cloud_.groups.end()) continue;
      const auto& rules = group->second.rules;
      return std::any_of(rules.begin(), rules.end(), [&](const FirewallRule& r) {
        return r.rule.protocol == RuleProtocol::Udp && r.rule.port == port && r.rule.source.contains(source);
      });
    }
    return true;  // No group: everything is open.
  }

  /// The host where a packet from `host` ends; `source` is fixed for an answer and for a forwarded packet.
  [[nodiscard]] Arrival send(const FakeHost& host, std::optional<Ipv4> source, Ipv4 target, Traffic traffic,
                             int hops) const {
    if (has_address(host, target)) return {&host, source.value_or(target)};
    if (hops == 0) return {};
    if (const FakeRoute* route = host.route_to(target); route != nullptr) {
      if (route->dev == "wg0") return send_by_tunnel(host, source, target, traffic, hops);
      if (route->via) return send_in_vpc(host, source, *route->via, target, traffic, hops);
    }
    if (!host.vpc_address || !host.vpc.contains(target)) return {};
    return send_in_vpc(host, source, target, target, traffic, hops);
  }
  [[nodiscard]] Arrival send_in_vpc(const FakeHost& host, std::optional<Ipv4> source, Ipv4 hop, Ipv4 target,
                                    Traffic traffic, int hops) const {
    const FakeHost* next = find([&](const FakeHost& h) { return h.vpc == host.vpc && h.vpc_address == hop; });
    if (next == nullptr || !host.vpc_address || !host.vpc_nic_up || !next->vpc_nic_up) return {};
    const Ipv4 from = source.value_or(*host.vpc_address);
    return arrive(*next, from, target, traffic, hops, FakeHost::kVpcNic);
  }
  [[nodiscard]] Arrival send_by_tunnel(const FakeHost& host, std::optional<Ipv4> source, Ipv4 target,
                                       Traffic traffic, int hops) const {
    if (!host.tunnel || host.tunnel->addresses.empty()) return {};
    const Ipv4 from = source.value_or(host.tunnel->addresses.front().network);
    for (const FakePeer& peer : host.tunnel->peers) {
      if (!allows(peer, target)) continue;
      const FakeHost* remote = owner_of(peer.public_key);
      const FakePeer* back = remote == nullptr ? nullptr : peer_of(*remote, host.tunnel->public_key);
      if (back == nullptr || !allows(*back, from) || !session(host, peer)) return {};
      return arrive(*remote, from, target, traffic, hops, "wg0");
    }
    return {};
  }
  static bool allows(const FakePeer& peer, Ipv4 address) {
    return std::any_of(peer.allowed_ips.begin(), peer.allowed_ips.end(),
                       [&](const Cidr& network) { return network.contains(address); });
  }
  /// At its target, or forwarded: ufw lets an echo request through whatever its rules say.
  [[nodiscard]] Arrival arrive(const FakeHost& host, Ipv4 source, Ipv4 target, Traffic traffic, int hops,
                               const std::string& nic) const {
    if (has_address(host, target)) return {&host, source};
    if (!host.ip_forward) return {};
    const FakeRoute* route = host.route_to(target);
    const std::string out = route != nullptr ? route->dev : FakeHost::kVpcNic;
    if (traffic == Traffic::Tcp && !host.ufw_lets(true, {"in on " + nic, "out on " + out, ""})) return {};
    return send(host, source, target, traffic, hops - 1);
  }

  const std::map<InstanceId, FakeHost>& hosts_;
  const CloudWorld& cloud_;
  SystemTime now_;
};

}  // namespace vpcp::testing
