#pragma once
#include <string>
#include <vector>

#include "domain/desired/desired_host.h"
#include "domain/host/host_facts.h"

namespace vpcp {

/// What PeerDiff::str says of the listen port.
inline constexpr const char* kListenPortDiffers = "the listen port differs";

/// How a running interface differs from the desired one. Text for people, without secrets: peers by their
/// names (or, for unknown ones, by a fingerprint of the public key).
struct PeerDiff {
  std::vector<std::string> missing;
  std::vector<std::string> unknown;
  std::vector<std::string> changed;  ///< "bangalore/gateway-0: endpoint"
  /// "peer SHA256:… has taken 172.16.2.0/25 of bangalore/gateway-0"
  std::vector<std::string> overlaps;
  bool preshared_keys{false};
  bool private_key{false};
  bool listen_port{false};

  [[nodiscard]] bool empty() const;
  [[nodiscard]] std::string str() const;  ///< "peer bangalore/gateway-0 is missing; the listen port differs"
  friend bool operator==(const PeerDiff&, const PeerDiff&) = default;
};

/// A peer whose desired endpoint is absent keeps the one it has.
PeerDiff peer_diff(const DesiredGateway& desired, const TunnelFacts& observed);

}  // namespace vpcp
