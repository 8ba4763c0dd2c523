#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <thread>

#include "adapters/libssh/ssh_watch.h"
#include "adapters/libssh/sshd_fixture.h"
#include "support/fake_metrics.h"
#include "vpcp/base/guarded.h"

/// 1,000 streams to real sshds on loopback: prints the seconds until all of them had told something, the
/// threads and the memory (MB, VmRSS) of this process, and its CPU in percent of a core over the half minute
/// after.
namespace vpcp::testing {
namespace {

constexpr std::size_t kStreams = 1000;
/// An sshd takes few logins at once; a real host has one stream.
constexpr std::size_t kServers = 40;
constexpr std::size_t kAtOnce = 40;
constexpr seconds kUntilAllTold{300};
constexpr seconds kLookedAt{30};

class Heard : public HostWatch::Listener {
 public:
  void on_line(const HostWatch::Id& id, std::string_view /*line*/) override {
    ids_.with([&](auto& ids) { ids.insert(id); });
  }
  void on_end(const HostWatch::Id& /*id*/, const Error& /*why*/) override {}
  [[nodiscard]] std::size_t streams() const {
    return ids_.with([](const auto& ids) { return ids.size(); });
  }

 private:
  Guarded<std::set<HostWatch::Id>> ids_;
};

/// A figure of /proc/self/status.
double own(const std::string& name) {
  std::ifstream status("/proc/self/status");
  double value = 0;
  for (std::string word; status >> word;) {
    if (word == name + ':' && status >> value) return value;
  }
  return -1;
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto in_seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return in_seconds(usage.ru_utime) + in_seconds(usage.ru_stime);
}

/// A thousand connections, and what waits for them.
void allow_many_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

bool all_told(const Heard& heard, std::size_t streams, std::chrono::steady_clock::time_point deadline) {
  while (heard.streams() < streams) {
    if (std::chrono::steady_clock::now() > deadline) {
      std::fprintf(stderr, "only %zu of %zu streams told something\n", heard.streams(), streams);
      return false;
    }
    std::this_thread::sleep_for(milliseconds{50});
  }
  return true;
}

int measure() {
  allow_many_files();
  std::vector<std::unique_ptr<TestSshd>> servers;
  for (std::size_t i = 0; i < kServers; ++i) servers.push_back(std::make_unique<TestSshd>());
  FakeMetrics metrics;
  Heard heard;
  SshShell shell({}, metrics);
  SshWatch watch({}, shell, heard);
  std::map<HostWatch::Id, HostWatch::Target> targets;
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < kStreams; ++i) {
    const std::string name = "host-" + std::to_string(i);
    targets[name] = {servers[i % kServers]->login(name),
                     {{"sh", "-c", "while echo alive; do sleep 5; done"}, {}}};
    // Not more logins at once than this machine can serve, which is all of the hosts.
    if ((i + 1) % kAtOnce != 0 && i + 1 != kStreams) continue;
    watch.follow(targets);
    if (!all_told(heard, targets.size(), began + kUntilAllTold)) return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const double before = cpu_seconds();
  std::this_thread::sleep_for(kLookedAt);
  const double cpu = (cpu_seconds() - before) / static_cast<double>(kLookedAt.count()) * 100;
  std::printf("%.1f %.0f %.1f %.2f\n", took.count(), own("Threads") - 1, own("VmRSS") / 1024, cpu);
  return 0;
}

}  // namespace
}  // namespace vpcp::testing

int main() {
  return vpcp::testing::measure();
}
