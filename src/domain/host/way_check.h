#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "domain/desired/layout.h"
#include "domain/host/host_facts.h"
#include "domain/host/plan_builder.h"

/// What can lead packets astray on any host, beside the routes that are ours. Internal to this folder.
namespace vpcp {

/// The interface of the VPC, when somebody has taken it down.
void plan_vpc_nic(PlanBuilder& plan, std::optional<Ipv4> vpc_address, const HostFacts& facts);

/// A default route that wins over the one of the public interface: WireGuard's own packets would leave by it.
/// Of a host that has none there nothing is taken away.
void plan_default_route(PlanBuilder& plan, std::optional<Ipv4> public_address, const HostFacts& facts);

/// Where routes to the peering belong, and whose host it is.
struct RightWay {
  std::string dev;
  std::optional<Ipv4> via;
  HostOrigin origin{HostOrigin::Created};
};
/// The network of the peering of which the argument is a part, smaller than it; null when there is none.
using NetworkAround = std::function<const Cidr*(const Cidr& part)>;
/// The first such one of `networks`, of whose elements `get` gives the network. Refers to them.
template <class Networks, class Get = std::identity>
NetworkAround network_in(const Networks& networks, Get get = {}) {
  return [&networks, get](const Cidr& part) -> const Cidr* {
    for (const auto& one : networks) {
      const Cidr& network = std::invoke(get, one);
      if (network != part && network.contains(part)) return &network;
    }
    return nullptr;
  };
}

/// The routes of the host that lead elsewhere. Refers to the facts.
std::vector<const RouteFacts*> routes_astray(const HostFacts& facts, const RightWay& way);
/// Those of them that lead to parts of networks; those to whole networks are not looked at. On a host that is
/// not ours, and where an interface has such a network of its own, a person decides.
void plan_captured_routes(PlanBuilder& plan, const NetworkAround& network_around, const RightWay& way,
                          const std::vector<const RouteFacts*>& astray);

}  // namespace vpcp
