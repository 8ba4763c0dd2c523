#pragma once
#include <map>
#include <optional>
#include <string>

#include "domain/host/host_facts.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp {

/// What one look at a host gave: facts, or why there are none.
struct HostLook {
  std::optional<HostFacts> facts;
  std::optional<Error> error;
  HostKeyLine host_key;  ///< What the host proved to have, when it could be reached.
  milliseconds age{0};   ///< Of facts that a stream vouches for, taken by an earlier pass.
};

/// Looks at every host at once; a host that does not answer holds up none of the others. Never changes
/// anything.
std::map<std::string, HostLook> look_at_hosts(const Context& ctx, HostShell& shell,
                                              const std::map<std::string, HostLogin>& logins);

}  // namespace vpcp
