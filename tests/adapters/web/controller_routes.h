#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapters/prometheus/prometheus_metrics.h"
#include "adapters/web/page_routes.h"
#include "page/sample_metrics.h"
#include "support/fake_store.h"
#include "support/reference_scenario.h"

namespace vpcp::testing {

/// The server with every route that the controller gives it, over a store in memory and the figures of
/// `peerings` objects.
class ControllerRoutes {
 public:
  explicit ControllerRoutes(int peerings) : store_(system_clock(), effects_), page_(store_, "1.2.3", Log()) {
    sample_many(metrics_, peerings);
    for (int i = 1; i < peerings; ++i)
      store_.declare({"network", "peering-" + std::to_string(i)}, reference_spec());
    store_.declare(kReferenceKey, reference_spec());
    std::vector<web::Route> routes = web::page_routes(page_, "127.0.0.1:0");
    routes.push_back(web::metrics_route([this] { return metrics_.text(); }));
    routes.push_back({"/healthz", [](const web::Request&) {
                        return web::Answer{200, "text/plain", web::text_of("ok\n")};
                      }});
    for (const web::Route& route : routes) paths_.push_back(route.path);
    server_ = web::WebServer::start("127.0.0.1:0", std::move(routes)).value();
  }

  /// What a pass does to all that it shares with the server's threads: figures, and a status that is new at
  /// each `moment`.
  void pass(int moment) {
    sample_all(metrics_, moment);
    const auto object = store_.object(kReferenceKey);
    PeeringStatus status = object->status;
    status.edges.resize(1);
    status.edges[0].from = "amsterdam";
    status.edges[0].to = "bangalore";
    status.edges[0].rtt_millis = moment;
    (void)store_.apply_status({}, *object, status);
  }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] const std::vector<std::string>& paths() const { return paths_; }

 private:
  Effects effects_;
  FakeStore store_;
  PrometheusMetrics metrics_;
  web::PageModel page_;
  std::vector<std::string> paths_;
  std::unique_ptr<web::WebServer> server_;  ///< Last: it uses the rest.
};

}  // namespace vpcp::testing
