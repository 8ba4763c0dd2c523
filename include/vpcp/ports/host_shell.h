#pragma once
#include "vpcp/api/host.h"
#include "vpcp/base/context.h"
#include "vpcp/base/result.h"

namespace vpcp {

/// Runs commands on hosts. Thread-safe; calls to one host are served one after the other over one warm
/// session.
///
/// Errors: Transient "HostUnreachable" (no connection, connection lost), Transient "CommandTimedOut", Denied
/// "HostIdentityChanged" (the host key is not one of the pinned: nothing was sent), Denied
/// "HostLoginRefused". A command that ran and failed is not an Error: see exit_status.
class HostShell {
 public:
  virtual ~HostShell() = default;

  struct Answer {
    CommandOutput output;
    HostKeyLine host_key;  ///< The key that the host proved to have.
  };
  virtual Result<Answer> run(const Context& ctx, const HostLogin& login, const Command& command) = 0;
};

}  // namespace vpcp
