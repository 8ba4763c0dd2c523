#include "adapters/libssh/stream.h"

#include <poll.h>

#include <array>

namespace vpcp::ssh {
namespace {

/// Others are logging in to the host: asked again after this.
constexpr milliseconds kTurnPause{50};

/// Streams that ended together do not come back together: up to a quarter more, by their names.
milliseconds spread(milliseconds pause, const std::string& id) {
  return pause + pause * static_cast<int>(std::hash<std::string>{}(id) % 256) / 1024;
}

}  // namespace

int Stream::fd() const {
  return session_ ? ssh_get_fd(session_->raw()) : socket_.get();
}

short Stream::wanted_events() const {
  if (!session_) return POLLOUT;
  const bool unsent = (ssh_get_poll_flags(session_->raw()) & SSH_WRITE_PENDING) != 0;
  return static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN);
}

SteadyTime Stream::due() const {
  switch (state_) {
    case State::Paused:
    case State::AwaitsTurn:
      return again_;
    case State::AwaitsWay:
      return SteadyTime::max();  // whoever looks for it has a limit of its own
    case State::Connecting:
    case State::LoggingIn:
    case State::Opening:
    case State::Starting:
      return give_up_;
    case State::Following:
      return std::min(next_ping_, heard_ + times_.silent_limit);
  }
  return {};
}

void Stream::work(SteadyTime now, Dialer& dialer) {
  for (bool more = true; more;) {
    const Result<bool> advanced = advance(now, dialer);
    if (!advanced.ok()) return fail(advanced.error(), now);
    more = *advanced;
  }
  const bool connecting = state_ >= State::Connecting && state_ < State::Following;
  if (connecting && now >= give_up_) fail(unreachable(target_.login, "no answer in time"), now);
}

Result<bool> Stream::advance(SteadyTime now, Dialer& dialer) {
  switch (state_) {
    case State::Paused:
      if (now < again_) return false;
      state_ = State::AwaitsTurn;
      return true;
    case State::AwaitsTurn:
      again_ = now + kTurnPause;
      give_up_ = now + times_.connect_limit;
      return take_turn(dialer);
    case State::AwaitsWay:
      return false;
    case State::Connecting:
      return connect();
    case State::LoggingIn:
      return log_in();
    case State::Opening:
      return open_channel();
    case State::Starting:
      return start_command(now);
    case State::Following:
      return follow(now);
  }
  return false;
}

Result<bool> Stream::take_turn(Dialer& dialer) {
  auto turn = dialer.try_login_turn(target_.login);
  if (!turn) return false;
  turn_.emplace(std::move(*turn));
  if (target_.login.jump) {
    state_ = State::AwaitsWay;
    wants_way_ = true;
    return false;
  }
  socket_ = TRY(start_tcp(target_.login));
  state_ = State::Connecting;
  return true;
}

void Stream::give_way(Result<Way> way, SteadyTime now) {
  if (state_ != State::AwaitsWay) return;
  if (!way.ok()) return fail(way.error(), now);
  socket_ = std::move(way->socket);
  jump_ = std::move(way->jump);
  give_up_ = now + times_.connect_limit;
  state_ = State::Connecting;
}

Result<bool> Stream::connect() {
  if (!jump_ && !TRY(tcp_connected(target_.login, socket_))) return false;
  session_ = TRY(Session::begin(target_.login, std::move(socket_), std::move(jump_)));
  state_ = State::LoggingIn;
  return true;
}

Result<bool> Stream::log_in() {
  if (!TRY(session_->proceed(target_.login))) return false;
  turn_.reset();
  channel_.reset(ssh_channel_new(session_->raw()));
  if (!channel_) return unreachable(target_.login, "no memory for a channel");
  state_ = State::Opening;
  return true;
}

Result<bool> Stream::open_channel() {
  const int rc = ssh_channel_open_session(channel_.get());
  if (rc == SSH_AGAIN && session_->connected()) return false;
  if (rc != SSH_OK) return unreachable(target_.login, session_->last_error());
  state_ = State::Starting;
  return true;
}

Result<bool> Stream::start_command(SteadyTime now) {
  const int rc = ssh_channel_request_exec(channel_.get(), ("exec " + shell_line(target_.command)).c_str());
  if (rc == SSH_AGAIN && session_->connected()) return false;
  if (rc != SSH_OK) return unreachable(target_.login, session_->last_error());
  heard_ = now;
  next_ping_ = now + times_.ping_every;
  state_ = State::Following;
  return true;
}

Result<bool> Stream::follow(SteadyTime now) {
  while (TRY(read(now, false)) || TRY(read(now, true))) {
  }
  if (ssh_channel_is_eof(channel_.get()) != 0 || ssh_channel_is_closed(channel_.get()) != 0)
    return ended("StreamEnded", "the command ended");
  if (!session_->connected()) return unreachable(target_.login, session_->last_error());
  if (now - heard_ >= times_.silent_limit) return ended("StreamSilent", "nothing was heard for too long");
  TRY(keep_alive(now));
  return false;
}

/// True when there was something to read. What is said on standard error is dropped: the script writes
/// nothing there.
Result<bool> Stream::read(SteadyTime now, bool is_stderr) {
  std::array<char, 4096> buffer;
  const int n = ssh_channel_read_nonblocking(channel_.get(), buffer.data(), buffer.size(), is_stderr ? 1 : 0);
  if (n == SSH_ERROR) return unreachable(target_.login, session_->last_error());
  if (n <= 0) return false;
  if (!is_stderr) {
    heard_ = now;
    attempts_ = 0;
    take_bytes({buffer.data(), static_cast<std::size_t>(n)});
  }
  return true;
}

void Stream::take_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view part = bytes.substr(0, end);
    line_.append(part.substr(0, kLongestLine - line_.size()));
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    listener_.on_line(id_, line_);
    line_.clear();
  }
}

Status Stream::keep_alive(SteadyTime now) {
  if (now < next_ping_) return {};
  next_ping_ = now + times_.ping_every;
  if (ssh_channel_window_size(channel_.get()) == 0) return {};  // it does not read: the silence will tell
  if (ssh_channel_write(channel_.get(), "\n", 1) == SSH_ERROR)
    return unreachable(target_.login, session_->last_error());
  return {};
}

void Stream::fail(const Error& why, SteadyTime now) {
  channel_.reset();
  session_.reset();
  jump_.reset();
  socket_.reset();
  turn_.reset();
  line_.clear();
  const milliseconds pause = times_.first_pause * (1 << std::min(attempts_, 10));
  // A person decides about a host that is another one: it is not asked again and again.
  const bool refused = why.kind == ErrorKind::Denied;
  again_ = now + spread(refused ? times_.longest_pause : std::min(pause, times_.longest_pause), id_);
  ++attempts_;
  state_ = State::Paused;
  listener_.on_end(id_, why);
}

Error Stream::ended(const char* reason, const std::string& why) const {
  return {ErrorKind::Transient, reason, describe(target_.login) + ": " + why};
}

}  // namespace vpcp::ssh
