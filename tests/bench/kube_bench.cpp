// Our store and queue beside controller_runtime/: the same work, the same commands by standard input, the
// same answers (see its main.go).
#include <algorithm>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "adapters/cpprest/http_client.h"
#include "adapters/kube/client.h"
#include "adapters/kube/kube_cluster.h"
#include "adapters/prometheus/prometheus_metrics.h"
#include "vpcp/api/write.h"
#include "vpcp/base/guarded.h"
#include "vpcp/base/scheduling.h"
#include "vpcp/base/secret.h"
#include "vpcp/runtime/controller.h"

namespace vpcp {
namespace {

constexpr seconds kPatience{600};

/// When keys came by the watch, and how long they then waited for their pass.
class Waits {
 public:
  explicit Waits(const Clock& clock) : clock_(clock) {}
  void arrived(const ObjectKey& key) {
    state_.with([&](State& state) {
      state.seen.insert(key);
      state.arrived.emplace(key, clock_.steady_now());
    });
  }
  void started(const ObjectKey& key) {
    state_.with([&](State& state) {
      const auto found = state.arrived.find(key);
      if (found == state.arrived.end()) return;
      state.waits.push_back(clock_.steady_now() - found->second);
      state.arrived.erase(found);
    });
  }
  std::size_t seen() {
    return state_.with([](const State& state) { return state.seen.size(); });
  }
  /// "P99 COUNT": microseconds, of how many.
  std::string take_latency() {
    auto waits = state_.with([](State& state) { return std::exchange(state.waits, {}); });
    if (waits.empty()) return "0 0";
    std::sort(waits.begin(), waits.end());
    const auto p99 = std::chrono::duration_cast<std::chrono::microseconds>(waits[waits.size() * 99 / 100]);
    return std::to_string(p99.count()) + " " + std::to_string(waits.size());
  }

 private:
  struct State {
    std::set<ObjectKey> seen;
    std::map<ObjectKey, SteadyTime> arrived;
    std::vector<SteadyTime::duration> waits;
  };
  const Clock& clock_;
  Guarded<State> state_;
};

template <typename Condition>
void wait_until(const Condition& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("waited for too long");
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

bool shows(ResourceStore& store, const ObjectKey& key, const std::string& message) {
  const auto object = store.get({}, key);
  if (!object.ok() || !*object) return false;
  const Condition* ready = find_condition((*object)->status, condition::kReady);
  return ready != nullptr && ready->message == message;
}

/// Applies a status to each of the first `count` objects and waits until the watch has brought all of them:
/// the store would take what it applies itself from the answer, so another client of the server applies here.
void statuses(kube::Client& writer, ResourceStore& store, int count, const std::string& message) {
  std::vector<ObjectKey> keys;
  for (int i = 0; i < count; ++i) keys.push_back({"network", "many-" + std::to_string(i)});
  PeeringStatus status;
  status.conditions = {
      {condition::kReady, ConditionStatus::False, "Bench", message, 1, system_clock().now()}};
  for (const ObjectKey& key : keys) {
    const nlohmann::json metadata = {{"name", key.name}, {"namespace", key.ns}};
    const std::string body = std::string(R"({"apiVersion":")") + kApiVersion + R"(","kind":")" + kKind +
                             R"(","metadata":)" + metadata.dump() + R"(,"status":)" + status_to_json(status) +
                             "}";
    const std::string path = std::string("/apis/") + kApiVersion + "/namespaces/" + key.ns + "/vpcpeerings/" +
                             key.name + "/status?fieldManager=bench&force=true";
    if (const auto done = writer.send({}, {"PATCH", path, kube::kApplyPatch, body}); !done.ok())
      throw std::runtime_error(done.error().message);
  }
  for (const ObjectKey& key : keys) wait_until([&] { return shows(store, key, message); });
}

long long micros_since(std::chrono::steady_clock::time_point began) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began)
      .count();
}

void serve(kube::Client& writer, ResourceStore& store, Waits& waits) {
  std::string line;
  for (int round = 0; std::getline(std::cin, line); ++round) {
    if (line == "latency") {
      std::cout << waits.take_latency() << std::endl;
      continue;
    }
    std::istringstream words(line);
    std::string command;
    int count = 0;
    words >> command >> count;
    const auto began = std::chrono::steady_clock::now();
    statuses(writer, store, count, "round " + std::to_string(round));
    std::cout << micros_since(began) << std::endl;
  }
}

int run() {
  const auto began = std::chrono::steady_clock::now();
  take_short_turns();  // as the controller
  init_http_process();
  init_crypto();
  CpprestHttpClient http;
  PrometheusMetrics metrics;
  const Clock& clock = system_clock();
  KubeCluster::Options options;
  options.identity = "bench";
  options.agent = "bench";
  options.random01 = [] { return 0.5; };
  const auto cluster = KubeCluster::open(options, {http, metrics, clock}, Log{});
  if (!cluster.ok()) throw std::runtime_error(cluster.error().message);
  ResourceStore& store = (*cluster)->store();
  Waits waits(clock);
  WorkQueue queue(clock);
  const auto look = [&](const Context& ctx, const ObjectKey& key) -> ReconcileResult {
    waits.started(key);
    TRY(store.get(ctx, key));
    return Requeue{};
  };
  Controller controller({.name = "bench", .workers = 4}, look, [](const auto&, int) { return Verdict{}; },
                        queue, {clock, metrics, Log{}});
  std::stop_source stop;
  Context watching;
  watching.stop = stop.get_token();
  std::jthread passes([&] { controller.run(stop.get_token(), stop.get_token()); });
  std::jthread watch([&] {
    (void)store.watch(watching, [&](const ObjectKey& key) {
      waits.arrived(key);
      queue.add(key);
    });
  });
  wait_until([&] { return (*cluster)->synced(); });
  std::cout << micros_since(began) << std::endl;
  kube::Config config = kube::find_config(options.config).value();
  kube::Credentials credentials(std::move(config), clock);
  kube::Client writer(http, credentials, "bench-writer");
  serve(writer, store, waits);
  stop.request_stop();
  return 0;
}

}  // namespace
}  // namespace vpcp

int main() {
  try {
    return vpcp::run();
  } catch (const std::exception& error) {
    std::cerr << "bench: " << error.what() << "\n";
    return 1;
  }
}
