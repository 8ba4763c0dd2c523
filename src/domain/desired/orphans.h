#pragma once
#include <map>
#include <set>
#include <string>

#include "vpcp/api/cloud.h"

namespace vpcp {

/// How many resources of each type ("vpc", "instance", "firewall_group") carry the mark of an object whose
/// uid is not among `uids`. They may be another controller's: a mark does not say whose object it was.
std::map<std::string, int> count_orphans(const CloudSnapshot& cloud, const std::set<std::string>& uids);

}  // namespace vpcp
