#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "lab/http_message.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

/// Gives the whole process `threads` for HTTP. Once, before any HTTP object; a test program may leave it out.
void start_http_threads(std::size_t threads);

/// An HTTP/1.1 listener on one IPv4 address. The handler runs on cpprest's threads and must not block. Late
/// answers wait on a thread of their own. The destructor stops listening and ends what is open.
class HttpServer {
 public:
  using Handle = std::function<Response(const Request&)>;
  /// Port 0: a free one.
  static Result<std::unique_ptr<HttpServer>> listen(const std::string& address, std::uint16_t port,
                                                    const Handle& handle);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "http://127.0.0.1:8080"
  [[nodiscard]] const std::string& url() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vpcp::lab
