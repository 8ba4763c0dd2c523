#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "lab/backend.h"
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

/// Moves the calling process into the lab's control namespace (192.0.2.250), making it first. To be called
/// before the process has a second thread. What listens on loopback there is not reachable from the machine's
/// own loopback, see forward.h.
Status enter_control_namespace();

/// The backend that boots a Linux host for every instance: systemd-nspawn on an overlay, NICs plugged into
/// the lab's own namespaces. Removes what a killed lab left behind, and refuses to start beside a running
/// one. Needs root.
Result<std::unique_ptr<Backend>> make_hosts_backend(const HostsOptions& options);

}  // namespace vpcp::lab
