#include "lab/hosts/container.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <sstream>
#include <utility>

#include "lab/hosts/process.h"
#include "vpcp/base/clock.h"

namespace vpcp::lab {
namespace {

/// What systemd-nspawn exits with when the host asked for a reboot (EXIT_FORCE_RESTART, with --keep-unit).
constexpr int kRebootStatus = 133;
constexpr seconds kDeathLimit{10};
constexpr int kKillAgainMillis = 100;

Argv nspawn_line(const ContainerSetup& setup) {
  return {"systemd-nspawn",
          "--quiet",
          "--directory=" + setup.root,
          "--boot",
          "--register=no",
          "--keep-unit",
          "--machine=" + setup.machine,
          "--hostname=" + setup.hostname,
          "--network-namespace-path=/run/netns/" + setup.netns,
          "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
          "--bind=" + setup.tun_device + ":/dev/net/tun",
          "--bind-ro=" + setup.seed_folder + ":/var/lib/cloud/seed/nocloud",
          "--resolv-conf=off",
          "--timezone=off",
          "--link-journal=no",
          "--suppress-sync=yes",
          "--console=pipe"};
}

/// nspawn takes these two from its environment alone: a pure cgroup v2 inside, and /proc/sys/net the host may
/// write.
constexpr std::array kEnvironment{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                  "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1",
                                  "SYSTEMD_NSPAWN_API_VFS_WRITABLE=network"};

/// All that happens between fork and exec, prepared so that nothing there allocates.
struct Launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::vector<FileDescriptor> cgroups;
  FileDescriptor null;
  FileDescriptor log;
  pid_t parent{0};
};

[[noreturn]] void become(const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != launch.parent) ::_exit(1);
  ::setsid();
  for (const FileDescriptor& cgroup : launch.cgroups) {
    if (::write(cgroup.get(), "0", 1) != 1) ::_exit(1);
  }
  ::dup2(launch.null.get(), 0);
  ::dup2(launch.log.get(), 1);
  ::dup2(launch.log.get(), 2);
  ::execvpe(launch.argv[0], launch.argv.data(), launch.environment.data());
  ::_exit(127);
}

}  // namespace

Result<Container> Container::boot(const ContainerSetup& setup) {
  const Argv line = nspawn_line(setup);
  Launch launch;
  for (const std::string& arg : line) launch.argv.push_back(const_cast<char*>(arg.c_str()));
  launch.argv.push_back(nullptr);
  for (const char* variable : kEnvironment) launch.environment.push_back(const_cast<char*>(variable));
  launch.environment.push_back(nullptr);
  launch.null = TRY(open_path("/dev/null", O_RDONLY));
  launch.log = TRY(open_path(setup.console_log, O_WRONLY | O_CREAT | O_APPEND, 0600));
  for (const std::string& file : setup.cgroup_files) launch.cgroups.push_back(TRY(open_path(file, O_WRONLY)));
  launch.parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become(launch);
  if (pid < 0) return errno_error("cannot start systemd-nspawn");
  return Container(pid, FileDescriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))));
}

Container::Container(Container&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), exit_(std::move(other.exit_)) {}

Container& Container::operator=(Container&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(exit_, other.exit_);
  return *this;
}

Container::~Container() {
  if (pid_ == 0) return;
  pull_plug();
  reap();
}

void Container::pull_plug() {
  const std::string children =
      "/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children";
  const SteadyTime deadline = std::chrono::steady_clock::now() + kDeathLimit;
  for (;;) {
    std::istringstream list(read_file(children));
    for (pid_t child = 0; list >> child;) ::kill(child, SIGKILL);
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    pollfd ended{exit_.get(), POLLIN, 0};
    if (::poll(&ended, 1, kKillAgainMillis) > 0) return;
  }
}

ContainerEnd Container::reap() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
  pid_ = 0;
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ContainerEnd::PowerOff;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kRebootStatus) return ContainerEnd::Reboot;
  return ContainerEnd::Killed;
}

}  // namespace vpcp::lab
