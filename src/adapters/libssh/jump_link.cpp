#include "adapters/libssh/jump_link.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace vpcp::ssh {
namespace {

constexpr std::size_t kLinkChunk = 32'768;

bool may_pass() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

JumpHost::Link::Link(ssh_session session, Channel channel, FileDescriptor socket)
    : session_(session), channel_(std::move(channel)), socket_(std::move(socket)) {
  // Reading one channel also stores the packets of the others, and then poll does not wake for
  // those: these notice.
  ssh_callbacks_init(&callbacks_);
  callbacks_.userdata = this;
  callbacks_.channel_data_function = on_data;
  callbacks_.channel_eof_function = on_end;
  callbacks_.channel_close_function = on_end;
  ssh_add_channel_callbacks(channel_.get(), &callbacks_);
}

JumpHost::Link::~Link() {
  ssh_remove_channel_callbacks(channel_.get(), &callbacks_);
}

int JumpHost::Link::on_data(ssh_session, ssh_channel, void*, std::uint32_t, int, void* link) {
  static_cast<Link*>(link)->ready_ = true;
  return 0;  // not consumed: read_channel() does that
}

void JumpHost::Link::on_end(ssh_session, ssh_channel, void* link) {
  static_cast<Link*>(link)->ready_ = true;
}

bool JumpHost::Link::pump() {
  bool progress = read_channel();
  progress |= write_socket();
  progress |= read_socket();
  progress |= write_channel();
  return progress;
}

short JumpHost::Link::wanted_events() const {
  int events = 0;
  if (to_remote_.empty() && !local_ended_ && channel_takes_bytes()) events |= POLLIN;
  if (!to_local_.empty()) events |= POLLOUT;
  return static_cast<short>(events);
}

bool JumpHost::Link::channel_takes_bytes() const {
  return ssh_channel_window_size(channel_.get()) > 0 &&
         (ssh_get_poll_flags(session_) & SSH_WRITE_PENDING) == 0;
}

bool JumpHost::Link::read_channel() {
  if (!to_local_.empty() || remote_ended_) return false;
  ready_ = false;
  std::array<char, kLinkChunk> buffer;
  const int n = ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), 0);
  if (n > 0) {
    to_local_.assign(buffer.data(), static_cast<std::size_t>(n));
    ready_ = true;  // there may be more
    return true;
  }
  const bool ended =
      n < 0 || ssh_channel_is_eof(channel_.get()) != 0 || ssh_channel_is_closed(channel_.get()) != 0;
  if (!ended || ssh_channel_poll(channel_.get(), 0) > 0) return false;
  remote_ended_ = true;
  return true;
}

bool JumpHost::Link::write_socket() {
  bool progress = false;
  while (!to_local_.empty()) {
    const ssize_t n = ::send(socket_.get(), to_local_.data(), to_local_.size(), MSG_NOSIGNAL);
    if (n < 0 && may_pass()) return progress;
    if (n < 0) {
      to_local_.clear();
      local_ended_ = true;
      return true;
    }
    to_local_.erase(0, static_cast<std::size_t>(n));
    progress = true;
  }
  return progress;
}

bool JumpHost::Link::read_socket() {
  if (!to_remote_.empty() || local_ended_ || !channel_takes_bytes()) return false;
  std::array<char, kLinkChunk> buffer;
  const ssize_t n = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (n < 0 && may_pass()) return false;
  if (n <= 0) {
    local_ended_ = true;
  } else {
    to_remote_.assign(buffer.data(), static_cast<std::size_t>(n));
  }
  return true;
}

bool JumpHost::Link::write_channel() {
  if (to_remote_.empty() || ssh_channel_is_closed(channel_.get()) != 0) return false;
  const int n =
      ssh_channel_write(channel_.get(), to_remote_.data(), static_cast<std::uint32_t>(to_remote_.size()));
  if (n == SSH_ERROR) {
    to_remote_.clear();
    local_ended_ = true;
    return true;
  }
  to_remote_.erase(0, static_cast<std::size_t>(n));
  return n > 0;
}

}  // namespace vpcp::ssh
