#include "domain/plan/probe_plan.h"

#include <algorithm>

#include "domain/desired/topology.h"

namespace vpcp {
namespace {

constexpr std::uint16_t kSshPort = 22;
/// What a host may need at most: a connection, a slow host, another command before ours.
constexpr milliseconds kMuch{3000};

struct Target {
  Ipv4 address;
  std::uint16_t port{kSshPort};
};

void aim(std::vector<ProbeAim>& out, const SitePair& edge, const std::string& from, ProbePath path,
         const Target& target) {
  out.push_back({edge, {from, path, ProbeProtocol::Icmp}, {ProbeTarget::Kind::Icmp, target.address, 0}});
  out.push_back(
      {edge, {from, path, ProbeProtocol::Tcp}, {ProbeTarget::Kind::Tcp, target.address, target.port}});
}

bool is_running(const LaidHost& host) {
  return host.instance && host.instance->power == PowerState::Running;
}

/// What the servers of a site can aim at in another one: its servers, or its gateway when it has none that
/// runs.
std::vector<Target> targets_in(const LaidSite& site) {
  std::vector<Target> targets;
  for (const LaidHost& host : site.servers) {
    const auto address = site.vpc_address(host);
    if (address && is_running(host))
      targets.push_back({*address, host.access ? host.access->port : kSshPort});
  }
  if (targets.empty() && site.next_hop()) targets.push_back({*site.next_hop(), kSshPort});
  return targets;
}

std::set<std::string> senders_of(const Layout& layout, const ProbeTurn& turn) {
  std::set<std::string> out;
  for (std::size_t i = 0; i < layout.sites.size(); ++i) {
    if (turn.only || i % turn.slots == turn.slot) out.insert(layout.sites[i].name);
  }
  return out;
}

/// The running servers of a site that probe in this round.
std::vector<const LaidHost*> servers_in_turn(const LaidSite& site, std::uint64_t round) {
  constexpr std::size_t kAtLeast = 4;
  constexpr std::size_t kRoundsForAll = 6;
  std::vector<const LaidHost*> all;
  for (const LaidHost& server : site.servers) {
    if (is_running(server)) all.push_back(&server);
  }
  if (all.size() <= kAtLeast) return all;
  const std::size_t share = std::max(kAtLeast, (all.size() + kRoundsForAll - 1) / kRoundsForAll);
  const std::size_t shares = (all.size() + share - 1) / share;
  const std::size_t first = share * (round % shares);
  const std::size_t end = std::min(all.size(), first + share);
  return {all.begin() + static_cast<std::ptrdiff_t>(first), all.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// splitmix64: numbers side by side become numbers that have nothing to do with each other.
std::uint64_t scattered(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15U;
  number = (number ^ (number >> 30U)) * 0xbf58476d1ce4e5b9U;
  number = (number ^ (number >> 27U)) * 0x94d049bb133111ebU;
  return number ^ (number >> 31U);
}

}  // namespace

std::map<std::string, std::vector<ProbeAim>> plan_probes(const PeeringSpec& spec, const Layout& layout,
                                                         const std::map<GatewayRef, Ipv4>& tunnel_addresses,
                                                         const ProbeTurn& turn) {
  std::map<std::string, std::vector<ProbeAim>> out;
  const std::set<std::string> senders = senders_of(layout, turn);
  for (const auto& [a, b] : edges(spec)) {
    if (turn.only && !turn.only->contains({a, b})) continue;
    for (const auto& [from, to] : {SitePair{a, b}, SitePair{b, a}}) {
      const LaidSite* here = layout.site(from);
      const LaidSite* there = layout.site(to);
      const auto tunnel = tunnel_addresses.find({to, 0});
      if (here == nullptr || there == nullptr || tunnel == tunnel_addresses.end()) continue;
      if (!senders.contains(from)) continue;
      for (const LaidHost& gateway : here->gateways) {
        if (turn.skip.contains(gateway.lane)) continue;
        aim(out[gateway.lane], {a, b}, from, ProbePath::Gateways, {tunnel->second});
      }
      const std::vector<Target> targets = targets_in(*there);
      if (targets.empty()) continue;
      std::uint64_t next = turn.round;
      for (const LaidHost* server : servers_in_turn(*here, turn.round)) {
        if (turn.skip.contains(server->lane)) continue;
        aim(out[server->lane], {a, b}, from, ProbePath::Servers, targets[next++ % targets.size()]);
      }
    }
  }
  return out;
}

std::size_t probe_slots(std::size_t sites, seconds interval) {
  constexpr std::size_t kSitesAtOnce = 8;
  constexpr std::size_t kSlotsASecond = 4;
  const std::size_t most = kSlotsASecond * static_cast<std::size_t>(interval.count());
  return std::clamp<std::size_t>((sites + kSitesAtOnce - 1) / kSitesAtOnce, 1,
                                 std::max<std::size_t>(most, 1));
}

milliseconds probe_pause(std::size_t site, std::size_t sites, std::uint64_t round) {
  constexpr std::size_t kSlots = 5;  // More would let the rounds grow long.
  if (sites <= kSlots) return kProbeSlot * static_cast<int>(site);
  // Two sites that fall into one slot in this round are apart in others.
  return kProbeSlot * static_cast<int>(scattered((std::uint64_t{site} << 32U) ^ round) % kSlots);
}

milliseconds patience(const HostPace& pace, SteadyTime now) {
  constexpr milliseconds kLeast{300};
  constexpr milliseconds kSpare{150};
  constexpr seconds kMuchAgain{5};
  if (!pace.needed || (pace.silent && now - pace.given_much >= kMuchAgain)) return kMuch;
  return std::clamp(*pace.needed * 3 / 2 + kSpare, kLeast, kMuch);
}

void note_report(HostPace& pace, milliseconds given, std::optional<milliseconds> took, SteadyTime began) {
  if (given >= kMuch) pace.given_much = began;
  pace.silent = !took;
  if (took) pace.needed = std::max(*took, pace.needed.value_or(milliseconds{0}) * 3 / 4);
}

}  // namespace vpcp
