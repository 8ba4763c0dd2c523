// The wiring: which implementation stands behind each port.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <semaphore>
#include <thread>

#include "adapters/cpprest/http_client.h"
#include "adapters/libssh/ssh_shell.h"
#include "adapters/libssh/ssh_watch.h"
#include "adapters/prometheus/prometheus_metrics.h"
#include "adapters/vultr/accounts.h"
#include "adapters/web/page_routes.h"
#include "adapters/web/web_server.h"
#include "app/signals.h"
#include "app/vpc-peering-controller/backend.h"
#include "controllers/health_controller.h"
#include "controllers/host_follower.h"
#include "controllers/path_controller.h"
#include "controllers/peering_controller.h"
#include "domain/retry_policy.h"
#include "vpcp/base/scheduling.h"
#include "vpcp/ports/metric_list.h"
#include "vpcp/runtime/fenced_ports.h"
#include "vpcp/runtime/leader_elector.h"
#include "vpcp/runtime/manager.h"

namespace vpcp::app {
namespace {

constexpr const char* kAgent = "vpc-peering-controller/" VPCP_VERSION;

/// The key from the environment, which is then cleared of it.
std::optional<Secret> take_api_key() {
  const char* value = std::getenv("VULTR_API_KEY");
  if (value == nullptr || *value == '\0') return std::nullopt;
  Secret key = Secret::copy_of(value);
  unsetenv("VULTR_API_KEY");
  return key;
}

/// "HOST_1b9d…": for people to recognise, and unlike that of an earlier process.
std::string make_identity() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return std::string(host.data()) + "_" + random_uuid();
}

/// The passes: what acts, what looks, and the watch that feeds them.
class Passes {
 public:
  Passes(const RunOptions& options, const std::optional<Secret>& api_key, const PeeringPorts& ports,
         StreamBook& streams, const Log& log)
      : peering_queue_(ports.clock),
        health_queue_(ports.clock),
        path_queue_(ports.clock),
        peering_(ports, {api_key, options.cloud_interval},
                 [this](const ObjectKey& key) {
                   health_queue_.add(key);
                   path_queue_.add(key);
                 }),
        health_(ports,
                {[this](const ObjectKey& key) { peering_queue_.add(key); },
                 [this](const Context& ctx, const ObjectKey& key) { peering_.show_traffic(ctx, key); }}),
        path_(ports, [this](const ObjectKey& key) { peering_queue_.add(key); }),
        acting_({.name = "peering", .workers = options.workers},
                [this](const Context& ctx, const ObjectKey& key) { return peering_.reconcile(ctx, key); },
                kJudge, peering_queue_, {ports.clock, ports.metrics, log}),
        looking_({.name = "health", .workers = options.workers},
                 [this](const Context& ctx, const ObjectKey& key) { return health_.reconcile(ctx, key); },
                 kJudge, health_queue_, {ports.clock, ports.metrics, log}),
        measuring_({.name = "path", .workers = options.workers},
                   [this](const Context& ctx, const ObjectKey& key) { return path_.reconcile(ctx, key); },
                   kJudge, path_queue_, {ports.clock, ports.metrics, log}),
        manager_({}, ports.store, log) {
    streams.set_wake(
        [this](const ObjectKey& key, milliseconds after) { peering_queue_.add_after(key, after); });
    manager_.add(acting_);
    manager_.add(looking_);
    manager_.add(measuring_);
  }
  void run(const std::stop_token& stop) { manager_.run(stop); }

