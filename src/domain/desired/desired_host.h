#pragma once
#include <optional>
#include <string>
#include <vector>

#include "vpcp/api/host.h"
#include "vpcp/api/ids.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/ip.h"
#include "vpcp/base/secret.h"

namespace vpcp {

/// A remote gateway as one of our gateways must know it.
struct DesiredPeer {
  std::string name;        ///< GatewayRef of the remote side, a comment in wg0.conf.
  std::string public_key;  ///< WireGuard, base64.
  std::optional<Secret> preshared_key;
  std::optional<Endpoint> endpoint;  ///< Absent while the remote side has no public address yet.
  std::vector<Cidr> allowed_ips;     ///< Sorted: the remote WireGuard address /32 and the networks behind it.
  friend bool operator==(const DesiredPeer&, const DesiredPeer&) = default;
};

/// All that a gateway host must look like.
struct DesiredGateway {
  GatewayRef ref;
  Secret private_key;  ///< WireGuard, base64 text.
  std::string public_key;
  Ipv4 tunnel_address;
  Cidr tunnel_network;
  std::uint16_t listen_port{51820};
  seconds persistent_keepalive{25};
  int mtu{1420};
  std::vector<DesiredPeer> peers;      ///< Sorted by name, so that a new one changes no line of the others.
  std::optional<Ipv4> public_address;  ///< Tells the interface that the default route leaves by.
  std::optional<Ipv4> vpc_address;     ///< Tells the interface of the VPC.
};

/// A network that a server must reach through its site's next hop.
struct DesiredRoute {
  Cidr destination;
  Ipv4 via;
  friend auto operator<=>(const DesiredRoute&, const DesiredRoute&) = default;
};

/// All that a server must look like.
struct DesiredServer {
  std::string site;
  std::string name;
  Ipv4 vpc_address;                  ///< Tells its VPC NIC on the host: names and MAC addresses vary.
  std::vector<DesiredRoute> routes;  ///< Sorted.
  std::string owner;                 ///< The mark of the VPCPeering: mark_of().
};

}  // namespace vpcp
