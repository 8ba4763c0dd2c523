#pragma once
#include <memory>

#include "vpcp/ports/host_shell.h"
#include "vpcp/ports/metrics.h"

namespace vpcp {

namespace ssh {
class Dialer;
}

struct SshOptions {
  /// For TCP, key exchange and login together; each hop of a jump has its own.
  milliseconds connect_limit{10'000};
  /// Sessions open at once, warm ones included. The least recently used idle one makes room.
  int max_sessions{512};
  /// An idle session older than this is closed when the shell is next used.
  milliseconds idle_close{300'000};
};

/// Hosts over SSH by libssh. Thread-safe.
///
/// - One warm session per host (address, port, user, key and jump chain), served one caller at a time, and
///   another one for commands that go aside.
/// - At most two logins at once to one host, because sshd drops more (MaxStartups).
/// - The host key is compared with the pinned keys before anything is sent, also when a warm session is used
///   again: a key that is no longer pinned means a new connection.
/// - A warm session found dead before the command was sent is replaced once, without the caller's notice.
///   A command that may have been sent is never sent again.
/// - Command::limit counts from the moment the command is sent; the context bounds waiting and connecting.
///   The host itself ends a command soon after its limit (timeout(1)).
/// - Of each output stream the first MiB is kept; the rest is read and dropped.
/// - Hosts behind a jump share one session of the jump host.
class SshShell : public HostShell {
 public:
  /// `metrics` must outlive the shell.
  SshShell(SshOptions options, Metrics& metrics);
  /// Precondition: no call of run() is in flight.
  ~SshShell() override;

  Result<Answer> run(const Context& ctx, const HostLogin& login, const Command& command) override;
  /// What makes its sessions, and keeps those of jump hosts: for others that use the same.
  [[nodiscard]] std::shared_ptr<ssh::Dialer> dialer() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp
