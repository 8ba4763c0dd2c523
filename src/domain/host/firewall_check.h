#pragma once
#include <vector>

#include "domain/desired/desired_host.h"
#include "domain/host/commands.h"
#include "domain/host/host_facts.h"

namespace vpcp {

/// How one of our ufw rules stands.
enum class RuleState {
  Works,    ///< It is there, now and after a reboot, and nothing denies before it.
  Missing,  ///< Adding it is enough.
  Denied,   ///< A rule before it, or in its place, denies the same: ours must go first.
};

/// Is UDP to the tunnel's port let in? A rule that denies single senders is the owner's business.
RuleState port_rule_state(const UfwFacts& ufw, std::uint16_t port);

/// Is routed traffic in (or out) on the tunnel let through? A rule that denies a single port, or addresses
/// that do not cover a whole network of the peering, is the owner's business.
RuleState routed_rule_state(const UfwFacts& ufw, Direction direction, const std::vector<DesiredPeer>& peers);

/// Whether ufw drops every new TCP connection that comes in (goes out) through wg0 from (to) this network and
/// is forwarded. When in doubt it does not.
bool denies_routed(const UfwFacts& ufw, Direction direction, const Cidr& network);

}  // namespace vpcp
