// Serves the page and /metrics on loopback over a store in memory, for a browser or a Prometheus to look at:
//   page_stage [SCENE] [PORT]
// The first line that it writes is its address. On standard input: "scene NAME", "edge FROM TO Down|Up",
// "peerings N"; it ends with its input.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <thread>

#include "adapters/prometheus/prometheus_metrics.h"
#include "adapters/web/page_routes.h"
#include "page/sample_metrics.h"
#include "page/scenes.h"
#include "support/fake_store.h"

namespace vpcp::testing {
namespace {

class Stage {
 public:
  explicit Stage(const std::string& first) : store_(system_clock(), effects_), page_(store_, "stage", Log()) {
    show(first);
    ticker_ = std::jthread([this](const std::stop_token& stop) {
      for (int second = 0; !stop.stop_requested(); ++second) {
        sample_all(metrics_, second);
        std::this_thread::sleep_for(milliseconds{250});
      }
    });
  }

  std::vector<web::Route> routes() {
    std::vector<web::Route> routes = web::page_routes(page_, "127.0.0.1:0");
    routes.push_back(web::metrics_route([this] { return metrics_.text(); }));
    routes.push_back({"/healthz", [](const auto&) {
                        return web::Answer{200, "text/plain", web::text_of("ok\n")};
                      }});
    return routes;
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    std::string first;
    std::string second;
    std::string health;
    words >> verb >> first >> second >> health;
    if (verb == "scene") show(first);
    if (verb == "edge") set_edge(first, second, health == "Down" ? EdgeHealth::Down : EdgeHealth::Up);
    if (verb == "peerings") sample_many(metrics_, std::atoi(first.c_str()));
    std::puts("done");
    std::fflush(stdout);
  }

 private:
  void show(const std::string& name) {
    const auto keys = store_.list({});
    for (const ObjectKey& key : *keys) {
      store_.remove(key);
    }
    for (const VpcPeering& peering : scene(name, system_clock().now())) {
      store_.declare(peering.meta.key(), peering.spec);
      (void)store_.apply_status({}, *store_.object(peering.meta.key()), peering.status);
    }
  }

  void set_edge(const std::string& from, const std::string& to, EdgeHealth health) {
    const auto keys = store_.list({});
    for (const ObjectKey& key : *keys) {
      const auto object = store_.object(key);
      PeeringStatus status = object->status;
      for (EdgeStatus& edge : status.edges) {
        if (edge.from != from || edge.to != to) continue;
        edge.health = health;
        edge.hop = health == EdgeHealth::Down ? "tunnel" : "";
        edge.reason = health == EdgeHealth::Down ? "TunnelDead" : "Verified";
        edge.since = system_clock().now();
      }
      (void)store_.apply_status({}, *object, status);
    }
  }

  Effects effects_;
  FakeStore store_;
  PrometheusMetrics metrics_;
  web::PageModel page_;
  std::jthread ticker_;
};

}  // namespace
}  // namespace vpcp::testing

int main(int argc, char** argv) {
  vpcp::testing::Stage stage(argc > 1 ? argv[1] : "healthy");
  auto server =
      vpcp::web::WebServer::start(std::string("127.0.0.1:") + (argc > 2 ? argv[2] : "0"), stage.routes());
  if (!server.ok()) {
    std::fprintf(stderr, "%s\n", server.error().message.c_str());
    return 1;
  }
  std::printf("http://127.0.0.1:%d\n", (*server)->port());
  std::fflush(stdout);
  for (std::string line; std::getline(std::cin, line);) stage.obey(line);
}
