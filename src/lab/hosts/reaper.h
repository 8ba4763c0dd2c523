#pragma once
#include <sys/types.h>

#include <filesystem>

#include "vpcp/base/file_descriptor.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

/// A process beside the lab that removes what the lab leaves when it is killed. It is a session of its own,
/// so that what ends the lab does not end it; it shares the lock on the machine, so that the next lab begins
/// after it; and it lives in the machine's namespaces. Whoever kills it too leaves the work to the next lab.
class Reaper {
 public:
  /// Precondition: the calling process is in the machine's own network namespace and holds `lock`.
  static Result<Reaper> start(const FileDescriptor& lock, const std::filesystem::path& state);
  Reaper(Reaper&& other) noexcept;
  Reaper& operator=(Reaper&& other) noexcept;
  ~Reaper();  ///< The lab has ended well: there is nothing to remove.

 private:
  Reaper(pid_t pid, FileDescriptor alive) : pid_(pid), alive_(std::move(alive)) {}
  pid_t pid_;             ///< 0: none.
  FileDescriptor alive_;  ///< Never written to: the reaper sees that it was closed.
};

/// What the reaper's process does, as Reaper::start runs it (`vultr-lab reap`): waits for the end of the lab
/// and removes what is left. An error when it was not started by a lab.
Status reap(const std::filesystem::path& state);

}  // namespace vpcp::lab
