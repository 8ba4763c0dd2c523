#pragma once
#include <sstream>
#include <string>

#include "domain/keys.h"
#include "support/fake_host.h"

/// wg and wg-quick for a FakeHost.
namespace vpcp::testing {

inline std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

inline std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    if (!trimmed(part).empty()) parts.push_back(trimmed(part));
  }
  return parts;
}

/// "10.10.0.1/24" with the host bits kept: an interface's address.
inline std::optional<Cidr> parse_address(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto address = Ipv4::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int prefix = slash == std::string::npos ? 32 : std::stoi(text.substr(slash + 1));
  return Cidr{*address, static_cast<std::uint8_t>(prefix)};
}
inline Cidr network_of(const Cidr& address) {
  const std::uint32_t mask = address.prefix == 0 ? 0 : ~std::uint32_t{0} << (32 - address.prefix);
  return {{address.network.bits & mask}, address.prefix};
}

struct WgConfig {
  FakeTunnel tunnel;
  std::vector<std::string> post_up;
};

inline void read_peer_line(FakePeer& peer, const std::string& key, const std::string& value) {
  if (key == "PublicKey") peer.public_key = value;
  // A key of zeros is WireGuard's "none".
  if (key == "PresharedKey") peer.preshared_key = value == std::string(43, 'A') + "=" ? "" : value;
  if (key == "Endpoint") peer.endpoint = Endpoint::parse(value);
  if (key == "PersistentKeepalive") peer.keepalive = value == "off" ? 0 : std::stoi(value);
  if (key == "AllowedIPs") {
    for (const std::string& item : split(value, ',')) {
      if (const auto cidr = Cidr::parse(item)) peer.allowed_ips.push_back(*cidr);
    }
  }
}

/// wg0.conf or its stripped form; nullopt when wg would refuse it.
inline std::optional<WgConfig> parse_wg_config(const std::string& text) {
  WgConfig config;
  bool in_peer = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line = trimmed(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    if (line.front() == '[') {
      in_peer = line == "[Peer]";
      if (in_peer) config.tunnel.peers.emplace_back();
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) return std::nullopt;
    const std::string key = trimmed(line.substr(0, equals));
    const std::string value = trimmed(line.substr(equals + 1));
    if (in_peer) {
      read_peer_line(config.tunnel.peers.back(), key, value);
      continue;
    }
    if (key == "PrivateKey") config.tunnel.private_key = value;
    if (key == "ListenPort") config.tunnel.port = std::stoi(value);
    if (key == "MTU") config.tunnel.mtu = std::stoi(value);
    if (key == "PostUp") config.post_up.push_back(value);
    if (key == "Address") {
      for (const std::string& item : split(value, ',')) {
        if (const auto address = parse_address(item)) config.tunnel.addresses.push_back(*address);
      }
    }
  }
  config.tunnel.public_key = wireguard_public_key(Secret::copy_of(config.tunnel.private_key));
  if (config.tunnel.public_key.empty()) return std::nullopt;
  return config;
}

inline void add_tunnel_route(FakeHost& host, const Cidr& destination) {
  for (const FakeRoute& route : host.routes) {
    if (route.dev == "wg0" && route.destination.contains(destination)) return;
  }
  host.routes.push_back({destination, std::nullopt, "wg0"});
}

inline void drop_tunnel(FakeHost& host) {
  host.tunnel.reset();
  std::erase_if(host.routes, [](const FakeRoute& route) { return route.dev == "wg0"; });
}

/// systemctl start wg-quick@wg0: false when it fails.
inline bool start_tunnel(FakeHost& host) {
  const auto config = parse_wg_config(host.text("/etc/wireguard/wg0.conf"));
  if (!host.wireguard_installed || host.unit_masked || !config) return false;
  drop_tunnel(host);
  host.tunnel = config->tunnel;
  host.unit_active = true;
  for (const Cidr& address : host.tunnel->addresses) add_tunnel_route(host, network_of(address));
  for (const FakePeer& peer : host.tunnel->peers) {
    for (const Cidr& network : peer.allowed_ips) add_tunnel_route(host, network);
  }
  for (const std::string& hook : config->post_up) {
    if (hook.find("/etc/vpcp/mss.nft") != std::string::npos)
      host.clamp_loaded = host.files.contains("/etc/vpcp/mss.nft");
  }
  return true;
}

/// As vpcp-sync-tunnel: peers that stay keep their sessions.
inline bool sync_tunnel(FakeHost& host, const std::string& text) {
  const auto config = parse_wg_config(text);
  if (!config || !host.tunnel) return false;
  FakeTunnel& tunnel = *host.tunnel;
  std::vector<FakePeer> peers = config->tunnel.peers;
  for (FakePeer& peer : peers) {
    for (const FakePeer& old : tunnel.peers) {
      if (old.public_key != peer.public_key) continue;
      peer.handshake = old.handshake;
      peer.began = old.began;
      peer.carried = old.carried;
    }
  }
  tunnel.private_key = config->tunnel.private_key;
  tunnel.public_key = config->tunnel.public_key;
  tunnel.port = config->tunnel.port;
  tunnel.peers = peers;
  return true;
}

}  // namespace vpcp::testing
