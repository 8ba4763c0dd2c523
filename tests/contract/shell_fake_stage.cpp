#include "contract/fake_pair.h"
#include "contract/shell_contract.h"

namespace vpcp::testing {
namespace {

class FakeShellStage : public ShellStage {
 public:
  HostShell& shell() override { return pair_.world.hosts; }
  HostLogin host() override { return pair_.host(); }
  HostLogin behind() override { return pair_.behind(); }
  HostLogin nobody() override { return pair_.nobody(); }
  Context within(seconds limit) override {
    Context context;
    context.deadline = pair_.world.clock.steady_now() + limit;
    return context;
  }

 private:
  FakePair pair_;
};

}  // namespace

std::unique_ptr<ShellStage> fake_shell_stage() {
  return std::make_unique<FakeShellStage>();
}

}  // namespace vpcp::testing
