#include "controllers/host_planner.h"

#include <algorithm>
#include <thread>

#include "vpcp/base/parallel.h"

namespace vpcp {
namespace {

/// Fewer are not worth a thread; and neighbours want much the same files.
constexpr std::size_t kHostsOfTask = 64;
constexpr unsigned kMostThreads = 8;

}  // namespace

std::vector<std::optional<HostPlan>> plan_hosts(const PeeringSpec& spec, const Layout& layout,
                                                const PeeringRecord& record,
                                                const std::vector<SeenHost>& hosts) {
  const DesiredHosts desired(spec, layout, record);
  std::vector<std::optional<HostPlan>> plans(hosts.size());
  const std::size_t tasks = (hosts.size() + kHostsOfTask - 1) / kHostsOfTask;
  const auto plan_part = [&](std::size_t task) {
    const std::size_t end = std::min((task + 1) * kHostsOfTask, hosts.size());
    for (std::size_t i = task * kHostsOfTask; i < end; ++i)
      plans[i] = plan_host(desired, *hosts[i].host, *hosts[i].facts);
  };
  parallel_for(tasks, std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads), {}, plan_part);
  return plans;
}

}  // namespace vpcp
