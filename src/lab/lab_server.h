#pragma once
#include <memory>

#include "lab/cloud.h"
#include "lab/http_server.h"
#include "lab/lab_api.h"

namespace vpcp::lab {

struct LabOptions {
  std::string address{"127.0.0.1"};
  std::uint16_t port{0};  ///< 0: a free one.
  CloudOptions cloud;
  LabApiOptions api;
};

/// The whole simulated cloud behind an HTTP port: the API under base_url() + "/v2", the levers under
/// "/lab/v1".
///   auto lab = LabServer::start(options, std::make_unique<MemoryBackend>(), system_clock(), log);
/// Everything ends with it: first the port, then the hosts.
class LabServer {
 public:
  /// `clock` must outlive the server.
  static Result<std::unique_ptr<LabServer>> start(const LabOptions& options, std::unique_ptr<Backend> backend,
                                                  const Clock& clock, const Log& log);

  /// "http://127.0.0.1:41234"
  [[nodiscard]] const std::string& base_url() const { return http_->url(); }
  Cloud& cloud() { return cloud_; }
  Faults& faults() { return api_.faults(); }
  RequestLog& requests() { return api_.requests(); }
  Backend& backend() { return *backend_; }

 private:
  LabServer(const LabOptions& options, std::unique_ptr<Backend> backend, const Clock& clock, const Log& log);

  std::unique_ptr<Backend> backend_;
  Cloud cloud_;
  LabApi api_;
  std::unique_ptr<HttpServer> http_;  ///< Last: no request comes in while the rest goes.
};

}  // namespace vpcp::lab
