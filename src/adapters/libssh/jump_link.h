#pragma once
#include <libssh/callbacks.h>
#include <libssh/libssh.h>

#include <string>

#include "adapters/libssh/jump_host.h"

namespace vpcp::ssh {

/// Carries bytes between one direct-tcpip channel and one socket, both ways.
/// It ends as a whole when either side does.
class JumpHost::Link {
 public:
  Link(ssh_session session, Channel channel, FileDescriptor socket);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  /// Moves what can be moved without waiting. True when it did something.
  bool pump();
  /// libssh holds bytes for this channel that poll cannot see.
  [[nodiscard]] bool has_unseen_bytes() const { return ready_ && to_local_.empty() && !remote_ended_; }
  [[nodiscard]] bool done() const { return local_ended_ || (remote_ended_ && to_local_.empty()); }
  [[nodiscard]] int socket() const { return socket_.get(); }
  /// What to poll the socket for; 0 for nothing.
  [[nodiscard]] short wanted_events() const;

 private:
  static int on_data(ssh_session, ssh_channel, void*, std::uint32_t, int, void* link);
  static void on_end(ssh_session, ssh_channel, void* link);
  bool read_channel();
  bool write_socket();
  bool read_socket();
  bool write_channel();
  [[nodiscard]] bool channel_takes_bytes() const;

  ssh_session session_;
  Channel channel_;
  FileDescriptor socket_;
  std::string to_local_;
  std::string to_remote_;
  bool local_ended_{false};
  bool remote_ended_{false};
  bool ready_{true};
  ssh_channel_callbacks_struct callbacks_{};
};

}  // namespace vpcp::ssh
