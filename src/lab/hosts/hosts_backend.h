#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lab/backend.h"
#include "lab/hosts/reaper.h"
#include "vpcp/base/log.h"

namespace vpcp::lab {

struct HostsOptions {
  std::filesystem::path state{
      "/var/lib/vpcp-lab/run"};      ///< Hosts' disks and what is known of them. Root's alone.
  std::filesystem::path image;       ///< As made by deploy/lab/image.sh.
  std::vector<std::string> regions;  ///< Where hosts can be placed; empty: everywhere.
  milliseconds default_delay{0};     ///< One way, between any two regions.
  Log log;
};

/// The machine, taken for one lab.
struct MachineClaim {
  FileDescriptor lock;
  Reaper reaper;  ///< Shares the lock, and ends before this one is let go.
};

/// Refuses to start beside a running lab. Moves the calling process into the lab's control namespace
/// (192.0.2.250), making it first: to be called before the process has a second thread. What listens on
/// loopback there is not reachable from the machine's own loopback, see forward.h. Needs root.
Result<MachineClaim> claim_machine(const std::filesystem::path& state);

/// The backend that boots a Linux host for every instance: systemd-nspawn on an overlay, NICs plugged into
/// the lab's own namespaces. Removes what a lab left that was killed with its reaper.
Result<std::unique_ptr<Backend>> make_hosts_backend(const HostsOptions& options, MachineClaim claim);

}  // namespace vpcp::lab
