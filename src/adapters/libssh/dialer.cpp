#include "adapters/libssh/dialer.h"

#include <vector>

#include "vpcp/ports/metric_list.h"

namespace vpcp::ssh {
namespace {

std::string host_key_of_gate(const HostLogin& login) {
  return login.address.str() + ":" + std::to_string(login.port) +
         (login.jump ? " via " + session_key(*login.jump) : "");
}

}  // namespace

std::string session_key(const HostLogin& login) {
  std::string key = login.user + "@" + login.address.str() + ":" + std::to_string(login.port) + " " +
                    sha256_hex(login.private_key.reveal());
  if (login.connection != 0) key += " #" + std::to_string(login.connection);
  if (login.jump) key += " via " + session_key(*login.jump);
  return key;
}

Result<std::unique_ptr<Session>> Dialer::dial(const Context& ctx, const HostLogin& login) {
  const auto login_turn = logins_.enter(ctx, host_key_of_gate(login));
  if (!login_turn) return unreachable(login, "no turn to connect before the deadline");
  ctx.log.debug("Connecting to a host", {{"host", login.name}, {"address", login.address.str()}});
  auto session = connect(ctx, login);
  count(session);
  return session;
}

Result<std::unique_ptr<Session>> Dialer::connect(const Context& ctx, const HostLogin& login) {
  if (!login.jump) {
    const Context soon = ctx.within(options_.connect_limit);
    FileDescriptor socket = TRY(connect_tcp(soon, login));
    return Session::open(soon, login, std::move(socket));
  }
  const auto jump = TRY(jump_host(ctx, *login.jump));
  auto session = connect_through(ctx, login, jump);
  // The jump host's session had died unseen. Nothing was sent beyond it, so a second try is safe.
  if (session.ok() || jump->alive() || ctx.stopped() || ctx.left().count() == 0) return session;
  return connect_through(ctx, login, TRY(jump_host(ctx, *login.jump)));
}

Result<std::unique_ptr<Session>> Dialer::connect_through(const Context& ctx, const HostLogin& login,
                                                         const std::shared_ptr<JumpHost>& jump) const {
  const Context soon = ctx.within(options_.connect_limit);
  FileDescriptor socket = TRY(jump->connect(soon, login));
  return Session::open(soon, login, std::move(socket), jump);
}

std::optional<KeyedGate::Pass> Dialer::try_login_turn(const HostLogin& login) {
  return logins_.try_enter(host_key_of_gate(login));
}

Result<std::shared_ptr<JumpHost>> Dialer::jump_host(const Context& ctx, const HostLogin& login) {
  const std::string key = session_key(login);
  const auto turn = makers_.enter(ctx, key);
  if (!turn) return unreachable(login, "no turn to connect before the deadline");
  if (auto host = known_jump_host(key, login)) return host;
  auto session = TRY(dial(ctx, login));
  auto host = std::make_shared<JumpHost>(std::move(session));
  const auto replaced = jumps_.with([&](auto& jumps) {
    return std::exchange(jumps[key], Jump{host, std::chrono::steady_clock::now()});
  });
  return host;
}

std::shared_ptr<JumpHost> Dialer::known_jump_host(const std::string& key, const HostLogin& login) {
  return jumps_.with([&](auto& jumps) -> std::shared_ptr<JumpHost> {
    const auto it = jumps.find(key);
    if (it == jumps.end() || !it->second.host->alive() || !it->second.host->trusted_by(login)) return nullptr;
    it->second.last_used = std::chrono::steady_clock::now();
    return it->second.host;
  });
}

void Dialer::close_idle(SteadyTime now) {
  std::vector<std::shared_ptr<JumpHost>> idle;  // ends after the lock: joining their threads takes a moment
  jumps_.with([&](auto& jumps) {
    for (auto it = jumps.begin(); it != jumps.end();) {
      Jump& jump = it->second;
      if (jump.host->in_use()) jump.last_used = now;
      const bool is_idle = !jump.host->alive() || now - jump.last_used > options_.idle_close;
      if (is_idle) idle.push_back(std::move(jump.host));
      it = is_idle ? jumps.erase(it) : std::next(it);
    }
  });
}

void Dialer::count(const Result<std::unique_ptr<Session>>& session) {
  metrics_.add(metric::kSshConnects, {session ? "Connected" : session.error().reason});
}

}  // namespace vpcp::ssh
