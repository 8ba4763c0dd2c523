#include "adapters/libssh/exec.h"

#include <algorithm>
#include <array>

namespace vpcp::ssh {
namespace {

constexpr std::size_t kMaxOutput = 1u << 20;
constexpr std::size_t kExecChunk = 32'000;
/// sshd opens a channel at once, however busy the host is: silence for so long means that
/// the session leads nowhere.
constexpr milliseconds kChannelLimit{5'000};
/// The host ends a command by itself a moment after we have given it up.
constexpr seconds kHostSideGrace{2};

/// sshd lets nobody signal root's commands, and one that hangs must not pile up with each pass:
/// so timeout(1).
std::string bounded_shell_line(const Command& command) {
  Command bounded;
  // env(1), since a login shell need not be one that knows assignments before a command.
  if (command.reign) bounded.argv = {"env", "VPCP_REIGN=" + std::to_string(*command.reign)};
  const std::string limit = std::to_string((command.limit + kHostSideGrace).count());
  bounded.argv.insert(bounded.argv.end(), {"timeout", "-k", "5", limit});
  bounded.argv.insert(bounded.argv.end(), command.argv.begin(), command.argv.end());
  return shell_line(bounded);
}

}  // namespace

Result<CommandOutput> Exec::run(const Context& ctx) {
  TRY(open_channel(ctx));
  const Context until_limit = ctx.within(command_.limit);
  const Limit limit(until_limit);
  Status status = send_command(limit);
  if (status) status = collect(limit);
  ssh_channel_close(channel_.get());
  if (!status) return std::move(status).error();
  return std::move(output_);
}

Status Exec::open_channel(const Context& ctx) {
  channel_.reset(ssh_channel_new(session_.raw()));
  if (!channel_) return lost();
  const Context soon = ctx.within(kChannelLimit);
  const Limit limit(soon);
  int rc = SSH_ERROR;
  const Wake wake =
      session_.drive(limit, SSH_AGAIN, rc, [this] { return ssh_channel_open_session(channel_.get()); });
  if (wake == Wake::Stopped) return unreachable(login_, "asked to stop before the command was sent");
  if (wake == Wake::Deadline) return unreachable(login_, "no answer to the opening of a channel");
  if (rc != SSH_OK) return lost();
  return {};
}

Status Exec::send_command(const Limit& limit) {
  const std::string line = bounded_shell_line(command_);
  sent_ = true;
  int rc = SSH_ERROR;
  const Wake wake = session_.drive(limit, SSH_AGAIN, rc,
                                   [&] { return ssh_channel_request_exec(channel_.get(), line.c_str()); });
  if (wake != Wake::Ready) return timed_out(login_, "no answer to the request to run a command");
  if (rc != SSH_OK) return lost();
  return {};
}

Status Exec::collect(const Limit& limit) {
  for (;;) {
    bool progress = write_some();
    progress = read_some() || progress;
    if (finished()) return {};
    if (!session_.connected()) return lost();
    if (progress) continue;
    switch (session_.wait(limit)) {
      case Wake::Ready:
        break;
      case Wake::Deadline:
        return timed_out(login_, command_.argv.front() + " did not end in time");
      case Wake::Stopped:
        return timed_out(login_, command_.argv.front() + " was given up: asked to stop");
    }
  }
}

bool Exec::write_some() {
  if (eof_sent_) return false;
  const std::string_view left = command_.input.reveal().substr(written_);
  if (!left.empty()) {
    const std::size_t window = ssh_channel_window_size(channel_.get());
    if (window == 0) return false;
    const auto size = static_cast<std::uint32_t>(std::min({left.size(), window, kExecChunk}));
    const int n = ssh_channel_write(channel_.get(), left.data(), size);
    // A command may end without having read its input: what it did is told by its exit status.
    written_ = n == SSH_ERROR ? command_.input.size() : written_ + static_cast<std::size_t>(n);
    if (written_ < command_.input.size()) return n > 0;
  }
  ssh_channel_send_eof(channel_.get());
  eof_sent_ = true;
  return true;
}

bool Exec::read_some() {
  const bool out = read_some(false, output_.out);
  const bool err = read_some(true, output_.err);
  return out || err;
}

bool Exec::read_some(bool is_stderr, std::string& into) {
  std::array<char, kExecChunk> buffer;
  bool progress = false;
  for (;;) {
    const int n =
        ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), is_stderr ? 1 : 0);
    if (n <= 0) return progress;
    progress = true;
    into.append(buffer.data(), std::min(static_cast<std::size_t>(n), kMaxOutput - into.size()));
  }
}

bool Exec::finished() {
  // Also reads from the socket, which the read calls stop doing after the end of a stream.
  output_.exit_status = ssh_channel_get_exit_status(channel_.get());
  const bool ended = ssh_channel_is_eof(channel_.get()) != 0 && output_.exit_status >= 0;
  const bool closed = ssh_channel_is_closed(channel_.get()) != 0 && session_.connected();
  if (!ended && !closed) return false;
  read_some();  // what arrived together with the end
  output_.exit_status = ssh_channel_get_exit_status(channel_.get());
  return true;
}

Error Exec::lost() const {
  return unreachable(login_,
                     (sent_ ? "the connection was lost while a command ran: " : "") + session_.last_error());
}

}  // namespace vpcp::ssh
