#include "controllers/prober.h"

#include <algorithm>

#include "domain/host/probe.h"
#include "domain/plan/probe_plan.h"
#include "vpcp/runtime/parallel.h"

namespace vpcp {
namespace {

constexpr std::size_t kHostsAtOnce = 32;
/// A packet that takes longer than this is lost: well over any round trip on earth, and over one SYN
/// retransmission (1 s).
constexpr seconds kProbeLimit{2};
constexpr seconds kAskLimit{8};  ///< For the whole command, connection included.

struct HostTask {
  const std::string* lane;
  const std::vector<ProbeAim>* aims;
  milliseconds pause;
  std::vector<ProbeObservation> seen;
};

std::vector<ProbeObservation> ask(const Context& ctx, HostShell& shell, const ProbeGround& ground,
                                  const HostTask& task) {
  std::vector<ProbeObservation> seen;
  for (const ProbeAim& aim : *task.aims)
    seen.push_back({aim.edge, aim.what, *task.lane, false, false, std::nullopt});
  const auto login = ground.logins.find(*task.lane);
  if (login == ground.logins.end()) return seen;
  std::vector<ProbeTarget> targets;
  for (const ProbeAim& aim : *task.aims) targets.push_back(aim.target);
  const auto answer =
      shell.run(ctx.within(kAskLimit), login->second, probe_command(kProbeLimit, targets, task.pause));
  if (!answer.ok() || answer->output.exit_status != 0) return seen;
  const auto results = parse_probe_report(answer->output.out);
  if (!results.ok()) return seen;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    const auto result = std::find_if(results->begin(), results->end(),
                                     [&](const ProbeResult& r) { return r.target == targets[i]; });
    if (result == results->end()) continue;
    seen[i].looked = true;
    seen[i].answered = result->outcome == ProbeResult::Outcome::Ok;
    if (seen[i].what.protocol == ProbeProtocol::Icmp) seen[i].millis = result->millis;
  }
  return seen;
}

}  // namespace

std::vector<ProbeObservation> probe_round(const Context& ctx, HostShell& shell, const ProbeGround& ground,
                                          std::uint64_t round, ProbeTiming timing) {
  const auto plan = plan_probes(ground.spec, ground.layout, ground.tunnel_addresses, round);
  std::map<std::string, milliseconds> pauses;
  const auto& sites = ground.layout.sites;
  for (std::size_t i = 0; timing == ProbeTiming::Apart && i < sites.size(); ++i)
    pauses[sites[i].name] = probe_pause(i, sites.size(), round);
  std::vector<HostTask> tasks;
  for (const auto& [lane, aims] : plan)
    tasks.push_back({&lane, &aims, pauses[lane.substr(0, lane.find('/'))], {}});
  parallel_for(tasks.size(), kHostsAtOnce, ctx.stop,
               [&](std::size_t i) { tasks[i].seen = ask(ctx, shell, ground, tasks[i]); });
  std::vector<ProbeObservation> all;
  for (HostTask& task : tasks) all.insert(all.end(), task.seen.begin(), task.seen.end());
  return all;
}

}  // namespace vpcp
