#pragma once
#include <map>
#include <memory>
#include <string>

#include "adapters/libssh/jump_host.h"
#include "adapters/libssh/session.h"
#include "adapters/libssh/ssh_shell.h"
#include "vpcp/base/guarded.h"

namespace vpcp::ssh {

/// Names everything that makes two logins lead to the same session: address, port, user, key, jump chain.
std::string session_key(const HostLogin& login);

/// Makes sessions, directly or through jump hosts, whose own sessions it keeps and shares. Thread-safe.
class Dialer {
 public:
  Dialer(const SshOptions& options, Metrics& metrics) : options_(options), metrics_(metrics) {}

  /// Errors: as HostShell; those of a jump host name the jump host.
  Result<std::unique_ptr<Session>> dial(const Context& ctx, const HostLogin& login);
  /// The jump host that a login leads to, connected. Errors: as HostShell.
  Result<std::shared_ptr<JumpHost>> jump_host(const Context& ctx, const HostLogin& login);
  /// The turn to log in to a host, which is held until the login is over. nullopt: others are at it.
  std::optional<KeyedGate::Pass> try_login_turn(const HostLogin& login);
  /// Closes the jump hosts' sessions that nobody has used for a while.
  void close_idle(SteadyTime now);

 private:
  struct Jump {
    std::shared_ptr<JumpHost> host;
    SteadyTime last_used;
  };
  std::shared_ptr<JumpHost> known_jump_host(const std::string& key, const HostLogin& login);
  Result<std::unique_ptr<Session>> connect(const Context& ctx, const HostLogin& login);
  [[nodiscard]] Result<std::unique_ptr<Session>> connect_through(const Context& ctx, const HostLogin& login,
                                                                 const std::shared_ptr<JumpHost>& jump) const;
  void count(const Result<std::unique_ptr<Session>>& session);

  const SshOptions options_;
  Metrics& metrics_;
  KeyedGate logins_{2};  ///< By host. sshd drops more logins at once at random (MaxStartups).
  KeyedGate makers_{1};  ///< By session key: one jump session for all who wait for it.
  Guarded<std::map<std::string, Jump>> jumps_;
};

}  // namespace vpcp::ssh
