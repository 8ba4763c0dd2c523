#pragma once
#include <optional>
#include <string>

#include "adapters/kube/config.h"
#include "vpcp/base/clock.h"
#include "vpcp/base/context.h"

namespace vpcp::kube {

/// What a credential plugin gave: a token, a client certificate with its key, or both.
struct PluginCredential {
  Secret token;
  Secret certificate;
  Secret key;
  std::optional<SystemTime> expires;  ///< Absent: good until it is refused.
};

/// Runs the plugin and reads what it prints (an ExecCredential). It gets no standard input, 60 s at most,
/// and none of our file descriptors. Errors: Denied "CredentialPluginFailed".
Result<PluginCredential> run_exec_plugin(const Context& ctx, const ExecPlugin& plugin, const Config& config,
                                         const std::string& ca_pem);

/// The ExecCredential that a plugin printed.
Result<PluginCredential> read_exec_credential(const std::string& printed, const ExecPlugin& plugin);

}  // namespace vpcp::kube
