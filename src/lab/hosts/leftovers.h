#pragma once
#include <filesystem>

#include "lab/hosts/cgroup.h"

namespace vpcp::lab {

/// Removes what a lab that was killed left on the machine: processes, mounts, namespaces, cgroups, the hosts'
/// folder. Precondition: no lab is running. The control namespace stays, as the caller may live in it.
void remove_leftovers(const CgroupRoots& cgroups, const std::filesystem::path& hosts_folder);

/// Unless somebody but the caller lives in it: its name is the only way to find them.
void remove_control_namespace();

}  // namespace vpcp::lab
