#pragma once
#include <filesystem>

#include "lab/hosts/cgroup.h"

namespace vpcp::lab {

/// Removes what a lab that was killed left on the machine: processes, mounts, namespaces, cgroups, the hosts'
/// folder. Precondition: no lab is running. The control namespace stays, as the caller may live in it.
void remove_leftovers(const CgroupRoots& cgroups, const std::filesystem::path& hosts_folder);

}  // namespace vpcp::lab
