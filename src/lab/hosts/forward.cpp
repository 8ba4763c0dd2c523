#include "lab/hosts/forward.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>

#include "lab/hosts/netns.h"
#include "lab/hosts/process.h"
#include "vpcp/base/ip.h"

namespace vpcp::lab {
namespace {

constexpr int kLookMillis = 500;  ///< How soon a stop or the end of the namespace is noticed.
constexpr int kMostConnections = 64;

/// The accepted connections that are being served, shared with their threads.
using Count = std::shared_ptr<std::atomic<int>>;

sockaddr_in address_of(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address.bits);
  return address;
}

Result<Endpoint> parse_endpoint(const std::string& text) {
  const std::optional<Endpoint> endpoint = Endpoint::parse(text);
  if (!endpoint)
    return Error{
        ErrorKind::Invalid, "BadAddress", "'" + text + "' is not an address like 127.0.0.1:9090", {}};
  return *endpoint;
}

Result<FileDescriptor> listen_on(const Endpoint& endpoint) {
  if (endpoint.address.bits >> 24 != 127) {
    return Error{ErrorKind::Invalid,
                 "NotLoopback",
                 endpoint.str() + " is not on loopback; the lab is not for others",
                 {}};
  }
  FileDescriptor listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = address_of(endpoint);
  if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener.get(), SOMAXCONN) != 0) {
    return errno_error("cannot listen on " + endpoint.str());
  }
  return listener;
}

Result<FileDescriptor> connect_inside(const Endpoint& endpoint) {
  FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = address_of(endpoint);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno_error("cannot connect to " + endpoint.str());
  }
  return socket;
}

/// Moves what is there from one socket to the other; false when `from` has no more to say.
bool move_bytes(const FileDescriptor& from, const FileDescriptor& to) {
  std::array<char, 16384> bytes{};
  const ssize_t size = ::recv(from.get(), bytes.data(), bytes.size(), 0);
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t n =
        ::send(to.get(), bytes.data() + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += n;
  }
  if (size <= 0) ::shutdown(to.get(), SHUT_WR);
  return size > 0;
}

void serve(const FileDescriptor& outside, const FileDescriptor& inside) {
  std::array<pollfd, 2> ends{{{outside.get(), POLLIN, 0}, {inside.get(), POLLIN, 0}}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (::poll(ends.data(), ends.size(), -1) < 0) return;
    if (ends[0].revents != 0 && !move_bytes(outside, inside)) ends[0].fd = -1;
    if (ends[1].revents != 0 && !move_bytes(inside, outside)) ends[1].fd = -1;
  }
}

void serve_in_background(FileDescriptor outside, const ForwardOptions& options, const Endpoint& to,
                         const Count& count) {
  ++*count;
  std::thread([outside = std::move(outside), netns = options.netns, to, count] {
    const Result<FileDescriptor> inside =
        in_netns<FileDescriptor>(netns, [&to] { return connect_inside(to); });
    if (inside.ok()) serve(outside, inside.value());
    --*count;
  }).detach();
}

ino_t identity_of(const std::string& netns) {
  struct stat file {};
  return ::stat(("/run/netns/" + netns).c_str(), &file) == 0 ? file.st_ino : 0;
}

}  // namespace

Status forward_into_netns(const ForwardOptions& options, const std::stop_token& stop) {
  const Endpoint from = TRY(parse_endpoint(options.listen));
  const Endpoint to = TRY(parse_endpoint(options.to));
  const ino_t identity = identity_of(options.netns);
  if (identity == 0) return machine_error("there is no network namespace " + options.netns);
  const FileDescriptor listener = TRY(listen_on(from));
  const Count count = std::make_shared<std::atomic<int>>(0);
  while (!stop.stop_requested() && identity_of(options.netns) == identity) {
    pollfd waiting{listener.get(), POLLIN, 0};
    if (::poll(&waiting, 1, kLookMillis) <= 0) continue;
    FileDescriptor outside(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (outside.open() && *count < kMostConnections)
      serve_in_background(std::move(outside), options, to, count);
  }
  return {};
}

}  // namespace vpcp::lab
