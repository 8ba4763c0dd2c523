#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace vpcp::testing {

/// One accepted connection of a LoopbackServer, closed when it goes.
class Connection {
 public:
  Connection(int socket, const std::stop_token& stop) : socket_(socket), stop_(stop) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { ::close(socket_); }

  /// The next request, head and body as they came; empty when the peer has closed or the server ends.
  std::string read_request() {
    std::string text;
    while (!is_whole(text) && read_some(text)) {
    }
    return text;
  }
  void write(std::string_view text) { (void)!::send(socket_, text.data(), text.size(), MSG_NOSIGNAL); }
  void answer(std::string_view status, std::string_view body, std::string_view more_headers = "") {
    write("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
          std::string(more_headers) + "\r\n" + std::string(body));
  }
  /// Until the peer closes or the server ends.
  void wait_for_close() {
    std::string rest;
    while (read_some(rest)) {
    }
  }
  /// Makes the close send RST instead of FIN.
  void reset_on_close() {
    const linger hard{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }
  [[nodiscard]] int socket() const { return socket_; }

 private:
  static bool is_whole(const std::string& text) {
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const auto length = text.find("Content-Length:");
    const std::size_t body = length < end ? std::stoul(text.substr(length + 15)) : 0;
    return text.size() >= end + 4 + body;
  }
  bool read_some(std::string& text) {
    pollfd ready{socket_, POLLIN, 0};
    while (!stop_.stop_requested()) {
      if (::poll(&ready, 1, 20) == 0) continue;
      char part[4096];
      const auto count = ::recv(socket_, part, sizeof part, 0);
      if (count <= 0) return false;
      text.append(part, static_cast<std::size_t>(count));
      return true;
    }
    return false;
  }

  int socket_;
  std::stop_token stop_;
};

/// Listens on a free port of 127.0.0.1 and hands every connection, with its number from 0, to `serve` on a
/// thread of its own.
class LoopbackServer {
 public:
  using Serve = std::function<void(Connection&, int number)>;
  explicit LoopbackServer(Serve serve) : serve_(std::move(serve)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(socket_, 16);
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_until(stop); });
  }
  ~LoopbackServer() {
    acceptor_ = {};  // ends and joins it, and with it the threads of the connections
    ::close(socket_);
  }
  [[nodiscard]] std::string url(const std::string& path, const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + path;
  }
  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_until(const std::stop_token& stop) {
    std::vector<std::jthread> served;
    pollfd ready{socket_, POLLIN, 0};
    while (!stop.stop_requested()) {
      if (::poll(&ready, 1, 20) <= 0) continue;
      const int socket = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) continue;
      served.emplace_back([this, socket, stop, number = connections_++] {
        Connection connection(socket, stop);
        serve_(connection, number);
      });
    }
  }

  Serve serve_;
  int socket_{-1};
  int port_{0};
  std::atomic<int> connections_{0};
  std::jthread acceptor_;
};

}  // namespace vpcp::testing
