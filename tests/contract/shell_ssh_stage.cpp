#include "adapters/libssh/ssh_shell.h"
#include "contract/shell_contract.h"
#include "contract/sshd_pair.h"
#include "support/fake_metrics.h"

namespace vpcp::testing {
namespace {

class SshStage : public ShellStage {
 public:
  HostShell& shell() override { return shell_; }
  HostLogin host() override { return pair_.host(); }
  HostLogin behind() override { return pair_.behind(); }
  HostLogin nobody() override { return pair_.nobody(); }
  Context within(seconds limit) override { return Context{}.within(limit); }

 private:
  SshdPair pair_;
  FakeMetrics metrics_;
  SshShell shell_{SshOptions{}, metrics_};
};

}  // namespace

std::unique_ptr<ShellStage> ssh_shell_stage() {
  return std::make_unique<SshStage>();
}

}  // namespace vpcp::testing
