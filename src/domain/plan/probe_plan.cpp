#include "domain/plan/probe_plan.h"

#include "domain/desired/topology.h"

namespace vpcp {
namespace {

constexpr std::uint16_t kSshPort = 22;

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
                                                         std::uint64_t round) {
  std::map<std::string, std::vector<ProbeAim>> out;
  for (const auto& [a, b] : edges(spec)) {
    for (const auto& [from, to] : {SitePair{a, b}, SitePair{b, a}}) {
      const LaidSite* here = layout.site(from);
      const LaidSite* there = layout.site(to);
      const auto tunnel = tunnel_addresses.find({to, 0});
      if (here == nullptr || there == nullptr || tunnel == tunnel_addresses.end()) continue;
      for (const LaidHost& gateway : here->gateways) {
        aim(out[gateway.lane], {a, b}, from, ProbePath::Gateways, {tunnel->second});
      }
      const std::vector<Target> targets = targets_in(*there);
      if (targets.empty()) continue;
      std::uint64_t turn = round;
      for (const LaidHost& server : here->servers) {
        if (is_running(server))
          aim(out[server.lane], {a, b}, from, ProbePath::Servers, targets[turn++ % targets.size()]);
      }
    }
  }
  return out;
}

milliseconds probe_pause(std::size_t site, std::size_t sites, std::uint64_t round) {
  constexpr std::size_t kSlots = 5;  // More would let the rounds grow long.
  if (sites <= kSlots) return kProbeSlot * static_cast<int>(site);
  // Two sites that fall into one slot in this round are apart in others.
  return kProbeSlot * static_cast<int>(scattered((std::uint64_t{site} << 32U) ^ round) % kSlots);
}

}  // namespace vpcp
