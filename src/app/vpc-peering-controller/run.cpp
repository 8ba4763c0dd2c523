// The wiring: which implementation stands behind each port.
#include <csignal>
#include <cstdlib>
#include <thread>

#include "adapters/cpprest/http_client.h"
#include "adapters/directory/directory_store.h"
#include "adapters/libssh/ssh_shell.h"
#include "adapters/prometheus/metrics_server.h"
#include "adapters/prometheus/prometheus_metrics.h"
#include "adapters/vultr/accounts.h"
#include "app/vpc-peering-controller/options.h"
#include "controllers/health_controller.h"
#include "controllers/peering_controller.h"
#include "domain/retry_policy.h"
#include "vpcp/ports/metric_list.h"
#include "vpcp/runtime/manager.h"

namespace vpcp::app {
namespace {

/// The key from the environment, which is then cleared of it.
std::optional<Secret> take_api_key() {
  const char* value = std::getenv("VULTR_API_KEY");
  if (value == nullptr || *value == '\0') return std::nullopt;
  Secret key = Secret::copy_of(value);
  unsetenv("VULTR_API_KEY");
  return key;
}

double random01() {
  const std::string bytes = random_bytes(4);
  std::uint32_t n = 0;
  for (const char byte : bytes) n = n << 8 | static_cast<unsigned char>(byte);
  return n / 4294967296.0;
}

/// Waits for SIGTERM or SIGINT, which every thread has blocked, and then requests the stop.
class SignalWaiter {
 public:
  SignalWaiter() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  void start(std::stop_source source, Log log) {
    thread_ = std::thread([this, source = std::move(source), log = std::move(log)]() mutable {
      int signal = 0;
      sigwait(&signals_, &signal);
      log.info("Stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      source.request_stop();
    });
  }
  /// After the work has ended, for whatever reason.
  void join() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
  }

 private:
  sigset_t signals_{};
  std::thread thread_;
};

}  // namespace

int run(const RunOptions& options) {
  SignalWaiter signals;  // before any thread, so that all of them block the signals
  const Log log(stderr_log(options.log_format, options.log_level));
  const Clock& clock = system_clock();

  PrometheusMetrics metrics;
  metrics.set(metric::kBuildInfo, {VPCP_VERSION}, 1);
  metrics.set(metric::kLeader, {}, 1);

  auto opened = DirectoryStore::open({.manifests = options.manifests, .state = options.state}, clock, log);
  if (!opened.ok()) {
    log.error("The store does not open",
              {{"reason", opened.error().reason}, {"error", opened.error().message}});
    return 2;
  }
  DirectoryStore& store = **opened;
  auto server = MetricsServer::start(options.metrics_listen, metrics, [] { return true; });
  if (!server.ok()) {
    log.error("The metrics address cannot be used",
              {{"reason", server.error().reason}, {"error", server.error().message}});
    return 2;
  }

  CpprestHttpClient http;
  VultrAccounts cloud({http, metrics, clock}, options.vultr_url);
  SshShell shell({.connect_limit = milliseconds{5000}}, metrics);
  PeeringBoard board;
  const PeeringPorts ports{store, cloud, shell, metrics, clock, board};

  WorkQueue peering_queue(clock);
  WorkQueue health_queue(clock);
  PeeringController peering(ports, {take_api_key()}, [&](const ObjectKey& key) { health_queue.add(key); });
  HealthController health(ports, [&](const ObjectKey& key) { peering_queue.add(key); });
  const Judge judgement = [](const ReconcileResult& result, int attempts) {
    return judge(result, attempts, random01());
  };
  const ControllerEnvironment environment{clock, metrics, log};
  Controller acting(
      {.name = "peering", .workers = options.workers},
      [&](const Context& ctx, const ObjectKey& key) { return peering.reconcile(ctx, key); }, judgement,
      peering_queue, environment);
  Controller looking(
      {.name = "health", .workers = options.workers},
      [&](const Context& ctx, const ObjectKey& key) { return health.reconcile(ctx, key); }, judgement,
      health_queue, environment);

  Manager manager({}, store, log);
  manager.add(acting);
  manager.add(looking);
  std::stop_source stop;
  signals.start(stop, log);
  log.info(
      "Started",
      {{"version", VPCP_VERSION}, {"manifests", options.manifests}, {"metrics", options.metrics_listen}});
  manager.run(stop.get_token());
  signals.join();
  log.info("Stopped");
  return 0;
}

}  // namespace vpcp::app
