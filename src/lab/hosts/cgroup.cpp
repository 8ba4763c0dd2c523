#include "lab/hosts/cgroup.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "lab/hosts/process.h"
#include "vpcp/base/clock.h"

namespace vpcp::lab {
namespace {

namespace fs = std::filesystem;

/// A group that is being emptied by SIGKILL is empty after this, or something is badly stuck.
constexpr seconds kEmptyLimit{5};
constexpr milliseconds kLookAgain{20};

/// The groups below `root`, deepest first.
std::vector<fs::path> groups_below(const fs::path& root) {
  std::error_code ignored;
  std::vector<fs::path> groups;
  if (!fs::is_directory(root, ignored)) return groups;
  groups.push_back(root);
  for (auto at = fs::recursive_directory_iterator(root, ignored); at != fs::recursive_directory_iterator();
       at.increment(ignored)) {
    if (ignored) break;
    if (at->is_directory(ignored)) groups.push_back(at->path());
  }
  std::ranges::reverse(groups);
  return groups;
}

void kill_members(const std::vector<fs::path>& groups) {
  for (const fs::path& group : groups) {
    std::ifstream members(group / "cgroup.procs");
    for (pid_t pid = 0; members >> pid;) {
      if (pid > 1) ::kill(pid, SIGKILL);
    }
  }
}

}  // namespace

CgroupRoots CgroupRoots::parse(const std::string& mountinfo) {
  CgroupRoots roots;
  std::istringstream lines(mountinfo);
  for (std::string line; std::getline(lines, line);) {
    // "id parent major:minor root POINT options … - TYPE source SUPER-OPTIONS"
    const std::size_t dash = line.find(" - ");
    if (dash == std::string::npos) continue;
    std::istringstream before(line.substr(0, dash));
    std::istringstream after(line.substr(dash + 3));
    std::string skipped;
    std::string point;
    std::string type;
    std::string options;
    before >> skipped >> skipped >> skipped >> skipped >> point;
    after >> type >> skipped >> options;
    const bool systemd = type == "cgroup" && options.find("name=systemd") != std::string::npos;
    if (type == "cgroup2" || systemd) roots.folders.push_back(point);
  }
  return roots;
}

CgroupRoots CgroupRoots::of_this_machine() {
  return parse(read_file("/proc/self/mountinfo"));
}

Result<std::vector<std::string>> make_cgroup(const CgroupRoots& roots, const std::string& path) {
  std::vector<std::string> files;
  for (const std::string& root : roots.folders) {
    const fs::path group = fs::path(root) / path;
    std::error_code failed;
    fs::create_directories(group, failed);
    if (failed) return machine_error("cannot make the cgroup " + group.string() + ": " + failed.message());
    files.push_back(group / "cgroup.procs");
  }
  return files;
}

void remove_cgroup(const CgroupRoots& roots, const std::string& path) {
  for (const std::string& root : roots.folders) {
    const SteadyTime deadline = std::chrono::steady_clock::now() + kEmptyLimit;
    for (;;) {
      const std::vector<fs::path> groups = groups_below(fs::path(root) / path);
      kill_members(groups);
      std::error_code ignored;
      for (const fs::path& group : groups) fs::remove(group, ignored);
      if (!fs::exists(fs::path(root) / path, ignored) || std::chrono::steady_clock::now() > deadline) break;
      std::this_thread::sleep_for(kLookAgain);
    }
  }
}

}  // namespace vpcp::lab
