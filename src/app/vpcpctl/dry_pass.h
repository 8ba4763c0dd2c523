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
  explicit DryPass(Session& session, std::map<ObjectKey, SecretData> secrets = {});

  struct Look {
    PeeringPass::Sight sight;
    std::map<std::string, HostFacts> facts;       ///< By lane.
    std::map<std::string, std::string> problems;  ///< Lanes that could not be looked at.
    Forecast ahead;
  };
  /// Errors: Denied "ApiKeyMissing", Invalid "SpecRefused", and what keeps a pass from looking.
  Result<Look> look(VpcPeering peering);

  [[nodiscard]] HostShell& shell() { return shell_; }

 private:
  /// Of its Secret; where the store does not give that, or it names none, of the environment.
  Result<Secret> api_key_for(VpcPeering& peering);
  static void note_unreachable(const VpcPeering& peering, Look& look);

  Session& session_;
  NoMetrics metrics_;
  PlanStore store_;
  SshShell shell_;
  VultrAccounts cloud_;
  PeeringBoard board_;
  StreamBook streams_;  ///< Without a stream: everything is looked at.
};

}  // namespace vpcp::ctl
