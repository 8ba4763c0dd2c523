#include "lab/hosts/machine_lock.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <charconv>
#include <string>
#include <thread>

#include "lab/hosts/process.h"

namespace vpcp::lab {
namespace {

constexpr milliseconds kLookAgain{20};

/// Not of one that has ended, also when its parent has not noticed yet.
bool holder_lives(const std::string& pid_text) {
  pid_t pid = 0;
  std::from_chars(pid_text.data(), pid_text.data() + pid_text.size(), pid);
  if (pid <= 0) return false;
  const FileDescriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{process.get(), POLLIN, 0};
  return process.open() && ::poll(&ended, 1, 0) == 0;
}

Status write_holder(const FileDescriptor& lock) {
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(lock.get(), 0) != 0 ||
      ::pwrite(lock.get(), pid.data(), pid.size(), 0) != static_cast<ssize_t>(pid.size()))
    return errno_error("cannot write who holds the lab's lock");
  return {};
}

}  // namespace

bool is_of_file(const FileDescriptor& fd, const std::filesystem::path& file) {
  struct stat ours {};
  struct stat there {};
  return ::fstat(fd.get(), &ours) == 0 && ::stat(file.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
         ours.st_ino == there.st_ino;
}

Result<FileDescriptor> take_machine_lock(const std::filesystem::path& file, milliseconds limit) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    FileDescriptor fd = TRY(open_path(file.string(), O_RDWR | O_CREAT, 0600));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) {
      if (!is_of_file(fd, file)) continue;  // who held it has removed the file
      TRY(write_holder(fd));
      return fd;
    }
    // Who took it just now may not have written its name yet: then the next look sees it.
    if (holder_lives(read_file(file.string())))
      return Error{
          ErrorKind::Conflict, "LabRunning", "another lab is running on this machine; end it first", {}};
    if (std::chrono::steady_clock::now() > deadline)
      return Error{ErrorKind::Conflict,
                   "LabLeftovers",
                   "what a lab that was killed left is still being removed; wait, or see who has " +
                       file.string() + " open",
                   {}};
    std::this_thread::sleep_for(kLookAgain);
  }
}

}  // namespace vpcp::lab
