#pragma once
#include "adapters/libssh/session.h"

namespace vpcp::ssh {

/// One command on one session: opens a channel, sends the command and its input, collects what comes back.
class Exec {
 public:
  /// All must outlive it.
  Exec(Session& session, const HostLogin& login, const Command& command)
      : session_(session), login_(login), command_(command) {}

  /// Call once. Errors: "HostUnreachable", "CommandTimedOut". After a time-out the session is still usable.
  Result<CommandOutput> run(const Context& ctx);
  /// The command may have reached the host.
  [[nodiscard]] bool sent() const { return sent_; }

 private:
  Status open_channel(const Context& ctx);
  Status send_command(const Limit& limit);
  Status collect(const Limit& limit);
  bool write_some();
  bool read_some();
  bool read_some(bool is_stderr, std::string& into);
  bool finished();
  Error lost() const;

  Session& session_;
  const HostLogin& login_;
  const Command& command_;
  Channel channel_;
  CommandOutput output_;
  std::size_t written_{0};
  bool eof_sent_{false};
  bool sent_{false};
};

}  // namespace vpcp::ssh
