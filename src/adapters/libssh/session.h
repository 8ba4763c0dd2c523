#pragma once
#include <libssh/libssh.h>

#include <memory>
#include <optional>

#include "adapters/libssh/host_keys.h"
#include "adapters/libssh/wait.h"

namespace vpcp::ssh {

class JumpHost;

struct ChannelDeleter {
  void operator()(ssh_channel channel) const { ssh_channel_free(channel); }
};
/// Must go before its session.
using Channel = std::unique_ptr<ssh_channel_struct, ChannelDeleter>;

/// One logged-in SSH connection, never blocking inside libssh: every wait is ours, with a deadline and a stop
/// token. For one thread at a time.
class Session {
 public:
  /// Key exchange, check of the host key, login, over a connected socket. `route` keeps the jump host alive
  /// that the socket leads through. Errors: as HostShell.
  static Result<std::unique_ptr<Session>> open(const Context& ctx, const HostLogin& login,
                                               FileDescriptor socket,
                                               std::shared_ptr<JumpHost> route = nullptr);
  /// The same for one who has other things to wait for: nothing is waited for here.
  static Result<std::unique_ptr<Session>> begin(const HostLogin& login, FileDescriptor socket,
                                                std::shared_ptr<JumpHost> route = nullptr);
  /// After begin(), whenever the peer has sent something: true once it is logged in. Errors: as HostShell.
  Result<bool> proceed(const HostLogin& login);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Handles what the peer has sent meanwhile. False when the connection is gone.
  bool serve();
  [[nodiscard]] bool connected() const;
  /// The host, and each jump host on the way, proved to have a key that `login` accepts.
  [[nodiscard]] bool trusted_by(const HostLogin& login) const;
  [[nodiscard]] const HostKeyLine& host_key() const { return host_key_; }
  [[nodiscard]] ssh_session raw() const { return session_; }
  [[nodiscard]] std::string last_error() const;

  /// Waits until the peer has sent something, or takes more if we have something left to send.
  [[nodiscard]] Wake wait(const Limit& limit) const;
  /// Repeats a non-blocking libssh call while it answers `again`. `result` holds its last answer when Ready.
  template <class Call>
  Wake drive(const Limit& limit, int again, int& result, Call&& call) const {
    while ((result = call()) == again && connected()) {
      if (const Wake wake = wait(limit); wake != Wake::Ready) return wake;
    }
    return Wake::Ready;
  }

 private:
  Session(ssh_session session, std::shared_ptr<JumpHost> route);
  Status configure(const HostLogin& login, FileDescriptor socket);
  Result<bool> exchange_keys(const HostLogin& login);
  Status check_host_key(const HostLogin& login);
  Result<bool> log_in(const HostLogin& login);

  std::shared_ptr<JumpHost> route_;
  ssh_session session_;
  HostKeyLine host_key_;
  Key client_key_;  ///< While the login is under way.
};

}  // namespace vpcp::ssh
