#pragma once
#include <map>
#include <string>

#include "domain/desired/desired_host.h"
#include "domain/desired/layout.h"

namespace vpcp {

/// What the hosts of a layout must look like. A large mesh has many of them, so what is the same for all who
/// ask is worked out once. Refers to what it is made of.
class DesiredHosts {
 public:
  DesiredHosts(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record);

  /// As far as is known now: a peer without a public address has no endpoint, a site without a VPC no
  /// network. Empty while the record does not hold the gateway's keys. Precondition: it holds those of its
  /// neighbours.
  [[nodiscard]] std::optional<DesiredGateway> gateway(const GatewayRef& ref) const;
  /// The tunnel network and every reachable site by the site's next hop. Empty while the site has no next hop
  /// or the server no VPC address.
  [[nodiscard]] std::optional<DesiredServer> server(const LaidHost& host) const;

 private:
  void find_preshared_keys();
  [[nodiscard]] DesiredPeer peer(std::size_t site, const Neighbour& neighbour) const;

  const PeeringSpec& spec_;
  const Layout& layout_;
  const PeeringRecord& record_;
  // By the places of the sites in the layout:
  std::vector<std::optional<DesiredPeer>> peers_;  ///< Their gateways, to whom reaches nothing beyond them.
  std::vector<std::vector<DesiredRoute>> routes_;  ///< Of their servers.
  /// Of the record, null where it has none: row by row, in both directions. Empty where the spec wants none.
  std::vector<const Secret*> preshared_;
};

/// Private keys that a spec refers to, as found in Secrets.
struct AccessKeys {
  std::map<std::pair<std::string, std::string>, Secret> by_ref;  ///< (secret name, key)
  [[nodiscard]] Secret find(const SecretKeyRef& ref) const;
};

/// How to reach the host now; empty while it has no address (or its jump host has none), or its key is
/// missing.
std::optional<HostLogin> login_of(const Layout& layout, const LaidHost& host, const PeeringRecord& record,
                                  const AccessKeys& keys);

}  // namespace vpcp
