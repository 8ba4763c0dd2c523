#include "support/simulation.h"

#include <algorithm>

#include "controllers/host_follower.h"
#include "controllers/path_controller.h"
#include "support/fake_watch.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
/// How much of its stack each allocation notes: the usual 30 frames take a quarter of a simulation's time.
/// For a finding, run it again with ASAN_OPTIONS=malloc_context_size=30.
extern "C" const char* __asan_default_options() {  // the name is the sanitizer's (sanitizer/asan_interface.h)
  return "malloc_context_size=3";
}
#endif
#endif

namespace vpcp::testing {
namespace {

/// Passes without any time going by: far more than a sane controller makes for one object.
constexpr int kHotLoop = 100;

}  // namespace

/// All that dies with the process.
struct Simulation::Process {
  explicit Process(FakeWorld& world, const std::shared_ptr<FakeLog>& log)
      : peering_queue(world.clock),
        health_queue(world.clock),
        path_queue(world.clock),
        streams(world.clock, world.metrics, Log(log)),
        watch(world.hosts, streams),
        follower(streams, watch),
        peering({world.store, world.cloud, world.hosts, world.metrics, world.clock, board, streams},
                {Secret::copy_of("key")},
                [this](const ObjectKey& key) {
                  health_queue.add(key);
                  path_queue.add(key);
                }),
        health({world.store, world.cloud, world.hosts, world.metrics, world.clock, board, streams},
               {[this](const ObjectKey& key) { peering_queue.add(key); },
                [this](const Context& ctx, const ObjectKey& key) { peering.show_traffic(ctx, key); }}),
        path({world.store, world.cloud, world.hosts, world.metrics, world.clock, board, streams},
             [this](const ObjectKey& key) { peering_queue.add(key); }),
        peering_loop({"peering", 1, minutes{15}},
                     [this](const Context& ctx, const ObjectKey& key) { return peering.reconcile(ctx, key); },
                     judge_evenly, peering_queue, {world.clock, world.metrics, Log(log)}),
        health_loop({"health", 1, minutes{15}},
                    [this](const Context& ctx, const ObjectKey& key) { return health.reconcile(ctx, key); },
                    judge_evenly, health_queue, {world.clock, world.metrics, Log(log)}),
        path_loop({"path", 1, minutes{15}},
                  [this](const Context& ctx, const ObjectKey& key) { return path.reconcile(ctx, key); },
                  judge_evenly, path_queue, {world.clock, world.metrics, Log(log)}) {
    streams.set_wake(
        [this](const ObjectKey& key, milliseconds after) { peering_queue.add_after(key, after); });
    board.on_ground([this](const ObjectKey& key, const ProbeGround* ground) {
      follower.update(key, ground == nullptr ? std::map<std::string, HostLogin>{} : ground->logins);
    });
  }

  static Verdict judge_evenly(const ReconcileResult& result, int attempts) {
    return judge(result, attempts, 0.5);
  }

