#include "adapters/libssh/jump_host.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "adapters/libssh/jump_link.h"

namespace vpcp::ssh {
namespace {

/// The thread needs no clock; this only bounds how long a wake-up that libssh swallowed can stay unnoticed.
constexpr int kLongestPollMillis = 5'000;

constexpr const char* kLost = "the connection to the jump host was lost";

}  // namespace

void JumpHost::Request::answer(FileDescriptor fd) {
  {
    const std::lock_guard lock(mutex);
    socket = std::move(fd);
  }
  answered.notify_all();
}

void JumpHost::Request::fail(const std::string& why) {
  {
    const std::lock_guard lock(mutex);
    failure = why;
  }
  answered.notify_all();
}

JumpHost::JumpHost(std::unique_ptr<Session> session)
    : session_(std::move(session)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

JumpHost::~JumpHost() {
  thread_.request_stop();
  wake_.signal();
  thread_.join();
}

Result<FileDescriptor> JumpHost::connect(const Context& ctx, const HostLogin& target) {
  const auto request = std::make_shared<Request>();
  request->address = target.address.str();
  request->port = target.port;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return unreachable(target, kLost);
    incoming_.push_back(request);
  }
  wake_.signal();
  std::unique_lock lock(request->mutex);
  const auto is_answered = [&] { return request->failure.has_value() || request->socket.open(); };
  // One that is answered later closes its link by itself: the socket goes with the request.
  if (!request->answered.wait_until(lock, ctx.stop, ctx.deadline, is_answered)) {
    return unreachable(target,
                       ctx.stopped() ? "asked to stop" : "the jump host got no answer from it in time");
  }
  if (request->failure) return unreachable(target, *request->failure);
  return std::move(request->socket);
}

void JumpHost::run(const std::stop_token& stop) {
  while (!stop.stop_requested() && alive_) {
    {
      const std::lock_guard lock(mutex_);
      opening_.splice(opening_.end(), incoming_);
    }
    bool progress = true;
    while (progress && session_->connected() && !stop.stop_requested()) {
      progress = open_some();
      progress |= pump_links();
    }
    if (session_->connected()) {
      wait();
      alive_ = session_->serve();
    } else {
      alive_ = false;
    }
  }
  close_all();
}

bool JumpHost::open_some() {
  return std::erase_if(opening_, [this](const auto& request) { return try_open(*request); }) > 0;
}

bool JumpHost::try_open(Request& request) {
  if (!request.channel) request.channel.reset(ssh_channel_new(session_->raw()));
  if (!request.channel) {
    request.fail("no memory for a channel through the jump host");
    return true;
  }
  switch (ssh_channel_open_forward(request.channel.get(), request.address.c_str(), request.port, "127.0.0.1",
                                   0)) {
    case SSH_OK:
      start_link(request);
      return true;
    case SSH_AGAIN:
      return false;
    default:
      // Before the answer: who gets it may ask whether a new session would help.
      alive_ = session_->connected();
      request.fail(alive_ ? "the jump host says: " + session_->last_error() : kLost);
      break;
  }
  request.channel.reset();  // on this thread, which owns the session
  return true;
}

void JumpHost::start_link(Request& request) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0) {
    request.channel.reset();
    request.fail("no socket pair for the jump: too many open files");
    return;
  }
  links_.emplace_back(session_->raw(), std::move(request.channel), FileDescriptor(ends[0]));
  links_in_use_ = links_.size();
  request.answer(FileDescriptor(ends[1]));
}

bool JumpHost::pump_links() {
  bool progress = false;
  for (Link& link : links_) progress |= link.pump();
  links_.remove_if([](const Link& link) { return link.done(); });
  links_in_use_ = links_.size();
  for (const Link& link : links_) progress |= link.has_unseen_bytes();
  return progress;
}

void JumpHost::wait() const {
  const bool unsent = (ssh_get_poll_flags(session_->raw()) & SSH_WRITE_PENDING) != 0;
  std::vector<pollfd> fds{
      {wake_.fd(), POLLIN, 0},
      {ssh_get_fd(session_->raw()), static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN), 0}};
  for (const Link& link : links_) {
    const short events = link.wanted_events();
    fds.push_back({events != 0 ? link.socket() : -1, events, 0});  // with 0, a hang-up would wake it for ever
  }
  (void)::poll(fds.data(), fds.size(), kLongestPollMillis);
  wake_.clear();
}

void JumpHost::close_all() {
  alive_ = false;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    opening_.splice(opening_.end(), incoming_);
  }
  links_.clear();
  links_in_use_ = 0;
  for (const auto& request : opening_) {
    request->channel.reset();
    request->fail(kLost);
  }
  opening_.clear();
}

}  // namespace vpcp::ssh
