#include "adapters/libssh/wait.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace vpcp::ssh {
namespace {

/// libssh may hold bytes it has read already, which poll cannot see: never sleep
/// longer than this on one poll.
constexpr milliseconds kLongestPoll{1000};
/// A peer that acknowledges nothing for this long is gone. Longer than the outages that a tunnel rides out.
constexpr milliseconds kPeerGone{15'000};
constexpr int kKeepAliveIdleSeconds = 10;
constexpr int kKeepAliveIntervalSeconds = 5;
constexpr int kKeepAliveProbes = 3;

void set_option(int fd, int level, int option, int value) {
  // Best effort: a connection without it still works, bounded by the callers' deadlines.
  (void)::setsockopt(fd, level, option, &value, sizeof value);
}

void tune(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(kPeerGone.count()));
}

std::string error_text(int number) {
  std::array<char, 128> buffer{};
  return ::strerror_r(number, buffer.data(), buffer.size());
}

int pending_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

bool is_connected(int fd) {
  pollfd ready{fd, POLLOUT, 0};
  return ::poll(&ready, 1, 0) == 1;
}

}  // namespace

Event::Event() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void Event::signal() const {
  const std::uint64_t one = 1;
  // It can only fail with the counter full, which is a signal too.
  if (::write(fd_.get(), &one, sizeof one) < 0) return;
}

void Event::clear() const {
  std::uint64_t count = 0;
  // It fails when there was no signal.
  if (::read(fd_.get(), &count, sizeof count) < 0) return;
}

Wake Limit::wait(int fd, short events) const {
  if (ctx_.stopped()) return Wake::Stopped;
  const milliseconds left = ctx_.left();
  if (left.count() <= 0) return Wake::Deadline;
  std::array<pollfd, 2> fds{pollfd{fd, events, 0}, pollfd{stopped_.fd(), POLLIN, 0}};
  // One millisecond more, so that a rounded-down rest does not spin.
  const milliseconds span = left < kLongestPoll ? left + milliseconds{1} : kLongestPoll;
  (void)::poll(fds.data(), fds.size(), static_cast<int>(span.count()));
  return ctx_.stopped() ? Wake::Stopped : Wake::Ready;
}

std::optional<KeyedGate::Pass> KeyedGate::enter(const Context& ctx, const std::string& key) {
  std::unique_lock lock(mutex_);
  const auto may_enter = [&] {
    const auto it = inside_.find(key);
    return it == inside_.end() || it->second < limit_;
  };
  if (ctx.stopped()) return std::nullopt;
  if (ctx.deadline == SteadyTime::max()) {
    if (!changed_.wait(lock, ctx.stop, may_enter)) return std::nullopt;
  } else if (!changed_.wait_until(lock, ctx.stop, ctx.deadline, may_enter)) {
    return std::nullopt;
  }
  ++inside_[key];
  return Pass(*this, key);
}

std::optional<KeyedGate::Pass> KeyedGate::try_enter(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto it = inside_.find(key);
  if (it != inside_.end() && it->second >= limit_) return std::nullopt;
  ++inside_[key];
  return Pass(*this, key);
}

void KeyedGate::leave(const std::string& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto it = inside_.find(key);
    if (--it->second == 0) inside_.erase(it);
  }
  changed_.notify_all();
}

std::string describe(const HostLogin& login) {
  std::string text = login.name + " (" + login.address.str() + ":" + std::to_string(login.port);
  if (login.jump) text += " through " + login.jump->name;
  return text + ")";
}

Error unreachable(const HostLogin& login, const std::string& why) {
  return {ErrorKind::Transient, "HostUnreachable", describe(login) + " cannot be reached: " + why};
}

Error timed_out(const HostLogin& login, const std::string& why) {
  return {ErrorKind::Transient, "CommandTimedOut", describe(login) + ": " + why};
}

Error login_refused(const HostLogin& login, const std::string& why) {
  return {ErrorKind::Denied, "HostLoginRefused",
          describe(login) + " refuses the login of user " + login.user + ": " + why};
}

Result<FileDescriptor> start_tcp(const HostLogin& login) {
  FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return unreachable(login, error_text(errno));
  tune(fd.get());
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(login.port);
  peer.sin_addr.s_addr = htonl(login.address.bits);
  const bool begun = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0;
  if (!begun && errno != EINPROGRESS) return unreachable(login, error_text(errno));
  return fd;
}

Result<bool> tcp_connected(const HostLogin& login, const FileDescriptor& socket) {
  if (!is_connected(socket.get())) return false;
  if (const int error = pending_error(socket.get()); error != 0) return unreachable(login, error_text(error));
  return true;
}

Result<FileDescriptor> connect_tcp(const Context& ctx, const HostLogin& login) {
  FileDescriptor fd = TRY(start_tcp(login));
  const Limit limit(ctx);
  while (!TRY(tcp_connected(login, fd))) {
    switch (limit.wait(fd.get(), POLLOUT)) {
      case Wake::Ready:
        break;
      case Wake::Deadline:
        return unreachable(login, "no answer to the TCP connection");
      case Wake::Stopped:
        return unreachable(login, "asked to stop");
    }
  }
  return fd;
}

}  // namespace vpcp::ssh
