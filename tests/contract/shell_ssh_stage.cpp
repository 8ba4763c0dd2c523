#include "adapters/libssh/ssh_shell.h"
#include "adapters/libssh/sshd_fixture.h"
#include "contract/shell_contract.h"
#include "support/fake_metrics.h"

namespace vpcp::testing {
namespace {

class SshStage : public ShellStage {
 public:
  HostShell& shell() override { return shell_; }
  HostLogin host() override { return host_.login("ams/gateway-0"); }
  HostLogin behind() override {
    HostLogin login = behind_.login("ams/db-server");
    login.jump = std::make_shared<HostLogin>(host());
    return login;
  }
  HostLogin nobody() override {
    HostLogin login = host();
    login.port = free_port();
    return login;
  }
  Context within(seconds limit) override { return Context{}.within(limit); }

 private:
  TestSshd host_;
  TestSshd behind_;
  FakeMetrics metrics_;
  SshShell shell_{SshOptions{}, metrics_};
};

}  // namespace

std::unique_ptr<ShellStage> ssh_shell_stage() {
  return std::make_unique<SshStage>();
}

}  // namespace vpcp::testing
