#pragma once
#include <optional>
#include <string>

#include "domain/plan/step.h"

namespace vpcp {

/// What a step costs the traffic that runs now.
struct Interruption {
  std::string what;      ///< "traffic of the site amsterdam"
  std::string how_long;  ///< "0.2 s", "until its replacement is set up"
  friend bool operator==(const Interruption&, const Interruption&) = default;
};

/// Of this step alone; reroute.h tells of ways that change. nullopt: not a packet. By what was measured on
/// live tunnels: peers, keys of peers, addresses, MTU, routes, firewall rules and files change without a
/// loss; a new port costs one round trip, a new private key up to 1.2 s, a restart of wg-quick 1.4 s.
std::optional<Interruption> interruption_of(const Step& step);

}  // namespace vpcp
