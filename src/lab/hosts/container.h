#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

#include "vpcp/base/file_descriptor.h"
#include "vpcp/base/result.h"

namespace vpcp::lab {

/// What one systemd-nspawn is started with.
struct ContainerSetup {
  std::string machine;
  std::string hostname;
  std::string root;
  std::string netns;
  std::string tun_device;   ///< A node of our own: the host changes the mode of the one it is given.
  std::string seed_folder;  ///< Shown read-only as cloud-init's NoCloud seed.
  std::string console_log;
  std::vector<std::string> cgroup_files;
};

/// How a container ended.
enum class ContainerEnd { PowerOff, Reboot, Killed };

/// A running systemd-nspawn. It dies with the thread that booted it, so no host outlives the lab. Used by
/// that one thread.
class Container {
 public:
  static Result<Container> boot(const ContainerSetup& setup);
  Container(Container&& other) noexcept;
  Container& operator=(Container&& other) noexcept;
  ~Container();  ///< Pulls the plug if it still runs.

  /// Readable once it has ended.
  [[nodiscard]] int exit_fd() const { return exit_.get(); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Kills the host's init, and all of the host with it, as a power cut does.
  void pull_plug();
  /// Precondition: exit_fd() is readable, or pull_plug() was called.
  ContainerEnd reap();

 private:
  Container(pid_t pid, FileDescriptor exit) : pid_(pid), exit_(std::move(exit)) {}
  pid_t pid_;  ///< 0 once reaped.
  FileDescriptor exit_;
};

}  // namespace vpcp::lab
