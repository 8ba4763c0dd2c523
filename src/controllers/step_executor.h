#pragma once
#include <map>
#include <string>
#include <vector>

#include "controllers/record_keeper.h"
#include "domain/plan/step.h"
#include "vpcp/ports/cloud_provider.h"
#include "vpcp/ports/host_shell.h"

namespace vpcp {

/// What came of the steps of a pass.
struct Execution {
  struct Failure {
    Step step;
    Error error;
  };
  std::map<std::string, Error> failed;  ///< By lane: of the first step that failed.
  std::vector<Failure> failures;        ///< All: a step that fails does not always end its lane.
  std::vector<Step> done;
};

/// Carries out steps: in order within a lane, lanes side by side, one lane's failure stopping no other.
///
/// Before a create the record notes that it may have been done, so that a crash or a lost answer never leads
/// to a second one; a refused create is forgotten again.
class StepExecutor {
 public:
  struct Ports {
    CloudProvider& cloud;
    HostShell& shell;
    RecordKeeper& record;
    const Clock& clock;
  };
  StepExecutor(Ports ports, std::map<std::string, HostLogin> logins)
      : ports_(ports), logins_(std::move(logins)) {}

  Execution execute(const Context& ctx, const std::vector<Step>& steps);

 private:
  Status carry_out(const Context& ctx, const Step& step);
  Status create(const Context& ctx, const Step& step, const std::function<Result<std::string>()>& act);
  Status change_host(const Context& ctx, const Step& step, const HostChange& change);
  Status confirm(const Context& ctx, const Step& step, const std::string& token);
  Status rotate_host_key(const Context& ctx, const Step& step);
  Result<std::string> run(const Context& ctx, const Step& step, const Command& command);

  Ports ports_;
  std::map<std::string, HostLogin> logins_;
};

}  // namespace vpcp
