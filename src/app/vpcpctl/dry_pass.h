#pragma once
#include <map>
#include <string>

#include "adapters/libssh/ssh_shell.h"
#include "adapters/vultr/accounts.h"
#include "app/vpcpctl/plan_store.h"
#include "app/vpcpctl/session.h"
#include "controllers/peering_pass.h"
#include "controllers/stream_book.h"
#include "domain/plan/forecast.h"

namespace vpcp::ctl {

/// Passes that look at the cloud and at all hosts, as the controller does, and touch nothing.
class DryPass {
 public:
  /// `secrets` are known beside those of the store.
  DryPass(Session& session, const Secret& key, std::map<ObjectKey, SecretData> secrets);

  struct Look {
    PeeringPass::Sight sight;
    std::map<std::string, HostFacts> facts;       ///< By lane.
    std::map<std::string, std::string> problems;  ///< Lanes that could not be looked at.
    Forecast ahead;
  };
  /// Errors: Invalid "SpecRefused", and what keeps a pass from looking.
  Result<Look> look(VpcPeering peering);

  [[nodiscard]] HostShell& shell() { return shell_; }

 private:
  Session& session_;
  const std::optional<Secret> key_;
  NoMetrics metrics_;
  PlanStore store_;
  SshShell shell_;
  VultrAccounts cloud_;
  PeeringBoard board_;
  StreamBook streams_;  ///< Without a stream: everything is looked at.
};

}  // namespace vpcp::ctl
