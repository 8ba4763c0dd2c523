#pragma once
#include <string>
#include <vector>

#include "vpcp/base/result.h"

namespace vpcp::lab {

/// Where a process must be moved so that one host's processes are a group of their own: the unified hierarchy
/// and, on machines that have it beside it, systemd's own v1 one. Chosen by what is mounted.
struct CgroupRoots {
  std::vector<std::string> folders;

  /// From the text of /proc/self/mountinfo. Pure.
  static CgroupRoots parse(const std::string& mountinfo);
  static CgroupRoots of_this_machine();
};

/// Makes the host's group; gives back the files into which a process writes "0" to move itself there.
Result<std::vector<std::string>> make_cgroup(const CgroupRoots& roots, const std::string& path);
/// Ends every process below `path`; then, or after a few seconds, removes the empty groups.
void remove_cgroup(const CgroupRoots& roots, const std::string& path);

}  // namespace vpcp::lab
