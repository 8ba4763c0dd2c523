#include "adapters/web/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "vpcp/base/ip.h"

namespace vpcp::web {
namespace {

constexpr int kBacklog = 512;

Error cannot_listen(const Endpoint& endpoint) {
  std::array<char, 128> buffer{};
  return {ErrorKind::Denied, "CannotListen",
          "cannot listen on " + endpoint.str() + ": " + ::strerror_r(errno, buffer.data(), buffer.size())};
}

}  // namespace

Socket& Socket::operator=(Socket&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Socket> listen_on(const std::string& address) {
  const auto endpoint = Endpoint::parse(address);
  if (!endpoint) {
    return Error{ErrorKind::Invalid, "ListenAddressInvalid",
                 "cannot listen on \"" + address + "\": write an IPv4 address and a port, as 127.0.0.1:9090"};
  }
  Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  (void)::setsockopt(socket.fd(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(endpoint->port);
  name.sin_addr.s_addr = htonl(endpoint->address.bits);
  if (::bind(socket.fd(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0)
    return cannot_listen(*endpoint);
  if (::listen(socket.fd(), kBacklog) != 0) return cannot_listen(*endpoint);
  return socket;
}

std::uint16_t port_of(const Socket& listener) {
  sockaddr_in name{};
  socklen_t size = sizeof name;
  (void)::getsockname(listener.fd(), reinterpret_cast<sockaddr*>(&name), &size);
  return ntohs(name.sin_port);
}

}  // namespace vpcp::web
