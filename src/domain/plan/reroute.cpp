#include "domain/plan/reroute.h"

#include <algorithm>
#include <optional>

namespace vpcp {
namespace {

constexpr std::size_t kPairsShown = 4;

std::optional<std::string> hop(const Ways& ways, const std::string& from, const std::string& to) {
  const auto found = ways.hops.find({from, to});
  return found == ways.hops.end() ? std::nullopt : std::optional(found->second);
}

/// Both ends have a way to the other, as far as they are known.
bool is_carried(const Ways& ways, const std::string& a, const std::string& b) {
  return (!ways.known.contains(a) || hop(ways, a, b)) && (!ways.known.contains(b) || hop(ways, b, a));
}

bool is_tunnel(const Ways& ways, const std::string& a, const std::string& b) {
  if (!ways.known.contains(a) && !ways.known.contains(b)) return false;
  return (!ways.known.contains(a) || hop(ways, a, b) == b) &&
         (!ways.known.contains(b) || hop(ways, b, a) == a);
}

enum class Fate { Stays, Moves, WaitsForTunnel, Ends };

Fate fate_of(const Ways& before, const Ways& after, const SitePair& pair) {
  const auto& [a, b] = pair;
  if (!is_carried(before, a, b)) return Fate::Stays;
  const auto next = hop(after, a, b);
  if (!next || !hop(after, b, a)) return Fate::Ends;
  const auto keeps = [&](const std::string& from, const std::string& to) {
    return !before.known.contains(from) || hop(before, from, to) == hop(after, from, to);
  };
  if (keeps(a, b) && keeps(b, a)) return Fate::Stays;
  const bool there = is_tunnel(before, a, *next) && (*next == b || is_tunnel(before, *next, b));
  return there ? Fate::Moves : Fate::WaitsForTunnel;
}

std::string between(const std::vector<SitePair>& pairs) {
  std::string text = "traffic between ";
  for (std::size_t i = 0; i < pairs.size() && i < kPairsShown; ++i)
    text += (i > 0 ? ", " : "") + pairs[i].first + " and " + pairs[i].second;
  if (pairs.size() <= kPairsShown) return text;
  return text + ", and " + std::to_string(pairs.size() - kPairsShown) + " more pairs of sites";
}

/// What the peers carry for a site: its VPC, which stays when tunnel.cidr gives the gateways other addresses.
std::optional<Cidr> network_of(const Layout& layout, const PeeringRecord& record, const std::string& name) {
  if (const LaidSite* site = layout.site(name); site != nullptr && site->network()) return site->network();
  const auto known = record.sites.find(name);
  return known == record.sites.end() ? std::nullopt : known->second.cidr;
}

}  // namespace

Ways ways_now(const Layout& layout, const PeeringRecord& record,
              const std::map<std::string, HostFacts>& facts) {
  std::map<std::string, std::string> by_key;
  std::map<Cidr, std::string> by_network;
  for (const auto& [ref, gateway] : record.gateways) {
    by_key[gateway.keys.public_key] = ref.site;
    by_network[network_of(layout, record, ref.site).value_or(Cidr::host(gateway.tunnel_address))] = ref.site;
  }
  Ways out;
  for (const auto& [ref, gateway] : record.gateways) {
    const auto host = facts.find(ref.str());
    if (host == facts.end()) continue;
    out.known.insert(ref.site);
    if (!host->second.tunnel) continue;
    for (const TunnelPeerFacts& peer : host->second.tunnel->peers) {
      const auto neighbour = by_key.find(peer.public_key);
      if (neighbour == by_key.end()) continue;
      for (const Cidr& behind : peer.allowed_ips) {
        if (const auto site = by_network.find(behind); site != by_network.end())
          out.hops[{ref.site, site->second}] = neighbour->second;
      }
    }
  }
  return out;
}

Ways ways_declared(const Layout& layout) {
  Ways out;
  for (const LaidSite& site : layout.sites) {
    out.known.insert(site.name);
    for (const Neighbour& neighbour : site.neighbours) {
      for (const std::size_t to : neighbour.behind)
        out.hops[{site.name, layout.sites[to].name}] = layout.sites[neighbour.site].name;
    }
  }
  return out;
}

std::vector<Interruption> interruptions_between(const Ways& before, const Ways& after) {
  std::set<SitePair> pairs;
  for (const auto& [ends, neighbour] : before.hops) pairs.insert(site_pair(ends.first, ends.second));
  std::map<Fate, std::vector<SitePair>> by_fate;
  for (const SitePair& pair : pairs) by_fate[fate_of(before, after, pair)].push_back(pair);
  std::vector<Interruption> out;
  const auto tell = [&](Fate fate, const char* how_long) {
    if (const auto some = by_fate.find(fate); some != by_fate.end())
      out.push_back({between(some->second), how_long});
  };
  tell(Fate::Ends, "for good");
  tell(Fate::WaitsForTunnel, "until its new tunnels stand, some seconds");
  tell(Fate::Moves, "a packet or two, while it moves to other tunnels");
  return out;
}

}  // namespace vpcp
