#pragma once
#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "vpcp/ports/host_shell.h"

namespace vpcp::testing {

/// Two hosts as the contract suite sees them: one that can be reached, one that can be reached only through
/// it. Each accepts the one key of its login, which pins the one host key that it has.
class ShellStage {
 public:
  virtual ~ShellStage() = default;
  virtual HostShell& shell() = 0;
  virtual HostLogin host() = 0;
  virtual HostLogin behind() = 0;
  /// An address where nobody is.
  virtual HostLogin nobody() = 0;
  /// `limit` from now, on the clock that the shell lives by.
  virtual Context within(seconds limit) = 0;
};

struct ShellKind {
  std::string name;
  std::function<std::unique_ptr<ShellStage>()> make;
};
inline void PrintTo(const ShellKind& kind, std::ostream* out) {
  *out << kind.name;
}

/// The fake of tests/support, and the SSH adapter against real sshds on loopback.
std::unique_ptr<ShellStage> fake_shell_stage();
std::unique_ptr<ShellStage> ssh_shell_stage();

}  // namespace vpcp::testing
