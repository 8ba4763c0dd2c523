#pragma once
#include <cstdint>
#include <string>

#include "vpcp/base/result.h"

namespace vpcp::web {

/// An open socket, closed with the object.
class Socket {
 public:
  explicit Socket(int fd = -1) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Socket& operator=(Socket&& other) noexcept;
  ~Socket();
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// Listens on "host:port" without blocking. Errors: Invalid "ListenAddressInvalid", Denied "CannotListen".
Result<Socket> listen_on(const std::string& address);
std::uint16_t port_of(const Socket& listener);

}  // namespace vpcp::web
