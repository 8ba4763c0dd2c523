#pragma once
#include <string>

#include "domain/record.h"
#include "domain/status/path_mtu.h"
#include "vpcp/api/vpc_peering.h"

namespace vpcp {

/// Of wg0 where the spec says nothing: 1500 bytes of the cloud's network, less 80 that WireGuard takes over
/// IPv6; wg-quick's own choice too.
inline constexpr int kDefaultMtu = 1420;
/// Whatever a path carries: IPv6 needs so much (RFC 8200), and spec.tunnel.mtu goes no lower.
inline constexpr int kLeastTunnelMtu = 1280;

/// Of the gateway of a site: spec.tunnel.mtu, else what all ways from it carry.
int tunnel_mtu(const PeeringSpec& spec, const PeeringRecord& record, const std::string& site);

/// Has the record follow what was found of the ways, each for the gateway that sends. A limit stays until one
/// of the two gateways is another one, the edge is gone, or the spec sets an MTU: a packet over the MTU of
/// wg0 cannot be sent, so that a path that has become wider would be found only by cutting what works over
/// it. The gateway begins anew: that its MTU differs is no drift. True when something changed.
bool note_path_limits(PeeringRecord& record, const PeeringSpec& spec, const PathsFound& found);

}  // namespace vpcp
