#include "controllers/path_controller.h"

#include <algorithm>
#include <utility>

#include "domain/desired/topology.h"
#include "domain/host/path_probe.h"
#include "vpcp/base/parallel.h"

namespace vpcp {
namespace {

constexpr std::size_t kGatewaysAtOnce = 64;
/// Of one gateway in one command: ten large packets each must not become a flood. The others wait for the
/// next.
constexpr std::size_t kWaysAtOnce = 4;
/// Beyond the command itself: a connection, another command before ours.
constexpr milliseconds kPathAskLimit{3000};
/// For an answer, as long as a packet may take between any two regions and back.
constexpr milliseconds kPathAnswerLimit{1000};

/// What one gateway is asked, and what it told.
struct PathTask {
  HostLogin login;
  std::map<Way, Ipv4> targets;
  std::map<Way, std::string> ends;
  std::map<Ipv4, std::vector<int>> sizes;
  std::optional<PathReport> report;
};
using PathTasks = std::map<std::string, PathTask>;  // by lane

const LaidHost* gateway_in(const Layout& layout, const std::string& site) {
  const LaidSite* laid = layout.site(site);
  return laid == nullptr || laid->gateways.empty() ? nullptr : &laid->gateways.front();
}

bool carries(const TrafficBook& traffic, const SitePair& edge) {
  const auto found = traffic.edges.find(edge);
  if (found == traffic.edges.end()) return false;
  const EdgeHealth health = found->second.status.health;
  return health == EdgeHealth::Up || health == EdgeHealth::Degraded;
}

std::string ends(const LaidHost& from, const LaidHost& to) {
  const auto id = [](const LaidHost& host) { return host.instance ? host.instance->id.value : ""; };
  return ends_of(id(from), id(to));
}

/// What a measurement of the way depends on.
std::string about(const ProbeGround& ground, const LaidHost& from, const LaidHost& to) {
  const auto mtu = ground.tunnel_mtus.find(from.site);
  return ends(from, to) + ' ' + std::to_string(mtu == ground.tunnel_mtus.end() ? 0 : mtu->second);
}

/// nullptr: the gateway cannot be asked, or there is nobody to send to.
const HostLogin* login_for(const ProbeGround& ground, const Way& way) {
  const LaidHost* from = gateway_in(ground.layout, way.first);
  const bool aims =
      gateway_in(ground.layout, way.second) != nullptr && ground.tunnel_addresses.contains({way.second, 0});
  if (from == nullptr || !aims) return nullptr;
  const auto login = ground.logins.find(from->lane);
  return login == ground.logins.end() ? nullptr : &login->second;
}

void add_task(PathTasks& tasks, const ProbeGround& ground, const Way& way, PathSearch& search,
              SteadyTime now) {
  const HostLogin* login = login_for(ground, way);
  if (login == nullptr) {
    search.due = now + kPathRetry;
    return;
  }
  const LaidHost& from = *gateway_in(ground.layout, way.first);
  begin_search(search, about(ground, from, *gateway_in(ground.layout, way.second)), now);
  if (search.stage == PathSearch::Stage::Idle || now < search.due) return;
  PathTask& task = tasks[from.lane];
  if (task.targets.size() >= kWaysAtOnce) return;
  const Ipv4 target = ground.tunnel_addresses.at({way.second, 0});
  task.login = *login;
  task.targets[way] = target;
  task.ends[way] = ends(from, *gateway_in(ground.layout, way.second));
  task.sizes[target] = sizes_beside_whole(search);
}

void ask_gateway(const Context& ctx, HostShell& shell, PathTask& task) {
  const Command command = path_command(task.sizes, kPathAnswerLimit);
  const auto answer = shell.run(ctx.within(command.limit + kPathAskLimit), task.login, command);
  if (answer.ok() && answer->output.exit_status == 0) task.report = parse_path_report(answer->output.out);
}

/// When the next of them is due.
milliseconds until_due(const std::map<Way, PathSearch>& searches, seconds interval, SteadyTime now) {
  // An edge that comes up tells nobody; to look at the book costs nothing.
  milliseconds out = interval;
  for (const auto& [way, search] : searches)
    out = std::min(out, std::chrono::ceil<milliseconds>(search.due - now));
  return std::max(out, milliseconds{1});
}

}  // namespace

PathController::PathController(PeeringPorts ports, std::function<void(const ObjectKey&)> found)
    : ports_(ports), found_(std::move(found)) {}

ReconcileResult PathController::reconcile(const Context& ctx, const ObjectKey& key) {
  const auto ground = ports_.board.ground(key);
  if (!ground) {
    searches_.with([&](auto& all) { all.erase(key); });
    return Requeue{};
  }
  Searches before = searches_.with([&](auto& all) { return all[key]; });
  const TrafficBook traffic = ports_.board.traffic(key);
  const SteadyTime now = ports_.clock.steady_now();
  Searches searches;
  PathTasks by_lane;
  for (const SitePair& edge : edges(ground->spec)) {
    if (!carries(traffic, edge)) continue;  // when it does again, it is searched from the start
    for (const Way& way : {Way{edge.first, edge.second}, Way{edge.second, edge.first}}) {
      searches[way] = std::move(before[way]);
      add_task(by_lane, *ground, way, searches[way], now);
    }
  }
  std::vector<PathTask> tasks;
  for (auto& [lane, task] : by_lane) tasks.push_back(std::move(task));
  const Context looking = ctx.for_looking();
  parallel_for(tasks.size(), kGatewaysAtOnce, looking.stop,
               [&](std::size_t i) { ask_gateway(looking, ports_.shell, tasks[i]); });
  if (looking.stopped()) return Requeue{};
  PathsFound found;
  const SteadyTime then = ports_.clock.steady_now();
  for (PathTask& task : tasks) {
    for (const auto& [way, target] : task.targets) {
      PathSearch& search = searches.at(way);
      search.due = task.report ? then : then + kPathRetry;
      if (!task.report) continue;
      const PathAnswer answer{task.report->mtu, task.report->crossed[target]};
      auto result = note_answer(search, answer, then);
      if (!result) continue;
      result->ends = task.ends.at(way);
      found[way] = *std::move(result);
    }
  }
  if (ports_.board.publish_paths(key, found)) found_(key);
  const milliseconds pause = until_due(searches, ground->spec.verification_interval, then);
  searches_.with([&](auto& all) { all[key] = std::move(searches); });
  return Requeue{pause};
}

}  // namespace vpcp
