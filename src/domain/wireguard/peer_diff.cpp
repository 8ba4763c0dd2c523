#include "domain/wireguard/peer_diff.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "vpcp/base/secret.h"

namespace vpcp {
namespace {

using PeersByKey = std::unordered_map<std::string_view, const DesiredPeer*>;

const DesiredPeer* find_desired(const PeersByKey& desired, const std::string& key) {
  const auto found = desired.find(key);
  return found == desired.end() ? nullptr : found->second;
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
std::string preshared_digest(const PeersByKey& desired, const TunnelFacts& observed) {
  std::string text;
  text.reserve(64 * (observed.peers.size() + 1));
  for (const TunnelPeerFacts& peer : observed.peers) {
    const DesiredPeer* wanted = find_desired(desired, peer.public_key);
    if (wanted != nullptr && wanted->preshared_key) {
      text += wanted->preshared_key->reveal();
    } else {
      text += "(none)";
    }
    text += "\n";
  }
  std::string digest = sha256_hex(text);
  wipe(text);
  return digest;
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
  if (preshared_keys) append(text, "a preshared key differs");
  if (private_key) append(text, "the interface has another key");
  if (listen_port) append(text, "the listen port differs");
  return text;
}

PeerDiff peer_diff(const DesiredGateway& desired, const TunnelFacts& observed) {
  PeerDiff diff;
  PeersByKey by_key;
  for (const DesiredPeer& peer : desired.peers) by_key.emplace(peer.public_key, &peer);
  std::unordered_set<std::string_view> there;
  for (const TunnelPeerFacts& peer : observed.peers) there.insert(peer.public_key);
  for (const DesiredPeer& peer : desired.peers) {
    if (!there.contains(peer.public_key)) diff.missing.push_back(peer.name);
  }
  for (const TunnelPeerFacts& peer : observed.peers) {
    const DesiredPeer* wanted = find_desired(by_key, peer.public_key);
    if (wanted == nullptr) {
      diff.unknown.push_back(peer.public_key.substr(0, 8));
      continue;
    }
    const std::string what = differences(desired, *wanted, peer);
    if (!what.empty()) diff.changed.push_back(wanted->name + ": " + what);
  }
  // The digest covers all peers of the interface, so it means nothing while there are others than ours.
  diff.preshared_keys = diff.unknown.empty() && diff.changed.empty() && !observed.peers.empty() &&
                        observed.preshared_digest != preshared_digest(by_key, observed);
  diff.private_key = observed.public_key != desired.public_key;
  diff.listen_port = observed.listen_port != desired.listen_port;
  return diff;
}

}  // namespace vpcp
