#include "adapters/libssh/ssh_shell.h"

#include "adapters/libssh/dialer.h"
#include "adapters/libssh/exec.h"
#include "adapters/libssh/warm_sessions.h"
#include "vpcp/ports/metric_list.h"

namespace vpcp {

class SshShell::Impl {
 public:
  Impl(SshOptions options, Metrics& metrics)
      : options_(options),
        metrics_(metrics),
        dialer_(std::make_shared<ssh::Dialer>(options, metrics)),
        places_(options.max_sessions),
        sessions_(options.max_sessions) {}

  Result<Answer> run(const Context& ctx, const HostLogin& login, const Command& command);
  [[nodiscard]] std::shared_ptr<ssh::Dialer> dialer() const { return dialer_; }

 private:
  void close_idle();
  Result<CommandOutput> execute(const Context& ctx, const HostLogin& login, const Command& command,
                                std::unique_ptr<ssh::Session>& session);

  const SshOptions options_;
  Metrics& metrics_;
  const std::shared_ptr<ssh::Dialer> dialer_;
  ssh::KeyedGate turns_{1};  ///< By session key.
  ssh::KeyedGate places_;    ///< All sessions together.
  ssh::WarmSessions sessions_;
};

Result<HostShell::Answer> SshShell::Impl::run(const Context& ctx, const HostLogin& login,
                                              const Command& command) {
  close_idle();
  const std::string key = ssh::session_key(login) + (command.aside ? " aside" : "");
  const auto turn = turns_.enter(ctx, key);
  if (!turn)
    return ssh::timed_out(login, "other commands kept the host busy until the deadline; nothing was sent");
  const auto place = places_.enter(ctx, "");
  if (!place) return ssh::timed_out(login, "all SSH sessions were busy until the deadline; nothing was sent");
  auto loan = sessions_.borrow(key);
  const SteadyTime start = std::chrono::steady_clock::now();
  auto output = execute(ctx, login, command, loan.session());
  if (!output) return std::move(output).error();
  const std::chrono::duration<double> length = std::chrono::steady_clock::now() - start;
  metrics_.observe(metric::kSshCommandSeconds, {}, length.count());
  return Answer{std::move(output).value(), loan.session()->host_key()};
}

Result<CommandOutput> SshShell::Impl::execute(const Context& ctx, const HostLogin& login,
                                              const Command& command,
                                              std::unique_ptr<ssh::Session>& session) {
  if (session && session->trusted_by(login) && session->serve()) {
    ssh::Exec exec(*session, login, command);
    auto output = exec.run(ctx);
    // The session had died unseen. Nothing was sent, so a second try is safe.
    if (output || exec.sent() || ctx.stopped() || ctx.left().count() == 0) return output;
  }
  session.reset();
  session = TRY(dialer_->dial(ctx, login));
  Result<CommandOutput> output = Error{};
  bool sent = false;
  {
    ssh::Exec exec(*session, login, command);
    output = exec.run(ctx);
    sent = exec.sent();
  }
  if (!output && !sent) session.reset();  // not even a channel: it is no good to the next caller
  return output;
}

void SshShell::Impl::close_idle() {
  const SteadyTime now = std::chrono::steady_clock::now();
  sessions_.close_idle(now - options_.idle_close);
  dialer_->close_idle(now);
}

SshShell::SshShell(SshOptions options, Metrics& metrics) : impl_(std::make_unique<Impl>(options, metrics)) {}

SshShell::~SshShell() = default;

Result<HostShell::Answer> SshShell::run(const Context& ctx, const HostLogin& login, const Command& command) {
  return impl_->run(ctx, login, command);
}

std::shared_ptr<ssh::Dialer> SshShell::dialer() const {
  return impl_->dialer();
}

}  // namespace vpcp