 private:
  static inline const Judge kJudge = [](const ReconcileResult& result, int attempts) {
    return judge(result, attempts, random01());
  };
  WorkQueue peering_queue_;
  WorkQueue health_queue_;
  WorkQueue path_queue_;
  PeeringController peering_;
  HealthController health_;
  PathController path_;
  Controller acting_;
  Controller looking_;
  Controller measuring_;
  Manager manager_;
};

/// Runs `work` while this process leads. The lead is kept until the work has ended, then given away.
void run_as_leader(const std::string& identity, LeaseStore& lease, Fence& fence, Metrics& metrics,
                   const Log& log, const std::stop_token& stop, const std::function<void()>& work) {
  std::counting_semaphore<2> decided(0);  // both may happen: the election, and the order to end
  std::atomic<bool> elected{false};
  const LeaderElector::Hooks hooks{[&] {
                                     elected = true;
                                     metrics.set(metric::kLeader, {}, 1);
                                     decided.release();
                                   },
                                   [&] {
                                     metrics.set(metric::kLeader, {}, 0);
                                     log.error("The lead is lost: ending at once");
                                     std::_Exit(1);  // a pass may be in the middle of an effect: no step more
                                   },
                                   random01};
  LeaderElector elector(identity, {}, lease, system_clock(), fence, hooks);
  std::stop_source over;
  Context ctx;
  ctx.stop = over.get_token();
  ctx.log = log;
  std::jthread thread([&] { elector.run(ctx); });
  {
    const std::stop_callback give_up(stop, [&] { decided.release(); });
    decided.acquire();
  }
  if (elected) work();
  over.request_stop();
  thread.join();
  Context farewell;
  farewell.log = log;
  elector.release(farewell);
}

/// What is served: /metrics, /healthz (the process answers), /readyz, and the page of `model` unless that is
/// nullptr.
std::vector<web::Route> routes_for(const RunOptions& options, const PrometheusMetrics& metrics,
                                   std::function<bool()> ready, web::PageModel* model) {
  std::vector<web::Route> routes;
  if (model != nullptr) routes = web::page_routes(*model, options.metrics_listen);
  routes.push_back(web::metrics_route([&metrics] { return metrics.text(); }));
  const auto plain = [](int status, const char* text) {
    return web::Answer{status, "text/plain; charset=utf-8", web::text_of(text)};
  };
  routes.push_back({"/healthz", [plain](const auto&) { return plain(200, "ok\n"); }});
  routes.push_back({"/readyz", [plain, ready = std::move(ready)](const auto&) {
                      return ready() ? plain(200, "ok\n") : plain(503, "not ready\n");
                    }});
  return routes;
}

int refuse(const Log& log, const char* what, const Error& error) {
  log.error(what, {{"reason", error.reason}, {"error", error.message}});
  return 1;  // another start may find it otherwise: a folder that was in use for a moment, say
}

/// Every host is a connection and more, and many systems let a process open 1,024 files unless it asks for
/// more.
void allow_many_connections() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);  // refused: then it stays as it was
}

}  // namespace

int run(const RunOptions& options) {
  take_short_turns();
  allow_many_connections();
  SignalWaiter signals;  // before any thread, so that all of them block the signals
  init_http_process();
  const std::optional<Secret> api_key = take_api_key();  // before anything that starts another program
  const Log log(stderr_log(options.log_format, options.log_level));
  const Clock& clock = system_clock();
  PrometheusMetrics metrics;
  metrics.set(metric::kBuildInfo, {VPCP_VERSION}, 1);
  metrics.set(metric::kLeader, {}, 0);
  metrics.add(metric::kCloudThrottled, {}, 0);  // there from the start, so that its first rise is seen

  CpprestHttpClient http;
  const std::string identity = make_identity();
  auto backend = open_backend(options, identity, {http, metrics, clock}, log);
  if (!backend.ok()) return refuse(log, "The store does not open", backend.error());
  std::optional<web::PageModel> page;
  if (options.ui) page.emplace((*backend)->store(), VPCP_VERSION, log);
  auto server = web::WebServer::start(
      options.metrics_listen,
      routes_for(
          options, metrics, [&] { return (*backend)->ready(); }, page ? &*page : nullptr));
  if (!server.ok()) return refuse(log, "The metrics address cannot be used", server.error());

  Fence fence(clock);
  FencedHttp to_cloud(http, fence, kAgent);
  SshShell ssh({.connect_limit = milliseconds{5000}}, metrics);
  FencedShell shell(ssh, fence);
  FencedStore store((*backend)->store(), fence);
  VultrAccounts cloud({to_cloud, metrics, clock}, options.vultr_url);
  PeeringBoard board;
  StreamBook streams(clock, metrics, log);
  Passes passes(options, api_key, {store, cloud, shell, metrics, clock, board, streams}, streams, log);
  std::optional<SshWatch> watch;  // ends before what it tells
  std::optional<HostFollower> follower;
  if (options.host_streams) {
    follower.emplace(streams, watch.emplace(SshWatch::Options{}, ssh, streams));
    board.on_ground([&](const ObjectKey& key, const ProbeGround* ground) {
      follower->update(key, ground == nullptr ? std::map<std::string, HostLogin>{} : ground->logins);
    });
  }

  std::stop_source stop;
  signals.start(stop, log);
  log.info(
      "Started",
      {{"version", VPCP_VERSION}, {"store", (*backend)->describe()}, {"metrics", options.metrics_listen}});
  if (LeaseStore* lease = (*backend)->lease()) {
    run_as_leader(identity, *lease, fence, metrics, log, stop.get_token(),
                  [&] { passes.run(stop.get_token()); });
  } else {
    fence.open({0, SteadyTime::max()});
    metrics.set(metric::kLeader, {}, 1);
    passes.run(stop.get_token());
  }
  signals.join();
  log.info("Stopped");
  return 0;
}

}  // namespace vpcp::app
