#include <algorithm>

#include "domain/host/report_lines.h"
#include "domain/host/report_sections.h"

namespace vpcp {
namespace {

constexpr std::size_t kMaxPeers = 1024;

/// "a,b,c" or "(none)". What is not IPv4 is none of ours: it shows as a network that nobody wants.
std::vector<Cidr> read_networks(std::string_view text) {
  std::vector<Cidr> out;
  while (!text.empty() && text != "(none)") {
    const auto one = text.substr(0, text.find(','));
    out.push_back(Cidr::parse(one).value_or(Cidr{}));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

bool read_tunnel(std::string_view rest, HostFacts& facts) {
  const auto words = split_words(rest);
  if (words.size() != 2) return false;
  const auto port = parse_number<std::uint16_t>(words[1]);
  if (!port) return false;
  facts.tunnel.emplace();
  facts.tunnel->public_key = printable(words[0], 64);
  facts.tunnel->listen_port = *port;
  return true;
}

// KEY ENDPOINT ALLOWED-IPS KEEPALIVE HANDSHAKE RECEIVED SENT psk|open
bool read_tunnel_peer(std::string_view rest, HostFacts& facts) {
  const auto words = split_words(rest);
  if (!facts.tunnel || words.size() != 8 || facts.tunnel->peers.size() >= kMaxPeers) return false;
  const auto keepalive = words[3] == "off" ? 0 : parse_number<std::int64_t>(words[3]);
  const auto handshake = parse_number<std::int64_t>(words[4]);
  const auto received = parse_number<std::uint64_t>(words[5]);
  const auto sent = parse_number<std::uint64_t>(words[6]);
  if (!keepalive || !handshake || !received || !sent) return false;
  TunnelPeerFacts peer;
  peer.public_key = printable(words[0], 64);
  peer.endpoint = Endpoint::parse(words[1]);
  peer.allowed_ips = read_networks(words[2]);
  peer.keepalive = seconds(*keepalive);
  peer.latest_handshake = seconds(*handshake);
  peer.received = *received;
  peer.sent = *sent;
  peer.has_preshared_key = words[7] == "psk";
  facts.tunnel->peers.push_back(std::move(peer));
  return true;
}

}  // namespace vpcp
