#include "schedules/schedule.h"

#include <algorithm>
#include <map>
#include <random>

#include "schedules/happenings.h"

namespace vpcp::testing {
namespace {

using namespace std::chrono_literals;

/// Watches while time goes by: Ready and dead for too long is a lie.
class Watch {
 public:
  explicit Watch(Simulation& sim) : sim_(sim) {}

  /// For Simulation::run_until: false as long as all is well.
  bool sees_a_lie() {
    const SteadyTime now = sim_.world.clock.steady_now();
    if (sim_.condition(condition::kReady) != "True" || sim_.peered()) {
      green_and_dead_since_.reset();
    } else {
      if (!green_and_dead_since_) green_and_dead_since_ = now;
      if (now - *green_and_dead_since_ > kLag) lied_ = true;
    }
    return lied_;
  }
  [[nodiscard]] bool lied() const { return lied_; }

 private:
  Simulation& sim_;
  std::optional<SteadyTime> green_and_dead_since_;
  bool lied_{false};
};

std::optional<std::string> twins(Simulation& sim) {
  for (const char* label : {"Gateway-A", "Gateway-B", "App-Server", "DB-Server"}) {
    if (const std::size_t n = sim.world.count(label); n != 1)
      return std::to_string(n) + " instances are called " + label;
  }
  const CloudSnapshot all = sim.world.cloud.everything();
  if (all.vpcs.size() != 2) return std::to_string(all.vpcs.size()) + " VPCs for two sites";
  if (all.firewall_groups.size() != 3)
    return std::to_string(all.firewall_groups.size()) + " firewall groups for three hosts";
  return std::nullopt;
}

std::optional<std::string> what_is_left(Simulation& sim) {
  sim.remove();
  if (sim.run_until([&] { return sim.gone(); }, 3h)) return std::nullopt;
  const CloudSnapshot left = sim.world.cloud.everything();
  return "deleted, it leaves " + std::to_string(left.instances.size()) + " instances, " +
         std::to_string(left.vpcs.size()) + " VPCs, " + std::to_string(left.firewall_groups.size()) +
         " firewall groups";
}

/// Everything happens at its time, and ends at its time.
bool tell_entries(Simulation& sim, Watch& watch, const Schedule& schedule) {
  const SteadyTime start = sim.world.clock.steady_now();
  std::multimap<seconds, std::function<void()>> due;
  for (const Schedule::Entry& entry : schedule.entries) {
    due.emplace(entry.at, [&] {
      if (End end = happenings().at(entry.happening).happens(sim))
        due.emplace(entry.at + entry.lasts, [&sim, end] { end(sim); });
    });
  }
  while (!due.empty()) {
    const auto next = due.extract(due.begin());
    const auto still = std::chrono::ceil<milliseconds>(start + next.key() - sim.world.clock.steady_now());
    if (still > 0ms) sim.run_until([&] { return watch.sees_a_lie(); }, still);
    if (watch.lied()) return false;
    next.mapped()();
  }
  return true;
}

std::optional<std::string> tell(Simulation& sim, const Schedule& schedule) {
  const std::string lie = "Ready=True while no traffic crossed";
  Watch watch(sim);
  sim.declare(reference_spec());
  if (!tell_entries(sim, watch, schedule)) return lie;
  const auto settled = [&] { return watch.sees_a_lie() || (sim.peered() && !twins(sim)); };
  if (!sim.run_until(settled, 3h))
    return twins(sim).value_or("it does not come to Ready and traffic within three hours");
  if (watch.lied()) return lie;
  if (schedule.removed) return what_is_left(sim);
  return std::nullopt;
}

}  // namespace

Schedule make_schedule(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Schedule schedule;
  const std::size_t length = 1 + random() % 8;
  // Half of them strike on the way up, within the first minutes; the others where all is well already.
  const std::uint64_t first = random() % 2 == 0 ? 0 : 400;
  for (std::size_t i = 0; i < length; ++i) {
    const seconds at{first + random() % 400};
    const std::size_t happening = random() % happenings().size();
    schedule.entries.push_back({at, happening, seconds{1 + random() % 300}});
  }
  std::ranges::sort(schedule.entries, {}, &Schedule::Entry::at);
  schedule.removed = random() % 3 == 0;
  return schedule;
}

std::optional<std::string> trouble_with(const Schedule& schedule) {
  Simulation sim;
  const auto trouble = tell(sim, schedule);
  if (!trouble) return std::nullopt;
  return *trouble + "\n" + sim.story();
}

Schedule shrunk(Schedule schedule) {
  for (std::size_t i = 0; i < schedule.entries.size();) {
    Schedule shorter = schedule;
    shorter.entries.erase(shorter.entries.begin() + static_cast<std::ptrdiff_t>(i));
    if (trouble_with(shorter)) {
      schedule = shorter;
      i = 0;
    } else {
      ++i;
    }
  }
  return schedule;
}

std::string to_string(const Schedule& schedule) {
  std::string text;
  for (const Schedule::Entry& entry : schedule.entries) {
    const Happening& happening = happenings().at(entry.happening);
    text += "  at " + std::to_string(entry.at.count()) + " s" +
            (happening.lasts ? ", for " + std::to_string(entry.lasts.count()) + " s" : "") + ": " +
            happening.name + "\n";
  }
  return text + (schedule.removed ? "  in the end: the object is deleted\n" : "");
}

}  // namespace vpcp::testing
