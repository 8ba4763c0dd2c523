#include "controllers/prober.h"

#include <algorithm>

#include "domain/host/probe.h"
#include "vpcp/base/parallel.h"

namespace vpcp {
namespace {

constexpr std::size_t kHostsAtOnce = 64;

struct HostTask {
  const std::string* lane;
  const std::vector<ProbeAim>* aims;
  ProbeBurst burst;
  HostPace* pace;  ///< Of this host alone.
};

/// Adds one line of the report: a target has one for its pings, or one for each connection.
void add(ProbeObservation& seen, const ProbeResult& result) {
  seen.looked = true;
  seen.sent += result.sent;
  seen.answered += result.answered;
  if (seen.what.protocol != ProbeProtocol::Icmp) return;
  seen.millis = result.millis;
  seen.jitter_millis = result.jitter_millis;
}

/// Empty when the host could not be asked. Notes how soon it has answered.
std::vector<ProbeResult> run_probes(const Context& ctx, HostShell& shell, const HostLogin& login,
                                    const std::vector<ProbeTarget>& targets, const HostTask& task) {
  const SteadyTime began = std::chrono::steady_clock::now();
  // Many connections take a host longer than one.
  const milliseconds given = patience(*task.pace, began) * (task.burst.connections > 1 ? 2 : 1);
  const auto answer =
      shell.run(ctx.within(longest(task.burst) + given), login, probe_command(targets, task.burst));
  if (!answer.ok()) {
    note_report(*task.pace, given, std::nullopt, began);
    return {};
  }
  const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
  note_report(*task.pace, given, took - (longest(task.burst) - task.burst.limit), began);
  if (answer->output.exit_status != 0) return {};
  auto results = parse_probe_report(answer->output.out);
  if (!results.ok()) return {};
  return std::move(*results);
}

std::vector<ProbeObservation> ask(const Context& ctx, HostShell& shell, const ProbeGround& ground,
                                  const HostTask& task) {
  std::vector<ProbeObservation> seen;
  const bool being_made = !ground.set_up.contains(*task.lane);
  for (const ProbeAim& aim : *task.aims)
    seen.push_back({aim.edge, aim.what, *task.lane, false, 0, 0, {}, {}, being_made, aim.target.address});
  const auto login = ground.logins.find(*task.lane);
  if (login == ground.logins.end()) return seen;
  std::vector<ProbeTarget> targets;  // each once, though several edges may share one
  for (const ProbeAim& aim : *task.aims) {
    if (std::find(targets.begin(), targets.end(), aim.target) == targets.end()) targets.push_back(aim.target);
  }
  const SteadyTime began = std::chrono::steady_clock::now();
  const auto results = run_probes(ctx, shell, login->second, targets, task);
  const auto took = std::chrono::ceil<milliseconds>(std::chrono::steady_clock::now() - began);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    seen[i].took = took;
    for (const ProbeResult& result : results) {
      if (result.target == (*task.aims)[i].target) add(seen[i], result);
    }
  }
  return seen;
}

}  // namespace

void probe_round(const Context& ctx, HostShell& shell, const ProbeGround& ground, const ProbeRound& round,
                 HostPaces& paces, const OnReport& report) {
  const auto plan = plan_probes(ground.spec, ground.layout, ground.tunnel_addresses, round.turn);
  if (paces.size() > 2 * ground.logins.size())  // of hosts that are gone
    std::erase_if(paces, [&](const auto& pace) { return !ground.logins.contains(pace.first); });
  std::map<std::string, milliseconds> pauses;
  const auto& sites = ground.layout.sites;
  for (std::size_t i = 0; round.apart && i < sites.size(); ++i)
    pauses[sites[i].name] = probe_pause(i, sites.size(), round.turn.round);
  ProbeBurst burst{.limit = round.limit};
  if (round.closer) burst.connections = burst.pings;
  std::vector<HostTask> tasks;
  for (const auto& [lane, aims] : plan) {
    burst.pause = pauses[lane.substr(0, lane.find('/'))];
    tasks.push_back({&lane, &aims, burst, &paces[lane]});
  }
  parallel_for(tasks.size(), kHostsAtOnce, ctx.stop,
               [&](std::size_t i) { report(ask(ctx, shell, ground, tasks[i])); });
}

}  // namespace vpcp
