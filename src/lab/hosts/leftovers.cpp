#include "lab/hosts/leftovers.h"

#include <sys/mount.h>
#include <unistd.h>

#include <csignal>
#include <sstream>
#include <string>

#include "lab/hosts/names.h"
#include "lab/hosts/netns.h"
#include "lab/hosts/process.h"

namespace vpcp::lab {

namespace fs = std::filesystem;

namespace {

/// `pids` has one a line. Who has ended since, like the program that listed them from in there, does not
/// count.
bool only_this_process(const std::string& pids) {
  std::istringstream list(pids);
  for (pid_t pid = 0; list >> pid;) {
    if (pid != ::getpid() && ::kill(pid, 0) == 0) return false;
  }
  return true;
}

}  // namespace

void remove_leftovers(const CgroupRoots& cgroups, const fs::path& hosts_folder) {
  std::error_code ignored;
  remove_cgroup(cgroups, kCgroup);
  for (const auto& host : fs::directory_iterator(hosts_folder, ignored)) {
    // More than one mount can lie over each other when a lab was killed twice.
    while (::umount2((host.path() / "root").c_str(), MNT_DETACH) == 0) continue;
  }
  fs::remove_all(hosts_folder, ignored);
  for (const auto& netns : fs::directory_iterator("/run/netns", ignored)) {
    const std::string name = netns.path().filename();
    if (name.starts_with("vpcp-lab-") && name != kControlNetns) delete_netns(name);
  }
  for (const auto& machine : fs::directory_iterator("/run/systemd/nspawn/propagate", ignored)) {
    if (machine.path().filename().string().starts_with("vpcp-lab-")) fs::remove_all(machine.path(), ignored);
  }
}

void remove_control_namespace() {
  const Result<std::string> members = run_program({"ip", "netns", "pids", kControlNetns});
  if (!members.ok() || only_this_process(members.value())) delete_netns(kControlNetns);
}

}  // namespace vpcp::lab
