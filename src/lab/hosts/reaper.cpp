#include "lab/hosts/reaper.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <utility>

#include "lab/hosts/leftovers.h"
#include "lab/hosts/machine_lock.h"
#include "lab/hosts/process.h"

namespace vpcp::lab {
namespace {

namespace fs = std::filesystem;

/// The reaper's descriptors: the end of the lab, and the lock.
constexpr int kEndFd = 0;
constexpr int kLockFd = 3;

/// A second descriptor above those that the reaper is given.
Result<FileDescriptor> above(const FileDescriptor& fd) {
  FileDescriptor copy(::fcntl(fd.get(), F_DUPFD_CLOEXEC, kLockFd + 1));
  if (!copy.open()) return errno_error("cannot copy a descriptor");
  return copy;
}

/// A session of its own; what asks the lab to end does not end it.
void detach(posix_spawnattr_t& attributes) {
  sigset_t ends;
  sigemptyset(&ends);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&ends, signal);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &ends);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
}

/// With nothing of the lab's environment, which has its API key.
Result<pid_t> spawn(const fs::path& state, const posix_spawn_file_actions_t& files) {
  std::string folder = fs::absolute(state).string();
  std::array<std::string, 4> args{"vultr-lab", "reap", "--state", folder};
  std::array<char*, 5> argv{};
  for (std::size_t i = 0; i < args.size(); ++i) argv[i] = args[i].data();
  std::string path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::array<char*, 2> environment{path.data(), nullptr};
  posix_spawnattr_t attributes;
  detach(attributes);
  pid_t pid = 0;
  const int failed =
      ::posix_spawn(&pid, "/proc/self/exe", &files, &attributes, argv.data(), environment.data());
  posix_spawnattr_destroy(&attributes);
  errno = failed;
  if (failed != 0) return errno_error("cannot start the process that cleans up after the lab");
  return pid;
}

void wait_for_the_end() {
  char byte = 0;
  while (::read(kEndFd, &byte, 1) < 0 && errno == EINTR) continue;
}

}  // namespace

Result<Reaper> Reaper::start(const FileDescriptor& lock, const fs::path& state) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("cannot make a pipe");
  const FileDescriptor seen(ends[0]);
  FileDescriptor alive(ends[1]);
  const FileDescriptor end = TRY(above(seen));
  const FileDescriptor shared = TRY(above(lock));
  const FileDescriptor null = TRY(open_path("/dev/null", O_WRONLY));
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, null.get(), 1);
  posix_spawn_file_actions_adddup2(&files, null.get(), 2);
  posix_spawn_file_actions_adddup2(&files, end.get(), kEndFd);
  posix_spawn_file_actions_adddup2(&files, shared.get(), kLockFd);
  const Result<pid_t> pid = spawn(state, files);
  posix_spawn_file_actions_destroy(&files);
  return Reaper(TRY(pid), std::move(alive));
}

Reaper::Reaper(Reaper&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), alive_(std::move(other.alive_)) {}

Reaper& Reaper::operator=(Reaper&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(alive_, other.alive_);
  return *this;
}

Reaper::~Reaper() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);  // before it can see that the lab's end of the pipe is closed
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

Status reap(const fs::path& state) {
  FileDescriptor lock(::fcntl(kLockFd, F_DUPFD_CLOEXEC, kLockFd + 1));
  if (!lock.open() || !is_of_file(lock, kLockFile))
    return Error{ErrorKind::Invalid, "NotALab", "only a lab starts this, to clean up after it", {}};
  ::close(kLockFd);
  ::close_range(static_cast<unsigned>(lock.get()) + 1, UINT_MAX, 0);  // what the lab itself was given
  if (::chdir("/") != 0) return errno_error("cannot leave the folder");
  wait_for_the_end();
  if (!is_of_file(lock, kLockFile)) return {};  // the last that a lab removes, and then the next one may run
  remove_leftovers(CgroupRoots::of_this_machine(), state / "hosts");
  remove_control_namespace();
  std::error_code ignored;
  fs::remove(state / "tun", ignored);
  fs::remove(kLockFile, ignored);
  return {};
}

}  // namespace vpcp::lab
