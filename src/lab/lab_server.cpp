#include "lab/lab_server.h"

namespace vpcp::lab {

LabServer::LabServer(const LabOptions& options, std::unique_ptr<Backend> backend, const Clock& clock,
                     const Log& log)
    : backend_(std::move(backend)),
      cloud_(options.cloud, *backend_, clock, log),
      api_(options.api, cloud_, clock) {}

Result<std::unique_ptr<LabServer>> LabServer::start(const LabOptions& options,
                                                    std::unique_ptr<Backend> backend, const Clock& clock,
                                                    const Log& log) {
  std::unique_ptr<LabServer> server(new LabServer(options, std::move(backend), clock, log));
  const auto handle = [api = &server->api_](const Request& request) { return api->handle(request); };
  server->http_ = TRY(HttpServer::listen(options.address, options.port, handle));
  return server;
}

}  // namespace vpcp::lab
