#include "adapters/libssh/session.h"

#include <poll.h>

#include "adapters/libssh/host_keys.h"
#include "adapters/libssh/jump_host.h"

namespace vpcp::ssh {
namespace {

/// libssh cuts a descriptor's number to 16 bits.
constexpr int kHighestDescriptor = 0xffff;

Error ended(const HostLogin& login, Wake wake, const std::string& what) {
  return unreachable(
      login, wake == Wake::Stopped ? "asked to stop during " + what : "no answer in time during " + what);
}

}  // namespace

Session::Session(ssh_session session, std::shared_ptr<JumpHost> route)
    : route_(std::move(route)), session_(session) {}

Session::~Session() {
  // Not ssh_disconnect: that one leaves a descriptor open which it was given.
  ssh_silent_disconnect(session_);
  ssh_free(session_);
}

Result<std::unique_ptr<Session>> Session::begin(const HostLogin& login, FileDescriptor socket,
                                                std::shared_ptr<JumpHost> route) {
  ssh_session raw = ssh_new();
  if (raw == nullptr) return unreachable(login, "no memory for an SSH session");
  std::unique_ptr<Session> session(new Session(raw, std::move(route)));
  TRY(session->configure(login, std::move(socket)));
  return session;
}

Result<std::unique_ptr<Session>> Session::open(const Context& ctx, const HostLogin& login,
                                               FileDescriptor socket, std::shared_ptr<JumpHost> route) {
  auto session = TRY(begin(login, std::move(socket), std::move(route)));
  const Limit limit(ctx);
  while (!TRY(session->proceed(login))) {
    const Wake wake = session->wait(limit);
    if (wake != Wake::Ready)
      return ended(login, wake, session->host_key_.empty() ? "the key exchange" : "the login");
  }
  return session;
}

Result<bool> Session::proceed(const HostLogin& login) {
  if (host_key_.empty()) {
    if (!TRY(exchange_keys(login))) return false;
    TRY(check_host_key(login));
  }
  return log_in(login);
}

Status Session::configure(const HostLogin& login, FileDescriptor socket) {
  const int no = 0;
  const unsigned port = login.port;
  const std::string address = login.address.str();
  const std::string algorithms = host_key_algorithms(login.pinned);
  const auto set = [this](ssh_options_e option, const void* value) {
    return ssh_options_set(session_, option, value) == SSH_OK;
  };
  if (!set(SSH_OPTIONS_USER, login.user.c_str())) return login_refused(login, "not a valid user name");
  const bool done = set(SSH_OPTIONS_PROCESS_CONFIG, &no) &&  // never the machine's own ssh_config
                    set(SSH_OPTIONS_HOST, address.c_str()) && set(SSH_OPTIONS_PORT, &port) &&
                    set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null") &&
                    set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null") && set(SSH_OPTIONS_GSSAPI_AUTH, &no) &&
                    set(SSH_OPTIONS_PASSWORD_AUTH, &no) && set(SSH_OPTIONS_KBDINT_AUTH, &no) &&
                    set(SSH_OPTIONS_HOSTKEYS, algorithms.c_str());
  if (!done) return unreachable(login, last_error());
  int fd = socket.get();
  if (fd > kHighestDescriptor) return unreachable(login, "too many open files");
  if (!set(SSH_OPTIONS_FD, &fd)) return unreachable(login, last_error());
  socket.release();  // libssh's from here on
  ssh_set_blocking(session_, 0);
  return {};
}

Result<bool> Session::exchange_keys(const HostLogin& login) {
  switch (ssh_connect(session_)) {
    case SSH_OK:
      return true;
    case SSH_AGAIN:
      if (connected()) return false;
      break;
    default:
      break;
  }
  return unreachable(login, last_error());
}

Status Session::check_host_key(const HostLogin& login) {
  ssh_key raw = nullptr;
  if (ssh_get_server_publickey(session_, &raw) != SSH_OK) return unreachable(login, last_error());
  const Key key(raw);
  host_key_ = host_key_line(key.get());
  if (!accepts(login, host_key_)) return identity_changed(login, host_key_);
  return {};
}

Result<bool> Session::log_in(const HostLogin& login) {
  if (!client_key_) client_key_ = read_private_key(login.private_key);
  if (!client_key_) return login_refused(login, "its private key cannot be read (encrypted, or not a key)");
  const int rc = ssh_userauth_publickey(session_, nullptr, client_key_.get());
  if (rc == SSH_AUTH_AGAIN && connected()) return false;
  client_key_.reset();
  switch (rc) {
    case SSH_AUTH_SUCCESS:
      return true;
    case SSH_AUTH_DENIED:
      return login_refused(login, "it does not accept the key");
    case SSH_AUTH_PARTIAL:
      return login_refused(login, "it wants more than the key");
    default:
      return unreachable(login, "lost during the login: " + last_error());
  }
}

bool Session::serve() {
  pollfd socket{ssh_get_fd(session_), POLLIN | POLLRDHUP, 0};
  if (!connected() || ::poll(&socket, 1, 0) < 0) return false;
  if ((socket.revents & (POLLERR | POLLHUP | POLLRDHUP | POLLNVAL)) != 0) return false;
  if ((socket.revents & POLLIN) == 0) return true;
  const ssh_event event = ssh_event_new();
  if (event == nullptr) return false;
  ssh_event_add_session(event, session_);
  (void)ssh_event_dopoll(event, 0);
  ssh_event_remove_session(event, session_);
  ssh_event_free(event);
  return connected();
}

bool Session::connected() const {
  return ssh_is_connected(session_) != 0;
}

bool Session::trusted_by(const HostLogin& login) const {
  if (!accepts(login, host_key_)) return false;
  if (login.jump == nullptr) return route_ == nullptr;
  return route_ != nullptr && route_->trusted_by(*login.jump);
}

std::string Session::last_error() const {
  const std::string text = ssh_get_error(session_);
  return text.empty() || text == "Socket error: Success" ? "the connection was closed" : text;
}

Wake Session::wait(const Limit& limit) const {
  const bool unsent = (ssh_get_poll_flags(session_) & SSH_WRITE_PENDING) != 0;
  return limit.wait(ssh_get_fd(session_), static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN));
}

}  // namespace vpcp::ssh
