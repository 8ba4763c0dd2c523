#include "domain/wireguard/peer_diff.h"

#include <algorithm>
#include <vector>

#include "vpcp/base/secret.h"

namespace vpcp {
namespace {

/// For each observed peer the desired one with its public key, null when there is none. By way of a sorted
/// list: a gateway of a large mesh has many peers, and a tree or table takes a node for each.
std::vector<const DesiredPeer*> wanted_peers(const DesiredGateway& desired, const TunnelFacts& observed) {
  const auto key = [](const DesiredPeer* peer) -> const std::string& { return peer->public_key; };
  std::vector<const DesiredPeer*> sorted;
  sorted.reserve(desired.peers.size());
  for (const DesiredPeer& peer : desired.peers) sorted.push_back(&peer);
  std::ranges::sort(sorted, {}, key);
  std::vector<const DesiredPeer*> wanted;
  wanted.reserve(observed.peers.size());
  for (const TunnelPeerFacts& peer : observed.peers) {
    const auto found = std::ranges::lower_bound(sorted, peer.public_key, {}, key);
    const bool is_there = found != sorted.end() && key(*found) == peer.public_key;
    wanted.push_back(is_there ? *found : nullptr);
  }
  return wanted;
}

std::string differences(const DesiredGateway& gateway, const DesiredPeer& wanted,
                        const TunnelPeerFacts& peer) {
  std::string out;
  const auto add = [&](bool differs, const char* what) {
    if (differs) out += (out.empty() ? "" : ", ") + std::string(what);
  };
  add(wanted.endpoint && wanted.endpoint != peer.endpoint, "endpoint");
  const auto& networks = wanted.allowed_ips;
  add(!std::is_permutation(networks.begin(), networks.end(), peer.allowed_ips.begin(),
                           peer.allowed_ips.end()),
      "allowed addresses");
  add(gateway.persistent_keepalive != peer.keepalive, "keepalive");
  add(wanted.preshared_key.has_value() != peer.has_preshared_key, "preshared key");
  return out;
}

/// The digest that the host computes over its peers, in the order in which it lists them.
std::string preshared_digest(const std::vector<const DesiredPeer*>& wanted) {
  std::string text;
  text.reserve(64 * (wanted.size() + 1));
  for (const DesiredPeer* peer : wanted) {
    if (peer != nullptr && peer->preshared_key) {
      text += peer->preshared_key->reveal();
    } else {
      text += "(none)";
    }
    text += "\n";
  }
  std::string digest = sha256_hex(text);
  wipe(text);
  return digest;
}

/// Of a public key, which is no secret, but as little of a person's business as a whole.
std::string fingerprint(const std::string& public_key) {
  return "SHA256:" + sha256_hex(public_key).substr(0, 16);
}

/// What the observed peer has taken of networks that lie behind others. WireGuard sends by the narrowest.
void find_overlaps(const DesiredGateway& desired, const TunnelPeerFacts& observed, const std::string& name,
                   std::vector<std::string>& out) {
  for (const DesiredPeer& other : desired.peers) {
    if (other.public_key == observed.public_key) continue;
    for (const Cidr& taken : observed.allowed_ips) {
      const bool overlaps =
          std::any_of(other.allowed_ips.begin(), other.allowed_ips.end(),
                      [&](const Cidr& network) { return taken != Cidr{} && network.overlaps(taken); });
      if (overlaps) out.push_back("peer " + name + " has taken " + taken.str() + " of " + other.name);
    }
  }
}

void append(std::string& text, const std::string& part) {
  text += (text.empty() ? "" : "; ") + part;
}

}  // namespace

bool PeerDiff::empty() const {
  return *this == PeerDiff{};
}

std::string PeerDiff::str() const {
  std::string text;
  for (const auto& name : missing) append(text, "peer " + name + " is missing");
  for (const auto& name : unknown) append(text, "peer " + name + " is not ours");
  for (const auto& what : changed) append(text, "peer " + what + " differs");
  for (const auto& what : overlaps) append(text, what);
  if (preshared_keys) append(text, "a preshared key differs");
  if (private_key) append(text, "the interface has another key");
  if (listen_port) append(text, kListenPortDiffers);
  return text;
}

PeerDiff peer_diff(const DesiredGateway& desired, const TunnelFacts& observed) {
  PeerDiff diff;
  const std::vector<const DesiredPeer*> wanted_of = wanted_peers(desired, observed);
  std::vector<const DesiredPeer*> there = wanted_of;
  std::ranges::sort(there);
  for (const DesiredPeer& peer : desired.peers) {
    if (!std::ranges::binary_search(there, &peer)) diff.missing.push_back(peer.name);
  }
  for (std::size_t i = 0; i < observed.peers.size(); ++i) {
    const TunnelPeerFacts& peer = observed.peers[i];
    const DesiredPeer* wanted = wanted_of[i];
    if (wanted == nullptr) {
      diff.unknown.push_back(fingerprint(peer.public_key));
      find_overlaps(desired, peer, diff.unknown.back(), diff.overlaps);
      continue;
    }
    const std::string what = differences(desired, *wanted, peer);
    if (what.empty()) continue;
    diff.changed.push_back(wanted->name + ": " + what);
    find_overlaps(desired, peer, wanted->name, diff.overlaps);
  }
  // The digest covers all peers of the interface, so it means nothing while there are others than ours.
  diff.preshared_keys = diff.unknown.empty() && diff.changed.empty() && !observed.peers.empty() &&
                        observed.preshared_digest != preshared_digest(wanted_of);
  diff.private_key = observed.public_key != desired.public_key;
  diff.listen_port = observed.listen_port != desired.listen_port;
  return diff;
}

}  // namespace vpcp
