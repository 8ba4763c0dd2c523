#pragma once
#include <map>
#include <string>

#include "domain/desired/desired_host.h"
#include "domain/desired/layout.h"

namespace vpcp {

/// What a gateway must look like, as far as is known now: a peer without a public address has no endpoint, a
/// site without a VPC no network. Precondition: the record holds the gateway's keys.
DesiredGateway desired_gateway(const PeeringSpec& spec, const Layout& layout, const PeeringRecord& record,
                               const GatewayRef& ref);

/// What a server must look like: the tunnel network and every reachable site by the site's next hop. Empty
/// while the site has no next hop or the server no VPC address.
std::optional<DesiredServer> desired_server(const PeeringSpec& spec, const Layout& layout,
                                            const LaidHost& host);

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