  PeeringBoard board;
  WorkQueue peering_queue;
  WorkQueue health_queue;
  WorkQueue path_queue;
  StreamBook streams;
  FakeWatch watch;
  HostFollower follower;
  PeeringController peering;
  HealthController health;
  PathController path;
  Controller peering_loop;
  Controller health_loop;
  Controller path_loop;
};

Simulation::Simulation() {
  const auto die_at = [this](Moment moment) {
    return [this, moment](const std::string& effect) {
      // Other lanes of the same pass die with it.
      if (dead_) throw CrashNow{effect};
      const std::size_t n =
          moment == Moment::Before ? ++effects_begun_ : ++effects_ended_;  // lanes run side by side
      if (crash_at_ != 0 && n == crash_at_ && moment == moment_) {
        dead_ = true;
        throw CrashNow{effect};
      }
    };
  };
  world.effects.before = die_at(Moment::Before);
  world.effects.after = die_at(Moment::After);
  start();
}

Simulation::~Simulation() = default;

void Simulation::start() {
  process_.reset();
  dead_ = false;
  process_ = std::make_unique<Process>(world, log);
  const auto keys = world.store.list({});
  if (!keys.ok()) return;
  for (const ObjectKey& key : *keys) process_->peering_queue.add(key);
}

void Simulation::declare(const PeeringSpec& spec, const ObjectKey& key) {
  world.store.declare(key, spec);
  process_->peering_queue.add(key);
  process_->health_queue.add(key);
}

void Simulation::remove(const ObjectKey& key) {
  world.store.remove(key);
  process_->peering_queue.add(key);
  process_->health_queue.add(key);
}

void Simulation::crash_at(std::size_t effect, Moment moment) {
  effects_begun_ = 0;
  effects_ended_ = 0;
  crash_at_ = effect;
  moment_ = moment;
}

bool Simulation::work_once() {
  try {
    return process_->peering_loop.work_once({}, {}) || process_->health_loop.work_once({}, {}) ||
           process_->path_loop.work_once({}, {});
  } catch (const CrashNow&) {
    ++deaths_;
    crash_at_ = 0;
    start();
    return true;
  }
}

bool Simulation::work_until_idle(const std::function<bool()>& settled) {
  for (int passes = 0; work_once(); ++passes) {
    if (passes > kHotLoop) return false;
    if (settled()) return true;
  }
  return true;
}

bool Simulation::run_until(const std::function<bool()>& settled, milliseconds limit) {
  const SteadyTime end = world.clock.steady_now() + limit;
  while (true) {
    if (streams_work) process_->watch.poll();
    if (!work_until_idle(settled)) return false;
    if (settled()) return true;
    const SteadyTime now = world.clock.steady_now();
    if (now >= end) return false;
    SteadyTime next = end;
    for (const WorkQueue* queue :
         {&process_->peering_queue, &process_->health_queue, &process_->path_queue}) {
      next = std::min(next, queue->next_ready().value_or(end));
    }
    world.clock.advance(
        std::chrono::ceil<milliseconds>(std::max<SteadyTime::duration>(next - now, milliseconds{1})));
  }
}

void Simulation::run_for(milliseconds duration) {
  run_until([] { return false; }, duration);
}

bool Simulation::peered() {
  if (condition(condition::kReady) != "True") return false;
  const InstanceId app = world.instance("App-Server");
  const InstanceId db = world.instance("DB-Server");
  if (app.empty() || db.empty()) return false;
  for (const Traffic traffic : {Traffic::Ping, Traffic::Tcp}) {
    if (!world.hosts.crosses(app, world.vpc_address("DB-Server"), traffic)) return false;
    if (!world.hosts.crosses(db, world.vpc_address("App-Server"), traffic)) return false;
  }
  return true;
}

bool Simulation::gone() {
  const CloudSnapshot left = world.cloud.everything();
  return left.vpcs.empty() && left.instances.empty() && left.firewall_groups.empty() &&
         world.store.secret_keys().empty() && !world.store.object(kReferenceKey);
}

std::string Simulation::condition(const std::string& type, const ObjectKey& key) const {
  const auto object = world.store.object(key);
  if (!object) return "";
  const Condition* found = find_condition(object->status, type);
  if (found == nullptr) return "";
  switch (found->status) {
    case ConditionStatus::True:
      return "True";
    case ConditionStatus::False:
      return "False";
    case ConditionStatus::Unknown:
      return "Unknown";
  }
  return "";
}

std::string Simulation::story() const {
  std::string text = "deaths: " + std::to_string(deaths_) + "\n";
  if (const auto object = world.store.object(kReferenceKey)) {
    for (const Condition& c : object->status.conditions) {
      text += c.type + "=" + condition(c.type) + " " + c.reason + ": " + c.message + "\n";
    }
  }
  const auto lines = log->lines();
  for (std::size_t i = lines.size() > 25 ? lines.size() - 25 : 0; i < lines.size(); ++i) {
    text += "log: " + lines[i].message;
    for (const char* field : {"lane", "step", "why", "reason", "message", "error"}) {
      if (const std::string value = lines[i].field(field); !value.empty())
        text += " " + std::string(field) + "=" + value;
    }
    text += "\n";
  }
  return text;
}

}  // namespace vpcp::testing
