#include "adapters/prometheus/metrics_server.h"

#include <CivetServer.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "vpcp/base/ip.h"

namespace vpcp {
namespace {

constexpr const char* kPlainText = "text/plain; charset=utf-8";
constexpr const char* kMetricsText = "text/plain; version=0.0.4; charset=utf-8";

struct Page {
  int status{200};
  std::string body;
};

class PageHandler : public CivetHandler {
 public:
  PageHandler(const char* type, std::function<Page()> page) : type_(type), page_(std::move(page)) {}
  bool handleGet(CivetServer*, mg_connection* connection) override {
    const Page page = page_();
    mg_printf(connection,
              "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
              page.status, mg_get_response_code_text(connection, page.status), type_, page.body.size());
    mg_write(connection, page.body.data(), page.body.size());
    return true;
  }

 private:
  const char* type_;
  std::function<Page()> page_;
};

/// Two silent connections must not keep a health check waiting: many threads, short patience. No
/// document_root: the server has no files to give.
std::vector<std::string> server_options(const std::string& listen) {
  return {"listening_ports", listen, "num_threads", "8", "request_timeout_ms", "2000"};
}

/// Why nobody can listen there, which civetweb does not tell.
std::string bind_failure(const Endpoint& endpoint) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  address.sin_addr.s_addr = htonl(endpoint.address.bits);
  const bool works =
      ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::listen(fd, 1) == 0;
  const int error = errno;
  ::close(fd);
  std::array<char, 128> buffer{};
  return works ? "the address was in use a moment ago" : ::strerror_r(error, buffer.data(), buffer.size());
}

}  // namespace

class MetricsServer::Impl {
 public:
  Impl(const std::string& listen, const PrometheusMetrics& metrics, std::function<bool()> ready)
      : metrics_(kMetricsText,
                 [&metrics] {
                   return Page{200, metrics.text()};
                 }),
        health_(kPlainText,
                [] {
                  return Page{200, "ok\n"};
                }),
        ready_(kPlainText,
               [ready = std::move(ready)] {
                 return ready() ? Page{200, "ok\n"} : Page{503, "not ready\n"};
               }),
        server_(server_options(listen)) {
    server_.addHandler("/metrics$", metrics_);
    server_.addHandler("/healthz$", health_);
    server_.addHandler("/readyz$", ready_);
  }

  std::uint16_t port() { return static_cast<std::uint16_t>(server_.getListeningPorts().front()); }

 private:
  PageHandler metrics_;
  PageHandler health_;
  PageHandler ready_;
  CivetServer server_;  ///< Last: its threads end before the handlers go.
};

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>> MetricsServer::start(const std::string& listen,
                                                            const PrometheusMetrics& metrics,
                                                            std::function<bool()> ready) {
  const auto endpoint = Endpoint::parse(listen);
  if (!endpoint) {
    return Error{
        ErrorKind::Invalid, "ListenAddressInvalid",
        "cannot serve metrics on \"" + listen + "\": write an IPv4 address and a port, as 127.0.0.1:9090"};
  }
  try {
    auto impl = std::make_unique<Impl>(endpoint->str(), metrics, std::move(ready));
    return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(impl)));
  } catch (const CivetException&) {
    return Error{ErrorKind::Denied, "CannotListen",
                 "cannot serve metrics on " + endpoint->str() + ": " + bind_failure(*endpoint)};
  }
}

std::uint16_t MetricsServer::port() const {
  return impl_->port();
}

}  // namespace vpcp
