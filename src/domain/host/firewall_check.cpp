#include "domain/host/firewall_check.h"

#include <algorithm>
#include <string>

#include "domain/host/paths.h"

namespace vpcp {
namespace {

using Chain = FilterRule::Chain;
using Verdict = FilterRule::Verdict;
using host_paths::kTunnelInterface;

bool is_any(const std::optional<Cidr>& match) {
  return !match || match->prefix == 0;
}

/// Does the rule concern a whole network of the peering, as far as this address match goes?
bool covers_a_network(const std::optional<Cidr>& match, const std::vector<DesiredPeer>& peers) {
  if (is_any(match)) return true;
  return std::any_of(peers.begin(), peers.end(), [&](const DesiredPeer& peer) {
    return std::any_of(peer.allowed_ips.begin(), peer.allowed_ips.end(),
                       [&](const Cidr& network) { return match->contains(network); });
  });
}

/// The verdict of the first rule that decides; Other when none does.
template <class Decides>
Verdict first_verdict(const UfwFacts& ufw, Chain chain, Decides decides) {
  for (const FilterRule& rule : ufw.rules) {
    if (rule.chain == chain && rule.verdict != Verdict::Other && decides(rule)) return rule.verdict;
  }
  return Verdict::Other;
}

/// One that is logged as well ("allow_log udp 51820 …", "route:allow_log-all any any …") does the same.
std::string without_log(std::string rule) {
  const std::size_t verb_ends = rule.find(' ');
  const std::size_t log = rule.rfind("_log", verb_ends);
  if (verb_ends != std::string::npos && log != std::string::npos) rule.erase(log, verb_ends - log);
  return rule;
}

bool kept(const UfwFacts& ufw, const std::string& tuple) {
  return std::any_of(ufw.rules_kept.begin(), ufw.rules_kept.end(),
                     [&](const std::string& rule) { return without_log(rule).starts_with(tuple); });
}

RuleState state_of(Verdict verdict, bool is_kept) {
  switch (verdict) {
    case Verdict::Accept:
      return is_kept ? RuleState::Works : RuleState::Missing;
    case Verdict::Deny:
      return RuleState::Denied;
    case Verdict::Other:
      return RuleState::Missing;
  }
  return RuleState::Missing;
}

}  // namespace

RuleState port_rule_state(const UfwFacts& ufw, std::uint16_t port) {
  const auto decides = [&](const FilterRule& rule) {
    return (rule.protocol.empty() || rule.protocol == "udp") && (!rule.port || rule.port == port) &&
           rule.in_interface.empty() && is_any(rule.source) && is_any(rule.destination) && !rule.narrowed;
  };
  const std::string tuple = "allow udp " + std::to_string(port) + " 0.0.0.0/0 any 0.0.0.0/0 in";
  return state_of(first_verdict(ufw, Chain::Input, decides), kept(ufw, tuple));
}

bool denies_routed(const UfwFacts& ufw, Direction direction, const Cidr& network) {
  const bool inward = direction == Direction::In;
  for (const FilterRule& rule : ufw.rules) {
    const bool of_tcp = rule.protocol.empty() || rule.protocol == "tcp";
    if (rule.chain != Chain::Forward || rule.verdict == Verdict::Other || !of_tcp) continue;
    const std::string& near = inward ? rule.in_interface : rule.out_interface;
    const std::string& far = inward ? rule.out_interface : rule.in_interface;
    const bool of_the_other_way = near.empty() && far == kTunnelInterface;
    if ((!near.empty() && near != kTunnelInterface) || of_the_other_way) continue;
    if (rule.verdict == Verdict::Accept) return false;  // of some of it at least, perhaps
    const auto& theirs = inward ? rule.source : rule.destination;
    const auto& ours = inward ? rule.destination : rule.source;
    const bool all_of_it = far.empty() && !rule.narrowed && !rule.port && is_any(ours) &&
                           (is_any(theirs) || theirs->contains(network));
    if (all_of_it) return true;
  }
  return false;
}

RuleState routed_rule_state(const UfwFacts& ufw, Direction direction, const std::vector<DesiredPeer>& peers) {
  const bool inward = direction == Direction::In;
  const auto decides = [&](const FilterRule& rule) {
    const std::string& near = inward ? rule.in_interface : rule.out_interface;
    const std::string& far = inward ? rule.out_interface : rule.in_interface;
    if ((!near.empty() && near != kTunnelInterface) || rule.narrowed || rule.port) return false;
    // That is the other direction's rule.
    if (near.empty() && far == kTunnelInterface) return false;
    if (rule.verdict == Verdict::Accept) {
      return far.empty() && rule.protocol.empty() && is_any(rule.source) && is_any(rule.destination);
    }
    return covers_a_network(rule.source, peers) && covers_a_network(rule.destination, peers);
  };
  const std::string tuple = std::string("route:allow any any 0.0.0.0/0 any 0.0.0.0/0 ") +
                            (inward ? "in_" : "out_") + kTunnelInterface;
  return state_of(first_verdict(ufw, Chain::Forward, decides), kept(ufw, tuple));
}

}  // namespace vpcp
